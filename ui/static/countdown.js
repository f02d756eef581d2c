// Counts down to a sealed gift. The seconds come from the server's clock; when they are over the page asks the server again.
const place = document.querySelector("[data-opens-in]");
const shown = document.querySelector("[data-countdown]");
const until = Date.now() + Number(place.dataset.opensIn) * 1000; // performance.now() stands still while a phone sleeps

function words(seconds) {
  const parts = [[Math.floor(seconds / 86400), "day"], [Math.floor(seconds / 3600) % 24, "hour"], [Math.floor(seconds / 60) % 60, "minute"], [seconds % 60, "second"]];
  const first = parts.findIndex(([count]) => count > 0);
  const said = ([n, unit]) => n.toLocaleString(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" });
  return (first < 0 ? [[0, "second"]] : parts.slice(first, first + 2)).map(said).join(", ");
}

function tick() {
  const left = Math.ceil((until - Date.now()) / 1000);
  if (left <= 0) return setTimeout(() => location.reload(), 1000 + Math.random() * 2000); // spread, so that not all pages reload at once
  shown.textContent = _("{time} to go", { time: words(left) });
  shown.hidden = false;
  setTimeout(tick, 1000);
}
tick();
