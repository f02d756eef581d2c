// Shows answers that were written in another tab or on another device. A field in which somebody is typing is left alone;
// it catches up when it loses the focus, unless something was typed meanwhile: then that text is the newer one.
const waiting = new Map();

function show(path, value) {
  for (const input of document.getElementsByName(path)) {
    if (input.type === "radio") input.checked = input.value === (value ?? "");
    else if (input.type === "checkbox")
      input.checked = Array.isArray(value) ? value.includes(input.value) : value === true || value === input.value;
    else if (input === document.activeElement) waiting.set(input, value);
    else input.value = value ?? ""; // a textarea too: its text was only the first value
  }
}

globalThis.followFields = (answers) => {
  for (const [path, value] of Object.entries(answers)) show(path, value);
};
document.addEventListener("input", (event) => waiting.delete(event.target), true);
document.addEventListener("focusout", (event) => {
  if (!waiting.has(event.target)) return;
  event.target.value = waiting.get(event.target) ?? "";
  waiting.delete(event.target);
});
