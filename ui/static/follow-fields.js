// Shows answers that were written in another tab or on another device. A field in which somebody is typing is left alone;
// it catches up when it loses the focus, unless something was typed meanwhile: then that text is the newer one.
//
// A click or a letter may be on its way to the server while an older answer is on its way here. So each answer comes with what
// the server believes to stand here (`before`): where something else stands, that is newer, and the answer is dropped.
const waiting = new Map();

const plain = (value) => String(value ?? "").replace(/\s+/g, ""); // browsers take line breaks out of one line
const ticked = (input, value) => Array.isArray(value) ? value.includes(input.value) : value === true || value === input.value;

function showRadio(inputs, value, before) {
  const pressed = inputs.find((input) => input.checked)?.value ?? "";
  if (before !== undefined && pressed !== (before ?? "")) return;
  for (const input of inputs) input.checked = input.value === (value ?? "");
}

/** Of several boxes only those change that the other tab changed. */
function showTick(input, value, before) {
  if (before === undefined || (ticked(input, value) !== ticked(input, before) && input.checked === ticked(input, before)))
    input.checked = ticked(input, value);
}

function showText(input, value, before) {
  if (globalThis.bringLine?.(input, value)) return;
  if (before !== undefined && plain(input.value) !== plain(before)) return waiting.delete(input);
  if (input === document.activeElement) waiting.set(input, value);
  else input.value = value ?? ""; // a textarea too: its text was only the first value
}

globalThis.followFields = (answers, before = {}) => {
  for (const [path, value] of Object.entries(answers)) {
    const inputs = [...document.getElementsByName(path)];
    if (inputs[0]?.type === "radio") showRadio(inputs, value, before[path]);
    else if (inputs[0]?.type === "checkbox") inputs.forEach((input) => showTick(input, value, before[path]));
    else inputs.forEach((input) => showText(input, value, before[path]));
  }
};
document.addEventListener("input", (event) => waiting.delete(event.target), true);
document.addEventListener("focusout", (event) => {
  if (!waiting.has(event.target)) return;
  event.target.value = waiting.get(event.target) ?? "";
  waiting.delete(event.target);
});
