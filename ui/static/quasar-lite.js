// What NiceGUI asks of Quasar on pages made of plain elements (see ui/middleware/strip_quasar.py): three boxes, the theme's name on the body,
// and no-ops for the rest. 500 KB less to load, compile and run on the customer's phone.
globalThis.Quasar = {
  install(app) {
    const box = (tag, name) => ({ render() { return Vue.h(tag, { class: name }, this.$slots.default?.()); } });
    app.component("QLayout", box("div", "q-layout"));
    app.component("QPageContainer", box("div", "q-page-container"));
    app.component("QPage", box("main", "q-page"));
    for (const tag of ["div", "section"]) app.component(`drawn-apart-${tag}`, box(tag));  // ui/components/elements.py
    app.config.globalProperties.$q = globalThis.Quasar;
  },
  Dark: {
    set(wanted) {
      const night = matchMedia("(prefers-color-scheme: dark)");
      const show = () => {
        const isDark = wanted === "auto" ? night.matches : wanted === true;
        document.body.classList.toggle("body--dark", isDark);
        document.body.classList.toggle("body--light", !isDark);
      };
      night.onchange = show;
      show();
    },
  },
  lang: { set() {} },
  Lang: { set() {} },
  Notify: { create() {} },
};
