// The tour's title card: the scene begins by itself after a moment, unless somebody pauses it or wants less motion.
const go = document.querySelector("[data-go]");
const pause = document.querySelector("[data-pause]");
const left = document.querySelector("[data-left]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let paused = still.matches;
let seconds = 4;

function show() {
  pause.textContent = paused ? _("Go on by itself") : _("Pause");
  left.textContent = paused ? _("Paused.") : _("Begins in {seconds} s.", { seconds });
}

pause.hidden = false;
pause.addEventListener("click", () => { paused = !paused; show(); });
addEventListener("keydown", (event) => { if (event.key.toLowerCase() === "p") pause.click(); });
show();
setInterval(() => {
  if (paused || document.hidden) return;
  seconds -= 1;
  if (seconds <= 0) { paused = true; location.href = go.href; }
  show();
}, 1000);
