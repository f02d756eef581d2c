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

// The song as a file, through the device's share sheet: button.sendfile with data-file. It is fetched first; where the browser
// then wants a gesture again, the next tap sends it.
const song = (content) => new File([content], "song.mp3", { type: "audio/mpeg" });
const sends = (file) => navigator.canShare?.({ files: [file] }) === true;
new MutationObserver(() => {
  for (const button of document.querySelectorAll("button.sendfile[hidden]")) button.hidden = !sends(song(""));
}).observe(document.body, { childList: true, subtree: true });
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.sendfile");
  if (!button || button.disabled) return;
  button.disabled = true;
  try {
    button.song ??= song(await fetch(button.dataset.file).then((found) => (found.ok ? found.blob() : Promise.reject(found))));
    await navigator.share({ files: [button.song] });
  } catch (error) {
    if (error.name === "NotAllowedError") button.textContent = _("Ready: tap to send it");
    else if (error.name !== "AbortError") button.textContent = _("That did not work. Please try again.");
  } finally {
    button.disabled = false;
  }
});
