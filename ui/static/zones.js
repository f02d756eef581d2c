// Time zones for every input.zone: all that this browser knows as suggestions, its own where nothing was chosen yet.
const list = document.createElement("datalist");
list.id = "zones";
list.append(...(Intl.supportedValuesOf?.("timeZone") ?? []).map((zone) => Object.assign(document.createElement("option"), { value: zone })));
document.body.append(list);
const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
const fill = () => document.querySelectorAll("input.zone:not([data-filled])").forEach((input) => {
  input.dataset.filled = "";
  input.value ||= mine;
});
new MutationObserver(fill).observe(document.body, { childList: true, subtree: true });
fill();
