// One player for the whole page (redrawn lists do not stop it), the dialog, and restoring the search form.
const audio = new Audio();
audio.preload = "none";
let playing = ""; // the task in the player

const rows = () => (playing ? [...document.querySelectorAll(`[data-task="${CSS.escape(playing)}"]`)] : []);
const paint = () => {
  for (const button of document.querySelectorAll(".play[data-src]")) {
    const mine = button.closest("[data-task]")?.dataset.task === playing;
    const pressed = String(mine && !audio.paused);
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  }
  for (const row of rows()) row.style.setProperty("--at", `${audio.duration ? (100 * audio.currentTime) / audio.duration : 0}%`);
};
for (const event of ["play", "pause", "timeupdate", "ended"]) audio.addEventListener(event, paint);
new MutationObserver(paint).observe(document.documentElement, { childList: true, subtree: true });

function play(item, at = null) {
  const src = item.querySelector(".play[data-src]")?.dataset.src;
  if (!src) return;
  if (playing !== item.dataset.task) {
    for (const row of rows()) row.style.removeProperty("--at");
    playing = item.dataset.task;
    audio.src = src;
    audio.play().catch(() => {});
  } else if (at === null) {
    audio.paused ? audio.play().catch(() => {}) : audio.pause();
  }
  if (at !== null) {
    const seek = () => { audio.currentTime = at * audio.duration; };
    audio.duration ? seek() : audio.addEventListener("loadedmetadata", seek, { once: true });
    audio.play().catch(() => {});
  }
}

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-task]");
  if (event.target.closest(".play[data-src]")) play(item);
  else if (item && event.target.closest(".wave")) {
    const box = event.target.closest(".wave").getBoundingClientRect();
    play(item, (event.clientX - box.left) / box.width);
  } else if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  else if (event.target.closest("[data-copy]")) navigator.clipboard?.writeText(event.target.closest("[data-copy]").dataset.copy);
});

// Keys of the review queue: its page marks the current recording.
document.addEventListener("keydown", (event) => {
  const current = document.querySelector(".review[data-task]");
  if (!current || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,textarea,select,dialog")) return;
  const key = event.key.toLowerCase();
  if (key === " ") play(current);
  else if (key === "arrowleft" || key === "arrowright") audio.currentTime += key === "arrowleft" ? -5 : 5;
  else if (key >= "0" && key <= "9") play(current, Number(key) / 10);
  else if (["a", "f", "n", "p"].includes(key)) current.querySelector(`[data-key=${key}]`)?.click();
  else return;
  event.preventDefault();
});

window.staff = {
  open: () => document.querySelector("dialog#action")?.showModal(),
  close: () => document.querySelector("dialog#action")?.close(),
  play: (task) => { const item = document.querySelector(`[data-task="${CSS.escape(task)}"]`); if (item && playing !== task) play(item); },
  load: (brief) => {
    for (const field of document.querySelectorAll("form[aria-label=Brief] :is(input,select,textarea)")) field.value = brief[field.name] ?? "";
  },
  fill: (filters) => {
    for (const [name, value] of Object.entries(filters)) {
      const field = document.querySelector(`.search-form [name="${name}"]`);
      if (field?.type === "checkbox") field.checked = true;
      else if (field) field.value = value;
    }
  },
};
