// Brings the first answer that is missing into view and focuses it (called by the create page).
globalThis.focusField = (id) => {
  const field = document.getElementById(id);
  const target = field?.closest("fieldset")?.querySelector("input") ?? field;
  target?.scrollIntoView({ block: "center" });
  target?.focus({ preventScroll: true });
};
