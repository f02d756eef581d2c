// The stage: the song begins with the tap that opens the gift, and its words appear one line at a time, in time.
//
// It plays the <audio> of the page's own players (song-compare.js takes the same nodes over), so leaving the stage never stops the
// song. What it shows is a function of the sound's clock. A screen reader hears the message and the song; the words are on the page.
const stage = document.querySelector(".stage");
const page = document.querySelector(".gift");
const part = (name) => stage.querySelector(`.${name}`);
const [title, message, after, trouble, toggle, gone, photos] = ["title", "message-text", "after", "trouble", "toggle", "gone", "photos"].map(part);
const songs = [...page.querySelectorAll("song-compare")].map((player) => ({ sound: player.querySelector("audio"), ...JSON.parse(player.getAttribute("cell-1")) }));
const pictures = JSON.parse(page.dataset.photos || "[]");

const FADE = 900; // ms until the song has its full level
const LEAD = 40; // ms by which a line is ahead of its sound: the time until it can be seen
const GAP = 3500; // ms without words that show a note
const AFTER_LINE = 900; // ms that a line stays once it was sung
message.textContent = page.querySelector("#gift-message")?.textContent ?? "";
const readingTime = 1500 + 55 * message.textContent.length; // ms

let now = 0; // the song on the stage
let line; // what is shown of it
let frame = 0;
let fading = 0;
let lock;

// ── Sound ───────────────────────────────────────────────────────────────
function begin(index) {
  now = index;
  line = undefined;
  const { sound } = songs[now];
  if (sound.ended) sound.currentTime = 0;
  if (sound.currentTime < 0.5) fadeIn(sound);
  play();
}

function play() {
  const { sound } = songs[now];
  trouble.textContent = "";
  if (sound.error) sound.load();
  sound.play().catch((error) => error.name !== "AbortError" && failed());
}

/** Not every phone lets a page set the level; there the song begins as it is. */
function fadeIn(sound) {
  clearInterval(fading);
  const begun = performance.now();
  sound.volume = 0.08;
  fading = setInterval(() => {
    sound.volume = Math.min(1, 0.08 + (performance.now() - begun) / FADE);
    if (sound.volume === 1) clearInterval(fading);
  }, 40);
}

function failed() {
  trouble.textContent = _("The song did not start. Tap to try again.");
  draw();
}

function finished() {
  keepOffline(songs[now].audioUrl);
  if (!stage.open) return;
  if (now + 1 < songs.length) return begin(now + 1);
  draw();
  part("again").focus({ preventScroll: true });
}

for (const { sound } of songs) {
  sound.addEventListener("play", () => stage.open && run());
  sound.addEventListener("pause", () => stage.open && draw());
  sound.addEventListener("playing", () => { trouble.textContent = ""; onLockScreen(); });
  sound.addEventListener("waiting", () => { trouble.textContent = _("One moment: the song is on its way."); });
  sound.addEventListener("ended", finished);
  sound.addEventListener("error", () => sound === songs[now].sound && stage.open && failed());
}

function onLockScreen() {
  if (!navigator.mediaSession || !window.MediaMetadata) return;
  const artwork = [{ src: `${page.dataset.gift}/cover.png`, sizes: "512x512", type: "image/png" }];
  navigator.mediaSession.metadata = new MediaMetadata({ title: songs[now].title, album: document.title, artwork });
}

// ── What is seen: a function of the sound's clock ───────────────────────
function run() {
  cancelAnimationFrame(frame);
  const step = () => {
    draw();
    frame = stage.open && !songs[now].sound.paused ? requestAnimationFrame(step) : 0;
  };
  step();
}

function draw() {
  const { sound, timedLyrics: lines = [], title: name, durationMs } = songs[now];
  const at = sound.currentTime * 1000 + LEAD;
  const over = sound.ended;
  const sung = lines.findLast((one) => one.startMs <= at);
  const next = lines.find((one) => one.startMs > at);
  const begun = Boolean(sung);
  const reads = now === 0 && message.textContent !== "" && !over && (!begun || at < readingTime) && at < Math.max(readingTime, lines[0]?.startMs ?? 0);
  stage.dataset.part = over ? "after" : begun ? "words" : "intro";
  message.hidden = !reads;
  after.hidden = !over;
  say(title, name);
  say(toggle, sound.paused ? _("Play") : _("Pause"));
  toggle.hidden = over;
  gone.style.transform = `scaleX(${Math.min(1, (sound.currentTime * 1000) / (durationMs || 1))})`;
  const resting = sung && at > sung.endMs + AFTER_LINE && (next?.startMs ?? durationMs) - sung.endMs > GAP;
  show(over || !sung ? null : resting ? "rest" : sung);
  if (line?.words) line.words.forEach((start, n) => stage.querySelector(".line").children[n].classList.toggle("sung", start <= at));
  showPicture(at);
}

const say = (node, text) => node.textContent !== text && (node.textContent = text);

/** A new node for each line, so that it appears anew; one with word times has a <span> for each word. */
function show(what) {
  if (line === what) return;
  line = what;
  const node = part("line").cloneNode();
  if (what?.words) node.append(...what.text.split(/\s+/).flatMap((word, n) => [n ? " " : "", Object.assign(document.createElement("span"), { textContent: word })]).filter(Boolean));
  else node.textContent = what === "rest" ? "♪" : (what?.text ?? "");
  part("line").replaceWith(node);
}

function showPicture(at) {
  const mine = pictures.filter((one) => one.song === now);
  const index = mine.findLastIndex((one) => one.startMs <= at);
  const wanted = mine[Math.max(0, index)];
  if (!wanted || photos.dataset.url === wanted.url) return;
  photos.dataset.url = wanted.url;
  photos.append(Object.assign(new Image(), { src: wanted.url, alt: "" }));
  while (photos.children.length > 2) photos.firstChild.remove();
  if (mine[index + 1]) new Image().src = mine[index + 1].url; // the next one is there in time
}

/** What was heard to its end can be heard again without a network; gift-worker.js has it from here. */
async function keepOffline(sound) {
  if (navigator.connection?.saveData) return;
  const loaded = performance.getEntriesByType("resource").map((one) => new URL(one.name)).filter((url) => url.pathname.startsWith("/static/"));
  const registered = await navigator.serviceWorker?.register("/s/sw.js", { scope: "/s/" }).then(() => navigator.serviceWorker.ready).catch(() => undefined);
  registered?.active?.postMessage({ keep: [page.dataset.gift, sound, ...loaded.map((url) => url.pathname + url.search)] });
}

// ── Coming and going ────────────────────────────────────────────────────
function enter() {
  // The presenter of a demo keeps the controls that stand above the page.
  if (!stage.open) document.querySelector("demo-director") ? stage.show() : stage.showModal();
  toggle.focus({ preventScroll: true });
  stayAwake();
  run();
}

async function stayAwake() {
  lock = stage.open && document.visibilityState === "visible" ? await navigator.wakeLock?.request("screen").catch(() => undefined) : undefined;
}

const pause = () => (songs[now].sound.paused ? play() : songs[now].sound.pause());

stage.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed || pressed === toggle) return songs[now].sound.ended || pause();
  if (pressed.matches(".again")) return begin(0);
  stage.close();
  if (pressed.matches(".answer")) document.getElementById("words").focus();
});
stage.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.target.closest("button")) return;
  event.preventDefault(); // the players of the page listen for the same key
  pause();
});
stage.addEventListener("close", () => lock?.release?.());
document.addEventListener("visibilitychange", stayAwake);

addEventListener("gift-tapped", () => begin(0));
addEventListener("gift-opened", enter);
addEventListener("gift-closed", () => {
  stage.close();
  songs[now].sound.pause();
});
for (const button of page.querySelectorAll("[data-stage]")) {
  button.hidden = false;
  button.addEventListener("click", () => { begin(Number(button.dataset.stage)); enter(); });
}
