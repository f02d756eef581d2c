// <song-switch>: play, 1 2 3 at the same bar, and *Choose this one* of the song that was touched last, within a thumb's reach
// in the bar at the bottom. It is empty until something was played. It asks <song-compare> only, never the server.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host{display:none}
:host([used]){display:block;flex:1 1 100%;min-width:0}
.row{display:flex;gap:.375rem;align-items:center}
button{flex:none;display:inline-grid;place-items:center;min-width:2.75rem;height:2.75rem;padding:0;border:1.5px solid var(--line);border-radius:999px;background:none;
  color:var(--ink);font:600 1rem/1.15 var(--text,sans-serif);cursor:pointer}
button:hover{background:var(--sunk)}
button[aria-pressed=true]:not(.play),.play{border-color:transparent;background:var(--tint);color:var(--accent)}
button[aria-pressed=true]:not(.play){box-shadow:inset 0 0 0 2px var(--accent)}
button:disabled{opacity:.4;cursor:default}
.on{flex:1 1 auto;min-width:0;padding:0 .75rem;overflow:hidden;font-size:.9375rem;text-wrap:balance}
.on.now{border-color:transparent;background:var(--accent);color:var(--on-accent)}
.on.done{border-color:transparent;color:var(--soft);cursor:default}
svg{width:1.25rem;height:1.25rem;fill:currentColor}
.play .bars,.play[aria-pressed=true] .tri{display:none}
.play[aria-pressed=true] .bars{display:block}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
[hidden]{display:none!important}
@media (min-width:44rem){:host([used]){flex:0 1 auto}.on{flex:0 1 auto;padding:0 1.5rem}}
@media (forced-colors:active){button[aria-pressed=true],.on.now{border-color:Highlight}}
`);

const make = (tag, attributes = {}, ...children) => {
  const node = ["svg", "path"].includes(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const put = (node, name, value) => node.getAttribute(name) !== value && node.setAttribute(name, value);

class SongSwitch extends HTMLElement {
  #song = null;
  #built = null;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.heard = (event) => this.#show(event.target, event.detail);
    this.gone = (event) => event.detail === this.#song && this.removeAttribute("used");
  }

  connectedCallback() {
    document.addEventListener("standing", this.heard);
    document.addEventListener("sleeping", this.gone);
  }

  disconnectedCallback() {
    document.removeEventListener("standing", this.heard);
    document.removeEventListener("sleeping", this.gone);
  }

  #build() {
    const play = make("button", { class: "play", type: "button" }, make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" },
      make("path", { class: "tri", d: "M7 4.5v15a1 1 0 0 0 1.5.9l12-7.5a1 1 0 0 0 0-1.8l-12-7.5A1 1 0 0 0 7 4.5z" }), make("path", { class: "bars", d: "M6 4h4v16H6zM14 4h4v16h-4z" })));
    const numbers = [1, 2, 3].map((place) => make("button", { type: "button", "aria-pressed": "false" }, String(place)));
    const on = make("button", { class: "on", type: "button" });
    const row = make("div", { class: "row", role: "group" }, play, ...numbers, on);
    play.addEventListener("click", () => this.#song.toggle());
    numbers.forEach((button, place) => button.addEventListener("click", () => this.#song.turn(place)));
    on.addEventListener("click", () => this.#goOn());
    this.shadowRoot.append(row);
    this.#built = { play, numbers, on, row };
  }

  /** Only the song that sounded last is shown; one that sleeps changes nothing. */
  #show(song, now) {
    if (!now.used) return;
    if (!now.active && this.#song !== song) return;
    if (!this.#built) this.#build();
    this.#song = song;
    this.now = now;
    put(this, "used", "");
    const { play, numbers, on, row } = this.#built;
    put(row, "aria-label", now.name);
    put(play, "aria-pressed", String(now.playing));
    put(play, "aria-label", now.playing ? _("Pause {what}", { what: now.what }) : _("Play {what}", { what: now.what }));
    numbers.forEach((button, place) => {
      const one = now.places[place];
      button.hidden = one.gone;
      button.disabled = !one.ready;
      put(button, "aria-pressed", String(one.current));
      put(button, "aria-label", _("Go on with {what}", { what: one.what }));
    });
    this.#offer(on, now);
  }

  /** The way on: choose what is heard; once it is chosen, the next song; nothing once all are, for paying stands below. */
  #offer(on, now) {
    const next = now.chosen && this.#nextSong();
    const text = !now.chosen ? _("Choose this one") : next ? _("On to the next song") : _("Chosen");
    if (on.textContent !== text) on.textContent = text;
    on.hidden = now.locked;
    on.classList.toggle("now", Boolean(next) || (!now.chosen && now.heard));
    on.classList.toggle("done", now.chosen && !next);
    if (now.chosen) on.removeAttribute("aria-label");
    else put(on, "aria-label", _("Choose {what}", { what: now.what }));
    put(on, "aria-disabled", String(Boolean(now.chosen && !next)));
  }

  #nextSong() {
    const songs = [...document.querySelectorAll("song-compare[data-song]")].filter((song) => song !== this.#song);
    return songs.find((song) => !song.choice && !song.isEmpty);
  }

  #goOn() {
    if (!this.now.chosen) return this.#song.pick();
    const next = this.#nextSong();
    if (!next) return;
    this.#song.hush();
    next.enter();
  }
}

customElements.define("song-switch", SongSwitch);
