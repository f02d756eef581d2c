// <song-compare>: one song, three variations, compared at the same moment. Contract: ui/components/song_compare.py.
//
// Shadow DOM with an adopted stylesheet: Quasar's rules cannot reach in, Vue cannot re-render what is inside (so audio that
// plays is never touched), a strict CSP allows it, and light DOM children stay untouched: the fallback without JavaScript.

/**
 * @typedef {{name: string, startMs: number, endMs: number}} Section
 * @typedef {{startMs: number, endMs: number, text: string}} Line
 * @typedef {{variation: number, status: "queued"|"submitted"|"generating"|"ready"|"failed", place?: number, progress?: number|null,
 *   stage?: string, etaSeconds?: number|null, title?: string, style?: string, durationMs?: number, audioUrl?: string, peaks?: number[],
 *   sections?: Section[], lyrics?: string, timedLyrics?: Line[], message?: string, note?: string, checked?: string, chosen?: boolean, canRetry?: boolean, taskId?: string}} Cell
 */

// ── Look ────────────────────────────────────────────────────────────────
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host{display:block;color:var(--ink);container-type:inline-size;line-height:1.4;text-align:start}
*,::before,::after{box-sizing:border-box}
[hidden]{display:none!important}
h2,h3,p,div{margin:0;min-width:0;overflow-wrap:anywhere}
.song{font:540 var(--size-h3,1.4rem)/1.2 var(--display,serif)}
.title{font:540 1.1875rem/1.25 var(--display,serif);display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
.top{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;margin-block-end:.75rem}
.song{flex:1}
:host([untitled]) .song{display:none}
.soft,.style,.time,.wait{color:var(--soft);font-size:1rem}
.cells{display:grid;gap:1rem}

.cell{display:grid;grid-template-rows:minmax(3.25rem,auto) auto auto auto 1fr;gap:.625rem;padding:1.125rem;border:1.5px solid var(--hair);border-radius:var(--radius,1.25rem);
  background:var(--card);box-shadow:var(--shadow);transition:border-color .2s}
@container (min-width:52rem){:host(:not([mode=listen])) .cells{grid-template:repeat(5,auto)/repeat(3,1fr);row-gap:0}:host(:not([mode=listen])) .cell{grid-row:span 5;grid-template-rows:subgrid;row-gap:.625rem}}
.cell.current{border-color:var(--line)}
.cell.chosen{border-color:var(--accent);background:linear-gradient(var(--tint),var(--card) 45%);box-shadow:0 0 0 1px var(--accent),var(--shadow)}
.head{display:flex;gap:.75rem;align-items:flex-start}
.num{flex:none;display:grid;place-items:center;width:2.25rem;height:2.25rem;border-radius:50%;background:var(--sunk);color:var(--soft);font:540 1.125rem/1 var(--display,serif)}
.chosen .num{background:var(--accent);color:var(--on-accent)}
.style{font-size:.9375rem;line-height:1.35;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
.blind .style,.blind .style+*{visibility:hidden}
.deck{display:grid;grid-template-columns:3.5rem 1fr;gap:.875rem;align-items:center;height:4.5rem}
.waiting .deck,.failed .deck{grid-template-columns:1fr}
.wave{position:relative;height:100%;direction:ltr}
svg{display:block;position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.wave path{fill:none;stroke:var(--wave);stroke-width:2.5px;stroke-linecap:round;vector-effect:non-scaling-stroke}
.wave .done{stroke:var(--accent);clip-path:inset(-10% calc(100% - var(--at,0%)) -10% 0)}
.waiting .wave path{stroke:var(--hair)}
.waiting .wave .done{stroke:color-mix(in srgb,var(--gold) 80%,var(--ink));transition:clip-path .8s ease}
.failed .wave path{stroke:var(--hair)}
.tick{position:absolute;top:0;bottom:0;width:0;border-inline-start:1.5px dotted var(--line);opacity:.75}
.seek{position:absolute;inset:0;width:100%;height:100%;margin:0;appearance:none;-webkit-appearance:none;background:none;cursor:pointer;touch-action:pan-y}
.seek::-webkit-slider-runnable-track{height:100%}
.seek::-webkit-slider-thumb{-webkit-appearance:none;width:3px;height:4.5rem;border-radius:2px;background:var(--ink);opacity:0}
.seek::-moz-range-thumb{width:3px;height:4.5rem;border:0;border-radius:2px;background:var(--ink);opacity:0}
.seek:focus-visible::-webkit-slider-thumb,.cell.begun .seek::-webkit-slider-thumb{opacity:1}
.seek:focus-visible::-moz-range-thumb,.cell.begun .seek::-moz-range-thumb{opacity:1}
button,summary,label{font:600 1rem/1.25 var(--text,sans-serif);cursor:pointer}
.play{display:grid;place-items:center;width:3.5rem;height:3.5rem;padding:0;border:0;border-radius:50%;background:var(--accent);color:var(--on-accent)}
.play:hover{background:var(--accent-deep)}
.play svg{position:static;width:1.5rem;height:1.5rem;fill:currentColor}
.play .bars,.play[aria-pressed=true] .tri{display:none}
.play[aria-pressed=true] .bars{display:block}
.under{min-height:3rem;color:var(--soft);font-size:1rem}
.time{display:flex;gap:.75rem;justify-content:space-between;min-height:1.5rem;font-variant-numeric:tabular-nums}
.wait b{color:var(--ink);font-weight:600}
.mid{min-height:1.5rem}
.fail{color:var(--ink);font-size:1rem}
.checked{margin-block-start:.25rem;font-size:.9375rem;line-height:1.35}
.choose,.retry,.small{display:inline-flex;gap:.625rem;align-items:center;justify-content:center;min-height:3rem;padding:.5rem 1.125rem;border:1.5px solid var(--line);border-radius:999px;background:none;color:var(--ink)}
.choose{width:100%}
.choose:hover,.retry:hover,.small:hover{background:var(--sunk)}
.choose input{color:inherit;appearance:none;-webkit-appearance:none;position:relative;flex:none;width:1.375rem;height:1.375rem;margin:0;border:2px solid currentColor;border-radius:50%;cursor:inherit}
.choose input:checked::after{content:"";position:absolute;inset:.1875rem;border-radius:50%;background:currentColor}
.chosen .choose{border-color:transparent;background:var(--accent);color:var(--on-accent)}
.choose:has(:disabled){cursor:default}
.choose:has(:focus-visible),:focus-visible{outline:3px solid var(--focus);outline-offset:3px}
.choose :focus-visible,.seek:focus-visible{outline:none}
.wave:has(.seek:focus-visible){outline:3px solid var(--focus);outline-offset:3px;border-radius:.375rem}
.small{min-height:2.75rem;padding:.25rem .875rem;border-color:transparent;color:var(--soft)}
.jumps{display:flex;flex-wrap:wrap;gap:.25rem}
.jumps .small{border-color:var(--hair)}
summary{display:list-item;min-height:2.75rem;padding-block:.6875rem;color:var(--accent)}
.lines{max-height:18rem;overflow:auto;padding-block:.25rem 1rem;white-space:pre-line;font:540 1.125rem/1.6 var(--display,serif);scrollbar-width:thin;position:relative}
.lines p{padding-inline:.5rem;border-inline-start:3px solid transparent;transition:border-color .2s}
.lines .now{border-color:var(--accent);background:var(--tint)}
.keys{display:grid;gap:.5rem;margin-block-end:1rem;padding:1rem 1.25rem;border-radius:var(--radius-s,.75rem);background:var(--sunk);font-size:1rem}
.keys kbd{display:inline-block;min-width:1.75rem;padding:.0625rem .375rem;border:1px solid var(--line);border-radius:.375rem;background:var(--card);text-align:center;font:600 .9375rem/1.5 var(--text,sans-serif)}
.keys label{display:flex;gap:.625rem;align-items:center;min-height:2.75rem}
.keys input{width:1.25rem;height:1.25rem;accent-color:var(--accent)}
.live{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
:host([mode=listen]) .cell{grid-template-rows:auto;padding:clamp(1.125rem,4cqi,2rem)}
:host([mode=listen]) .lines{max-height:60vh;font-size:1.25rem}
@container (max-width:22rem){.cell{padding:.875rem}}
@media (hover:none),(pointer:coarse){.top .small{display:none}}
@media (prefers-reduced-motion:no-preference){.waiting .wave svg{animation:breathe 2.4s ease-in-out infinite alternate}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media (forced-colors:active){.wave path{stroke:GrayText}.wave .done{stroke:Highlight}.play,.choose,.cell.chosen{border:2px solid Highlight}}
@keyframes breathe{to{opacity:.6}}
`);

// ── Texts and shapes ────────────────────────────────────────────────────
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const about = (seconds) => (seconds > 90 ? _("about {n} min", { n: Math.round(seconds / 60) }) : _("about {n} s", { n: Math.max(5, Math.round(seconds / 5) * 5) }));
const PLACES = [_("Next in line"), _("2nd in line"), _("3rd in line")];
const BARS = 72;
const BAR = ["role", "aria-label", "aria-valuenow", "aria-valuemin", "aria-valuemax"];
const TOGETHER = 0.025; // seconds by which two variations may miss the same moment
const SKELETON = Array.from({ length: BARS }, (_, i) => 26 + 34 * Math.abs(Math.sin(i * 0.31) * Math.cos(i * 0.093)) + 14 * Math.abs(Math.sin(i * 1.7)));

/** Bars of a waveform as one SVG path in a 720 x 100 box. @param {number[]} peaks */
function bars(peaks) {
  let path = "";
  for (let i = 0; i < BARS; i++) {
    const part = peaks.slice(Math.floor((i * peaks.length) / BARS), Math.max(Math.floor(((i + 1) * peaks.length) / BARS), Math.floor((i * peaks.length) / BARS) + 1));
    const half = Math.max(2, Math.min(48, Math.max(...part, 0) * 0.48));
    path += `M${i * 10 + 5} ${(50 - half).toFixed(1)}V${(50 + half).toFixed(1)}`;
  }
  return path;
}

/** Builds elements; text only ever arrives as textContent, so a hostile title stays a title. */
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "path"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Writes only what differs: no needless layout, nothing for a screen reader to repeat. */
const say = (node, text) => node.textContent !== text && (node.textContent = text);

// ── One sound in the whole page ─────────────────────────────────────────
/** @type {SongCompare|null} the song that was touched last: keys outside any grid belong to it */
let active = null;
let keysOn = true;

function hush(except) {
  for (const audio of document.querySelectorAll("audio,video")) audio !== except && audio.pause();
  for (const song of document.querySelectorAll("song-compare")) song.hush?.(except);
}
document.addEventListener("play", (event) => hush(event.target), true); // a plain <audio> elsewhere in the page

// A page whose web process is gone loads itself anew from another one: what plays goes on where it was.
const AGAIN = "playing";
const file = (url) => url?.split("?")[0];
let again = null;
try {
  const kept = JSON.parse(sessionStorage.getItem(AGAIN) || "null");
  sessionStorage.removeItem(AGAIN);
  if (performance.getEntriesByType("navigation")[0]?.type === "reload") again = kept;
} catch { /* forbidden: then it stops */ }
addEventListener("pagehide", () => {
  const playing = window.socket && [...document.querySelectorAll("song-compare")].map((song) => song.playing).find(Boolean);
  try { if (playing) sessionStorage.setItem(AGAIN, JSON.stringify(playing)); } catch { /* as above */ }
});

class SongCompare extends HTMLElement {
  static observedAttributes = ["label", "cell-1", "cell-2", "cell-3", "selected", "locked"];

  #raw = {};
  #cells = {};
  #parts = {};
  #order = [1, 2, 3];
  #current = 1;
  #blind = false;
  #pressed = 0; // chosen here, and not yet confirmed
  #news = [];
  #handover = 0;
  #lead = 0.03; // seconds that a start takes
  #used = false; // something of it was played
  #heardOut = new Set(); // what was played to its end

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  // ── Life ──────────────────────────────────────────────────────────────
  connectedCallback() {
    if (!this.#parts.grid) this.#build();
    this.#playOn();
    this.#tick();
  }

  disconnectedCallback() {
    this.hush();
    clearInterval(this.timer);
    this.timer = 0;
    if (active === this) active = null;
    if (this.#used) document.dispatchEvent(new CustomEvent("sleeping", { detail: this }));
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#parts.grid || before === now) return;
    if (name === "label") this.#title();
    else if (name.startsWith("cell-")) this.#patch(Number(name.slice(5)));
    else {
      if (name === "selected" && Number(now) in this.#parts) queueMicrotask(() => this.#turnTo(Number(now)));
      this.#choices();
    }
  }

  /** The bar below shows what was chosen, unless something sounds. What the row no longer holds, as an earlier version was chosen elsewhere, falls silent. */
  #turnTo(n) {
    const p = this.#parts[this.#sounding];
    if (p?.later && !p.renewed && this.#pressed !== n) this.hush();
    if (this.#sounding) return;
    this.#current = n;
    this.#choices();
  }

  get #listening() { return this.getAttribute("mode") === "listen"; }
  get #locked() { return this.hasAttribute("locked") && this.getAttribute("locked") !== "false"; }
  get #name() { return this.getAttribute("label") || _("This song"); }
  get #keys() { return keysOn && this.getAttribute("keys") !== "off"; }

  #build() {
    const root = this.shadowRoot;
    const cells = this.#listening ? [1] : [1, 2, 3];
    const help = make("button", { class: "small", type: "button", "aria-expanded": "false", "aria-controls": "keys" }, _("Keyboard"), " ", make("kbd", {}, "?"));
    const title = make("h2", { id: "label", class: "song" });
    const grid = make("div", { class: "cells", role: this.#listening ? "group" : "radiogroup", "aria-labelledby": "label" });
    this.#parts = { grid, help, title, keys: this.#help(), live: make("div", { class: "live", role: "status" }), top: make("div", { class: "top" }, title, help) };
    help.addEventListener("click", () => this.#toggleHelp());
    this.#order = cells;
    for (const n of cells) grid.append(this.#cell(n));
    title.hidden = this.#listening;
    help.hidden = this.#listening || document.querySelector("song-compare:not([mode=listen])") !== this; // said once a page
    // The audio nodes live beside the cells, not in them: reordering cells (blind mode) would stop the music.
    const own = cells.map((n) => this.#parts[n].audio).filter((audio) => !audio.isConnected);
    root.append(this.#parts.top, this.#parts.keys, grid, ...own, this.#parts.live);
    root.addEventListener("focusin", () => { active = this; });
    this.#title();
    for (const n of cells) this.#patch(n, true);
    this.#choices();
    if (this.#sounding) this.#run();
  }

  #help() {
    const rows = [[_("Space"), _("play or pause")], ["1 2 3", _("go on at the same moment in another variation")], ["← →", _("back or on by 5 seconds")],
      ["↑ ↓", _("the other song")], ["Enter", _("choose")], ["B", _("listen blind: names hidden, order shuffled")], ["?", _("this help")]];
    const box = make("input", { type: "checkbox", checked: "" });
    box.addEventListener("change", () => { keysOn = box.checked; });
    const lines = rows.map(([keys, what]) => make("p", {}, ...keys.split(" ").flatMap((k) => [make("kbd", {}, k), " "]), what));
    return make("div", { class: "keys", id: "keys", hidden: "" }, ...lines, make("label", {}, box, _("Use these keys on this page")));
  }

  /** The still nodes of one variation; #patch fills them. */
  #cell(n) {
    const p = { n };
    // A gift page brings its own <audio>, which may be playing before this script has arrived: the same node plays on.
    p.audio = (this.#listening && this.querySelector("audio")) || make("audio", { preload: "none" });
    p.audio.dataset.variation = n;
    p.url = p.audio.getAttribute("src") || "";
    p.num = make("span", { class: "num", "aria-hidden": "true" });
    p.title = make(this.#listening ? "h2" : "h3", { class: "title" });
    p.style = make("p", { class: "style" });
    p.play = make("button", { class: "play", type: "button", "aria-pressed": "false" },
      make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, make("path", { class: "tri", d: "M7 4.5v15a1 1 0 0 0 1.5.9l12-7.5a1 1 0 0 0 0-1.8l-12-7.5A1 1 0 0 0 7 4.5z" }),
        make("path", { class: "bars", d: "M6 4h4v16H6zM14 4h4v16h-4z" })));
    p.all = make("path");
    p.done = make("path", { class: "done" });
    p.ticks = make("div", { "aria-hidden": "true" });
    p.seek = make("input", { class: "seek", type: "range", min: 0, max: 1, step: 0.1, value: 0 });
    p.wave = make("div", { class: "wave" }, make("svg", { viewBox: "0 0 720 100", preserveAspectRatio: "none", "aria-hidden": "true" }, p.all, p.done), p.ticks, p.seek);
    p.elapsed = make("span");
    p.section = make("span");
    p.total = make("span");
    p.time = make("div", { class: "time" }, p.elapsed, p.section, p.total);
    p.stage = make("b");
    p.left = make("span");
    p.wait = make("div", { class: "wait" }, p.stage);
    p.fail = make("p", { class: "fail" });
    p.note = make("p", { class: "soft" });
    p.checked = make("p", { class: "soft checked" });
    p.retry = make("button", { class: "retry", type: "button" }, _("Try again"));
    p.radio = make("input", { type: "radio", name: "choice", value: n });
    p.word = make("span");
    p.choose = make("label", { class: "choose" }, p.radio, p.word);
    p.under = make("div", { class: "under" }, p.left, p.choose, p.retry);
    p.jumps = make("div", { class: "jumps", role: "group", "aria-label": _("Parts of the song"), hidden: "" });
    p.lines = make("div", { class: "lines", role: "region", "aria-label": _("Lyrics"), tabindex: "0" });
    p.lyrics = make("details", this.#listening && !this.hasAttribute("folded") ? { open: "" } : {}, make("summary", {}, _("Lyrics")), p.lines);
    p.deck = make("div", { class: "deck" }, p.play, p.wave);
    p.node = make("div", { class: "cell", role: "group", tabindex: "-1" },
      make("div", { class: "head" }, p.num, make("div", {}, p.title, p.style)), p.deck, make("div", { class: "mid" }, p.time, p.wait, p.fail, p.note, p.checked), p.under, p.jumps, p.lyrics);
    p.under.hidden = p.num.hidden = this.#listening;
    p.play.addEventListener("click", () => this.#toggle(n));
    p.retry.addEventListener("click", () => this.#tell("retry", { variation: n }));
    p.radio.addEventListener("change", () => this.#pick(n));
    p.seek.addEventListener("input", () => this.#seek(n, Number(p.seek.value)));
    for (const kind of ["play", "pause", "timeupdate", "durationchange", "ended", "error"]) p.audio.addEventListener(kind, () => this.#heard(kind, n));
    this.#parts[n] = p;
    return p.node;
  }

  // ── Drawing: a function of the attributes ─────────────────────────────
  #title() { say(this.#parts.title, this.#name); }

  /** Takes one cell's attribute and changes only that cell. */
  #patch(n, first = false) {
    const p = this.#parts[n];
    const raw = this.getAttribute(`cell-${n}`) || "{}";
    if (!p || this.#raw[n] === raw) return;
    /** @type {Cell} */
    let cell;
    try { cell = JSON.parse(raw) || {}; } catch { return; }
    const was = this.#cells[n];
    this.#raw[n] = raw;
    this.#cells[n] = cell;
    const ready = cell.status === "ready" && !!cell.audioUrl;
    const failed = cell.status === "failed";
    p.ready = ready;
    p.node.hidden = cell.status === "none";
    p.node.classList.toggle("waiting", !ready && !failed);
    p.node.classList.toggle("failed", failed);
    p.play.hidden = p.seek.hidden = p.time.hidden = !ready;
    p.wait.hidden = p.left.hidden = ready || failed;
    p.fail.hidden = !failed;
    p.retry.hidden = !failed || !cell.canRetry;
    p.note.hidden = !ready || !cell.note;
    say(p.note, (ready && cell.note) || "");
    p.checked.hidden = !ready || !cell.checked;
    say(p.checked, (ready && cell.checked) || "");
    say(p.fail, failed ? cell.message || _("This one did not work out.") : "");
    if (ready) this.#source(p, cell.audioUrl);
    else if (p.url) {
      p.audio.pause(); // it is being made anew
      this.#heardOut.delete(n);
      p.audio.removeAttribute("src");
      p.url = "";
    }
    this.#shape(p, cell, ready);
    this.#words(p, cell, was);
    p.deadline = cell.etaSeconds == null ? 0 : Date.now() + cell.etaSeconds * 1000;
    p.radio.disabled = !ready || this.#locked;
    p.choose.hidden = !ready;
    this.#place(p);
    if (first) return;
    if (was?.status !== cell.status && (ready || failed)) this.#announce(ready ? _("{what} is ready", { what: p.shown }) : `${p.shown}: ${p.fail.textContent}`);
    this.#choices();
    this.#playOn();
    this.#tick();
  }

  /** Where the browser wants a press before it plays, it stands at its moment. */
  #playOn() {
    const p = again && this.#order.map((n) => this.#parts[n]).find((one) => one.ready && file(one.url) === again.file);
    if (!p) return;
    const { at } = again;
    again = null;
    this.#play(p.n, at);
  }

  /** What plays is never touched, and a URL signed anew is no reason to load the same file again: both wait in `later`. */
  #source(p, url) {
    if (p.url === url) return;
    const same = file(p.url) === file(url);
    p.later = url;
    p.renewed = same;
    if (p.url && !p.broken && (!p.audio.paused || (same && p.audio.readyState > 0))) return;
    p.url = p.audio.src = url;
    p.later = "";
    p.broken = false;
    p.said80 &&= same;
  }

  #shape(p, cell, ready) {
    const path = bars(ready && cell.peaks?.length ? cell.peaks : SKELETON);
    if (p.path !== path) for (const node of [p.all, p.done]) node.setAttribute("d", p.path = path);
    const seconds = this.#length(p.n);
    const sections = ready ? (cell.sections || []).filter((s) => s.startMs < seconds * 1000 - 500) : [];
    p.sections = sections;
    p.ticks.replaceChildren(...sections.filter((s) => s.startMs > 500).map((s) => {
      const tick = make("span", { class: "tick" });
      tick.style.left = `${s.startMs / seconds / 10}%`;
      return tick;
    }));
    p.jumps.hidden = !this.#listening || sections.length < 2;
    if (!p.jumps.hidden) p.jumps.replaceChildren(...sections.map((s) => {
      const jump = make("button", { class: "small", type: "button" }, s.name);
      jump.addEventListener("click", () => this.#play(p.n, s.startMs / 1000));
      return jump;
    }));
    p.seek.max = seconds || 1;
    say(p.total, ready ? clock(seconds) : "");
  }

  #words(p, cell, was) {
    const lines = cell.timedLyrics?.length ? cell.timedLyrics.map((l) => l.text) : null;
    p.lyrics.hidden = !cell.lyrics && !lines;
    if (was?.lyrics === cell.lyrics && JSON.stringify(was?.timedLyrics) === JSON.stringify(cell.timedLyrics)) return;
    p.now = null;
    p.lines.replaceChildren(...(lines ? lines.map((text) => make("p", { dir: "auto" }, text)) : [make("div", { dir: "auto" }, cell.lyrics || "")]));
  }

  /** Names, numbers and labels, which depend on the place a cell has (blind mode shuffles places). */
  #place(p) {
    const cell = this.#cells[p.n];
    const shown = this.#blind ? this.#order.indexOf(p.n) + 1 : p.n;
    const chosen = this.#selected === p.n;
    const state = p.ready ? clock(this.#length(p.n)) : cell.status === "failed" ? _("did not work out") : _("being made");
    p.shown = this.#listening ? cell.title || _("the song") : _("variation {n}", { n: shown });
    say(p.num, this.#blind ? "?" : String(p.n));
    say(p.title, this.#blind ? _("Which one is it?") : cell.title || (this.#listening ? this.#name : _("Variation {n}", { n: p.n })));
    p.title.dir = p.style.dir = "auto";
    say(p.style, this.#blind ? "\u00a0" : cell.style || "");
    p.node.setAttribute("aria-label", this.#listening ? p.shown : [_("Variation {n} of 3", { n: shown }), ...(p.ready ? [_("ready")] : []), state, chosen ? _("chosen") : _("not chosen")].join(", "));
    p.node.classList.toggle("chosen", chosen);
    p.radio.checked = chosen;
    p.radio.setAttribute("aria-label", chosen ? _("Chosen: {what}", { what: p.shown }) : _("Choose {what}", { what: p.shown }));
    say(p.word, chosen ? _("Chosen") : _("Choose this one"));
    p.under.style.visibility = this.#locked && !chosen ? "hidden" : "";
    p.retry.setAttribute("aria-label", _("Try again: {what}", { what: p.shown }));
    p.seek.setAttribute("aria-label", _("Position in {what}", { what: p.shown }));
    if (this.#listening) p.lines.setAttribute("aria-label", _("Lyrics of {what}", { what: p.shown })); // several on one gift page
    p.wave.setAttribute("data-state", cell.status || "queued");
    this.#draw(p);
  }

  /** What the server says of the choice `answered` that this page made: it is shown so. Where another was pressed since, that one's own answer is on its way. */
  settle(selected, answered) {
    if (this.#pressed && answered && answered !== this.#pressed) return;
    this.#pressed = 0;
    this.setAttribute("selected", selected);
    this.#choices();
  }

  /** A choice counts from the press; an answer to an earlier one does not take it back. */
  get #selected() {
    if (this.#pressed) return this.#pressed;
    const named = this.getAttribute("selected");
    if (named !== null) return Number(named) || 0;
    return this.#order.find((n) => this.#cells[n]?.chosen) || 0;
  }

  #choices() {
    for (const n of this.#order) {
      this.#parts[n].radio.disabled = !this.#parts[n].ready || this.#locked;
      this.#place(this.#parts[n]);
    }
    this.#stand();
  }

  /** Everything that moves with time, for one cell. */
  #draw(p) {
    const { audio } = p;
    const length = this.#length(p.n);
    const cell = this.#cells[p.n];
    const playing = !audio.paused && !audio.muted;
    if (!p.ready) return this.#patience(p, cell);
    const at = p.want ?? audio.currentTime;
    p.wave.style.setProperty("--at", `${length ? Math.min(100, (at / length) * 100) : 0}%`);
    if (p.wave.hasAttribute("role")) for (const name of BAR) p.wave.removeAttribute(name); // it was a progress bar
    p.node.classList.toggle("begun", at > 0);
    p.node.classList.toggle("current", this === active && this.#current === p.n);
    if (!p.seek.matches(":active")) p.seek.value = String(at);
    const text = _("{at} of {length}", { at: clock(at), length: clock(length) });
    if (p.seek.getAttribute("aria-valuetext") !== text) p.seek.setAttribute("aria-valuetext", text);
    say(p.elapsed, clock(at));
    say(p.section, p.broken ? _("This sound did not load. Press play to try again.") : this.#section(p, at));
    p.play.setAttribute("aria-pressed", String(playing));
    p.play.setAttribute("aria-label", playing ? _("Pause {what}", { what: p.shown }) : _("Play {what}", { what: p.shown }));
    this.#follow(p, at);
  }

  #section(p, at) { return p.sections?.findLast?.((s) => s.startMs <= at * 1000 + 50)?.name || ""; }

  /** Waiting: the bar is where the server says; past its own estimate the page says so. */
  #patience(p, cell) {
    const percent = cell.progress ?? null;
    const left = p.deadline ? Math.ceil((p.deadline - Date.now()) / 1000) : null;
    const eta = left === null ? "" : left > 0 ? about(left) : _("taking longer than usual");
    const waiting = cell.status !== "generating" && cell.status !== "submitted";
    p.wave.style.setProperty("--at", `${percent ?? 0}%`);
    if (percent !== null && cell.status !== "failed") {
      for (const [k, v] of Object.entries({ role: "progressbar", "aria-label": _("{what} is being made", { what: p.shown }), "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": percent })) p.wave.setAttribute(k, v);
    } else for (const k of BAR) p.wave.removeAttribute(k);
    if (waiting) {
      say(p.stage, !cell.place ? _("Waiting for its turn") : PLACES[cell.place - 1] ?? _("Number {n} in line", { n: cell.place }));
      say(p.left, eta);
    } else {
      say(p.stage, cell.stage || (cell.status === "submitted" ? _("The musicians have it") : _("Being made")));
      say(p.left, [percent === null ? "" : `${Math.round(percent)} %`, left > 0 ? _("{time} left", { time: eta }) : eta].filter(Boolean).join(", "));
    }
  }

  /** The line being sung, kept in view inside its own box: the page itself never scrolls. */
  #follow(p, at) {
    const lines = this.#cells[p.n].timedLyrics;
    if (!lines?.length || (!p.now && p.audio.paused)) return;
    const now = p.lines.children[lines.findLastIndex((l) => l.startMs <= at * 1000)] || null;
    if (now === p.now) return;
    p.now?.classList.remove("now");
    now?.classList.add("now");
    p.now = now;
    if (now && p.lyrics.open) p.lines.scrollTop = now.offsetTop - p.lines.clientHeight / 3;
  }

  /** Counts estimates down once a second, only while something is waiting. */
  #tick() {
    const waits = this.#order.some((n) => this.#parts[n].deadline && !this.#parts[n].ready);
    if (waits && !this.timer) this.timer = setInterval(() => this.#order.forEach((n) => this.#parts[n].ready || this.#draw(this.#parts[n])), 1000);
    if (!waits && this.timer) { clearInterval(this.timer); this.timer = 0; }
  }

  /** Changes of one moment become one announcement. */
  #announce(text) {
    this.#news.push(text);
    if (this.#news.length === 1) setTimeout(() => say(this.#parts.live, `${this.#name}: ${this.#news.splice(0).join(", ")}.`), 400);
  }

  // ── Sound ─────────────────────────────────────────────────────────────
  #length(n) {
    const { duration } = this.#parts[n].audio;
    return Number.isFinite(duration) && duration > 0 ? duration : (this.#cells[n].durationMs || 0) / 1000;
  }

  get #sounding() { return this.#order.find((n) => !this.#parts[n].audio.paused && !this.#parts[n].audio.muted) || 0; }

  /** Pauses everything here except one node. */
  hush(except) {
    this.#handover++;
    for (const n of this.#order) {
      const { audio } = this.#parts[n] || {};
      if (audio && audio !== except) { audio.pause(); audio.muted = false; }
    }
  }

  #toggle(n) {
    if (this.#sounding === n) return this.hush();
    const { audio, want } = this.#parts[n];
    if (this.#sounding) this.#switch(n);
    else this.#play(n, audio.ended ? 0 : (want ?? audio.currentTime));
  }

  #play(n, at) {
    const p = this.#parts[n];
    if (!p.ready) return;
    if (p.later && (p.broken || (!p.renewed && p.audio.paused))) this.#source(p, p.later);
    if (p.broken) p.audio.load();
    p.broken = false;
    active = this;
    this.#current = n;
    this.#used = true;
    hush(p.audio);
    this.#seek(n, at);
    p.audio.play().catch(() => this.#draw(p));
    this.#session(n);
    this.#run();
    // The whole row is wanted now: loading it at the first play makes switching instant.
    for (const m of this.#order) {
      const { audio, ready } = this.#parts[m];
      if (ready && audio.preload === "none") audio.preload = "auto";
    }
  }

  /** iOS ignores a seek before the first play: `want` keeps it until the sound is there. */
  #seek(n, at) {
    const p = this.#parts[n];
    const end = this.#length(n);
    const to = Math.max(0, end ? Math.min(at, end - 0.05) : at);
    if (p.audio.readyState > 0) p.audio.currentTime = to;
    if (p.audio.readyState > 0 && Math.abs(p.audio.currentTime - to) < 0.3) p.want = undefined;
    else {
      p.want = to;
      p.audio.addEventListener("playing", () => {
        if (p.want !== undefined && Math.abs(p.audio.currentTime - p.want) > 0.1) p.audio.currentTime = p.want;
        p.want = undefined;
      }, { once: true });
    }
    this.#draw(p);
  }

  /** The same moment in another variation: it starts muted while the old one plays on, and takes over once both are there. */
  #switch(n) {
    const from = this.#sounding;
    const p = this.#parts[n];
    if (!p?.ready || from === n) return;
    const old = from && this.#parts[from].audio;
    if (!old) return this.#play(n, this.#moment(n));
    const moment = () => (old.currentTime < this.#length(n) - 0.2 ? old.currentTime : 0);
    if (p.later || p.broken) return this.#play(n, moment());
    this.hush(old); // takes back a switch that is still under way
    const turn = this.#handover, { audio } = p;
    let tries = 3;
    const near = () => { audio.currentTime = moment() + this.#lead; };
    const meet = () => {
      if (turn !== this.#handover) return;
      const late = moment() - audio.currentTime;
      if (Math.abs(late) < 0.5) this.#lead = Math.max(0, Math.min(0.3, this.#lead + late / 2)); // learns what a start takes here
      if (Math.abs(late) > TOGETHER && !audio.ended && tries--) {
        audio.addEventListener("seeked", meet, { once: true });
        return near();
      }
      active = this;
      p.want = undefined;
      audio.muted = false;
      hush(audio);
      this.#stand();
      this.#session(n);
      this.#run();
    };
    this.#current = n;
    audio.muted = true;
    if (audio.preload === "none") audio.preload = "auto";
    if (audio.readyState > 0) near();
    audio.play().catch(() => { audio.muted = false; });
    audio.addEventListener("playing", meet, { once: true });
  }

  /** Where this row stands while nothing sounds. */
  #moment(n) {
    const last = this.#parts[this.#current];
    const at = last.audio.ended ? 0 : (last.want ?? last.audio.currentTime);
    return at < this.#length(n) - 0.2 ? at : 0;
  }

  #heard(kind, n) {
    const p = this.#parts[n];
    if (kind === "error" && p.url) p.broken = true;
    if (kind === "durationchange") this.#shape(p, this.#cells[n], p.ready);
    if (kind === "timeupdate" && !p.said80 && p.audio.currentTime > this.#length(n) * 0.8) {
      p.said80 = true;
      this.#tell("played", { variation: n, percent: 80 });
    }
    if (kind === "ended" || (kind === "timeupdate" && p.audio.currentTime > this.#length(n) - 1)) this.#heardOut.add(n);
    this.#order.forEach((m) => this.#draw(this.#parts[m]));
    this.#stand();
  }

  /** The playhead, only while something sounds: it crosses a third of a pixel in 50 ms, so more frames would show no more. */
  #run() {
    if (this.frame) return;
    const step = () => {
      const n = this.#sounding;
      if (n) this.#draw(this.#parts[n]);
      this.frame = n ? setTimeout(step, 50) : 0;
    };
    this.frame = setTimeout(step, 50);
  }

  /** The lock screen: what plays, and its buttons. */
  #session(n) {
    const media = navigator.mediaSession;
    if (!media || !window.MediaMetadata) return;
    const cell = this.#cells[n];
    const picture = document.querySelector('meta[property="og:image"]')?.content || document.querySelector('link[rel="icon"]')?.href;
    media.metadata = new MediaMetadata({ artwork: picture ? [{ src: picture }] : [], title: this.#blind ? this.#name : cell.title || this.#name, artist: this.#blind || this.#listening ? "" : _("Variation {n}", { n }), album: this.#name });
    const actions = { play: () => this.#play(n, this.#parts[n].audio.currentTime), pause: () => this.hush(), seekto: (d) => this.#seek(n, d.seekTime), previoustrack: () => this.#step(-1), nexttrack: () => this.#step(1) };
    for (const [name, act] of Object.entries(actions)) {
      try { media.setActionHandler(name, this.#listening && name.endsWith("track") ? null : act); } catch { /* not every browser knows every action */ }
    }
  }

  #step(by) { this.#switch(this.#order[(this.#order.indexOf(this.#current) + by + 3) % 3]); }

  // ── For <song-switch>, which shows the song that was touched last ─────
  /** The number that is chosen, or 0. */
  get choice() { return this.#selected; }
  /** What sounds and where it is, for a page that is loaded anew. */
  get playing() {
    const p = this.#parts[this.#sounding];
    return p ? { file: file(p.url), at: p.audio.currentTime } : null;
  }
  /** Nothing of it can be played yet. */
  get isEmpty() { return !this.#order.some((n) => this.#parts[n]?.ready); }

  /** Plays or pauses what was heard last, or variation `n`. */
  toggle(n = this.#sounding || this.#current) { this.#toggle(n); }
  /** Goes on at the same moment in what stands at a place (0 is the first). */
  turn(place) {
    const n = this.#order[place];
    if (this.#sounding) this.#switch(n);
    else this.#play(n, this.#moment(n));
  }
  /** Chooses what was heard last. */
  pick() { this.#pick(this.#current); }

  #stand() {
    if (!this.#used || this.#listening) return;
    const n = this.#current;
    const place = (m) => ({ what: this.#parts[m].shown, ready: this.#parts[m].ready, current: m === n, gone: this.#cells[m]?.status === "none" });
    this.dispatchEvent(new CustomEvent("standing", { bubbles: true, detail: {
      used: true, active: active === this, name: this.#name, what: this.#parts[n].shown, playing: this.#sounding === n, heard: this.#heardOut.has(n),
      chosen: this.#selected === n, locked: this.#locked || !this.#parts[n].ready, places: this.#order.map(place),
    } }));
  }

  // ── Choosing, keys, blind mode ────────────────────────────────────────
  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }

  #pick(n) {
    if (this.#locked || !this.#parts[n]?.ready || this.#listening) return;
    if (this.#selected === n) return this.#choices();
    this.#pressed = n; // shown at once; the server's answer comes back as the attribute
    this.setAttribute("selected", String(n));
    const { taskId } = this.#cells[n];
    this.#tell("pick", { variation: n, ...(taskId && { taskId }) }); // which recording was heard, not only where it stood
  }

  #toggleHelp() {
    const { keys, help } = this.#parts;
    keys.hidden = !keys.hidden;
    help.setAttribute("aria-expanded", String(!keys.hidden));
  }

  #toggleBlind() {
    if (this.#listening) return;
    this.#blind = !this.#blind;
    const held = this.shadowRoot.activeElement;
    const order = [1, 2, 3];
    if (this.#blind) order.sort(() => crypto.getRandomValues(new Int8Array(1))[0]);
    this.#order = order;
    this.#parts.grid.append(...order.map((n) => this.#parts[n].node));
    held?.focus();
    this.#choices();
    this.#announce(this.#blind ? _("blind mode on, the order is shuffled") : _("blind mode off"));
  }

  /** @returns {boolean} whether the key meant something here */
  press(key, inside, control) {
    if (!this.#keys) return false;
    const number = Number(key);
    const n = this.#current;
    const focused = this.#order.find((m) => this.#parts[m].node.contains(this.shadowRoot.activeElement));
    if (number >= 1 && number <= this.#order.length && !this.#listening) {
      const to = this.#order[this.#blind ? number - 1 : this.#order.indexOf(number)];
      this.#switch(to);
      if (inside) this.#parts[to].node.focus({ preventScroll: true }), this.#parts[to].node.scrollIntoView({ block: "nearest" });
    } else if (key === " " && !control && (inside || !this.#listening || this.#sounding)) this.#toggle(this.#sounding || (focused ?? n));
    else if (key === "Enter" && !control && !this.#listening) this.#pick(focused ?? (this.#sounding || n));
    else if (key === "ArrowLeft" || key === "ArrowRight") {
      const at = this.#sounding || (focused ?? n);
      if (!this.#parts[at].ready || (!inside && !this.#sounding)) return false;
      this.#seek(at, (this.#parts[at].want ?? this.#parts[at].audio.currentTime) + (key === "ArrowLeft" ? -5 : 5));
    } else if ((key === "ArrowUp" || key === "ArrowDown") && (inside || this.#sounding)) {
      const songs = [...document.querySelectorAll("song-compare")];
      const other = songs[songs.indexOf(this) + (key === "ArrowUp" ? -1 : 1)];
      if (!other) return false;
      this.hush();
      other.enter();
    } else if (key.toLowerCase() === "b" && !this.#listening) this.#toggleBlind();
    else if (key === "?" && !this.#listening) this.#toggleHelp();
    else return false;
    return true;
  }

  /** Takes the focus, from a neighbour's arrow key. */
  enter() {
    active = this;
    const { node } = this.#parts[this.#selected || this.#current];
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest" });
  }
}

// ── Keys for the page: one listener, and never inside a field ───────────
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.composedPath()[0];
  const inside = event.composedPath().find((node) => node instanceof SongCompare);
  const type = target.tagName === "INPUT" ? target.type : "";
  const song = inside || (active?.isConnected ? active : document.querySelector("song-compare:not([mode=listen])"));
  if (!song || target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName)) return;
  if (type && !(inside && ["radio", "range"].includes(type))) return;
  if (!inside && event.target !== document.body && target.closest?.("a,button,summary,[tabindex],[role]")) return;
  const arrow = event.key.startsWith("Arrow");
  if (arrow && (type === "radio" || (type === "range" && event.key.match(/Up|Down/)) || target.classList?.contains("lines"))) return;
  // Space and Enter on a button belong to the button; a radio takes Space itself, but knows no Enter.
  const control = target.closest?.("button,summary,a") || (type === "radio" && event.key === " ");
  if (song.press(event.key, !!inside, !!control)) event.preventDefault();
});

customElements.define("song-compare", SongCompare);
