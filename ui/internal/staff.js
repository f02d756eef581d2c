// One player for the whole page (redrawn lists never stop it), dialogs, and filling the search again.
const audio = new Audio();
audio.preload = "none";
let playing = ""; // the task that is in the player

const row = () => (playing ? document.querySelector(`[data-task="${CSS.escape(playing)}"]`) : null);
const paint = () => {
  for (const button of document.querySelectorAll(".play[data-src]")) {
    const mine = button.closest("[data-task]")?.dataset.task === playing;
    const pressed = String(mine && !audio.paused);
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  }
  row()?.style.setProperty("--at", `${audio.duration ? (100 * audio.currentTime) / audio.duration : 0}%`);
};
for (const event of ["play", "pause", "timeupdate", "ended"]) audio.addEventListener(event, paint);
new MutationObserver(paint).observe(document.documentElement, { childList: true, subtree: true });

function play(item, at = null) {
  const src = item.querySelector(".play[data-src]")?.dataset.src;
  if (!src) return;
  if (playing !== item.dataset.task) {
    row()?.style.removeProperty("--at");
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

// The listening queue is worked by keys alone: its page marks the recording on stage.
document.addEventListener("keydown", (event) => {
  const stage = document.querySelector(".stage[data-task]");
  if (!stage || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,textarea,select,dialog")) return;
  const key = event.key.toLowerCase();
  if (key === " ") play(stage);
  else if (key === "arrowleft" || key === "arrowright") audio.currentTime += key === "arrowleft" ? -5 : 5;
  else if (key >= "0" && key <= "9") play(stage, Number(key) / 10);
  else if (["a", "f", "n", "p"].includes(key)) stage.querySelector(`[data-key=${key}]`)?.click();
  else return;
  event.preventDefault();
});

window.desk = {
  open: () => document.querySelector("dialog#ask")?.showModal(),
  close: () => document.querySelector("dialog#ask")?.close(),
  play: (task) => { const item = document.querySelector(`[data-task="${CSS.escape(task)}"]`); if (item && playing !== task) play(item); },
  load: (told) => {
    for (const field of document.querySelectorAll("form[aria-label=Brief] :is(input,select,textarea)")) field.value = told[field.name] ?? "";
  },
  fill: (told) => {
    for (const [name, value] of Object.entries(told)) {
      const field = document.querySelector(`.finder [name="${name}"]`);
      if (field?.type === "checkbox") field.checked = true;
      else if (field) field.value = value;
    }
  },
};
