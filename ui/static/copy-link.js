// Copies a share link: any button.copylink with data-copies="<id of an input>".
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copylink");
  const input = button && document.getElementById(button.dataset.copies);
  if (!input) return;
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {
    document.execCommand("copy"); // in-app browsers without the clipboard API
  }
  const before = button.textContent;
  button.textContent = _("Copied");
  setTimeout(() => { button.textContent = before; }, 2000);
});
