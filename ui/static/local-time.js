// <local-time datetime="2026-11-26T17:40:00Z">26 November</local-time>: the moment as this device tells the time.
customElements.define("local-time", class extends HTMLElement {
  connectedCallback() {
    const moment = new Date(this.getAttribute("datetime"));
    if (this.shadowRoot || Number.isNaN(moment.valueOf())) return;
    const said = moment.toLocaleString(document.documentElement.lang || undefined, { day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });
    this.attachShadow({ mode: "open" }).append(said);
  }
});
