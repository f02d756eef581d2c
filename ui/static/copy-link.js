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

// The device's share sheet, where it has one: button.handon with data-shares and data-title.
document.documentElement.classList.toggle("can-share", typeof navigator.share === "function");
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.handon");
  const url = button && document.getElementById(button.dataset.shares)?.value;
  if (url?.startsWith("http")) navigator.share({ url, title: button.dataset.title }).catch(() => {}); // cancelled by the user
});
