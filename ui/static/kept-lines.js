// Where the words are changed line by line: what is typed while the connection is gone is there again after the page has loaded
// itself anew, and is sent. It lives in sessionStorage, per line what it was typed over (base) and what stands there (text), until
// the row says something else of that line: then it was written, or somebody has written anything newer.
const KEY = `songLines_${new URLSearchParams(location.search).get("formId")}`;
const kept = (() => { try { return JSON.parse(sessionStorage.getItem(KEY)) || {}; } catch { return {}; } })();
const over = new WeakMap(); // field -> what stood there when somebody came to it

function keep(name, line) {
  if (line) kept[name] = line;
  else delete kept[name];
  try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* full or forbidden: then a lost connection loses it */ }
}

document.addEventListener("focusin", ({ target }) => target.matches("textarea.words") && over.set(target, target.value));
document.addEventListener("input", ({ target }) => {
  if (!target.matches("textarea.words")) return;
  const base = kept[target.name]?.base ?? over.get(target) ?? target.defaultValue;
  keep(target.name, target.value !== base && { base, text: target.value });
});

/** What the row says of a line (called by follow-fields.js). True: something newer was typed here, and is sent now. */
globalThis.bringLine = (field, value) => {
  const line = kept[field.name];
  if (!line) return false;
  if (line.base !== value) {
    keep(field.name, null);
    return false;
  }
  field.value = line.text;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
};

function bringLines() {
  if (!window.did_handshake) return void setTimeout(bringLines, 50);
  for (const name of Object.keys(kept))
    for (const field of document.getElementsByName(name)) if (field.value === kept[name]?.base) bringLine(field, field.value);
}
if (Object.keys(kept).length) bringLines();
