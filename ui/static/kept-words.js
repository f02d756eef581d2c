// Lyrics that somebody is changing survive a reload of this tab, until they are sent or given up (called by the lyrics editor).
// They live in sessionStorage: never older than the tab, and only restored over the same lyrics that they were typed over.
const key = (field) => `songWords_${new URLSearchParams(location.search).get("formId")}_${field.id}`;
const fields = (id) => [...document.querySelectorAll(`#${id} [data-kept]`)];

document.addEventListener("input", ({ target }) => {
  if (!target.dataset?.kept) return;
  try {
    sessionStorage.setItem(key(target), JSON.stringify({ base: target.defaultValue, text: target.value }));
  } catch { /* full or forbidden */ }
});

/** The editor was drawn: restore what was typed. It may take a moment until it is there. */
globalThis.bringWords = (id, tries = 60) => {
  const found = fields(id);
  if (!found.length) return tries && requestAnimationFrame(() => bringWords(id, tries - 1));
  for (const field of found) {
    const kept = JSON.parse(sessionStorage.getItem(key(field)) || "null");
    if (kept && kept.base === field.defaultValue) field.value = kept.text;
  }
};

/** Sent, or given up. */
globalThis.dropWords = (id) => fields(id).forEach((field) => sessionStorage.removeItem(key(field)));
