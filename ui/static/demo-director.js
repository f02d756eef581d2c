// The director's bar: on every page of a demo form, in the browser that began it, and nowhere else.
//
// It asks the server whether this page's form is a demo of this browser; if not, it removes itself before anybody sees it.
// The autopilot does what a person could do: it types into the real fields and presses the real buttons.
// Its state is kept for this tab only: which form, whether it plays, whether the bar is hidden.

const KEY = "serenade-demo";
const STEPS = [["tell", _("Tell")], ["listen", _("Listen")], ["choose", _("Choose")], ["pay", _("Pay")], ["gift", _("Gift")], ["share", _("Share")]];
const SPEEDS = [1, 2, 5, 10, 20];
const QUICK = 10; // from this speed on nothing is typed or listened to, only done
const still = matchMedia("(prefers-reduced-motion: reduce)");
const query = new URLSearchParams(location.search);

const kept = (() => { try { return JSON.parse(sessionStorage.getItem(KEY)) || {}; } catch { return {}; } })();
function keep(changes) {
  Object.assign(kept, changes);
  try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* then it is forgotten with the page */ }
}

function where() {
  const path = location.pathname;
  if (path === "/compose/create") return "tell";
  if (path === "/compose/lyrics") return "words";
  if (path === "/compose/variations") return "listen";
  if (path === "/compose/success") return "gift";
  if (path.startsWith("/demo/stripe/pay/")) return "pay";
  return path.startsWith("/s/") ? "share" : "";
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  node.append(...children);
  return node;
}

async function ask(path, body) {
  const answer = await fetch(`/demo/director${path}`, body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error?.message || _("That did not work."));
  return said;
}

// A constructed stylesheet: the payment page's CSP allows no inline style.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host{all:initial;position:fixed;inset-block-start:0;inset-inline:0;z-index:6500;display:block;color-scheme:dark;
  font:500 .9375rem/1.3 var(--text,system-ui,sans-serif);color:#faeee5;background:#25101c;box-shadow:0 .25rem 1.5rem #0007}
:host([hidden]){display:none}
*{box-sizing:border-box}
.bar{display:flex;flex-wrap:wrap;gap:.375rem .4rem;align-items:center;padding:.4rem clamp(.5rem,2vw,1rem)}
button,select,.name{font:inherit;color:inherit;min-block-size:2.125rem;border-radius:999px;border:1px solid #7b5863;background:#3a1f2d;padding:.2rem .6rem;white-space:nowrap}
button,select{cursor:pointer}
button:hover,select:hover{background:#502c3f}
button:disabled{opacity:.55;cursor:default}
:focus-visible{outline:3px solid #ffe3c2;outline-offset:2px}
.name{border:0;background:none;padding-inline:.25rem;font-weight:700;color:#f5b776;display:inline-flex;align-items:center;gap:.4rem}
.steps{display:flex;gap:.125rem;border:1px solid #7b5863;border-radius:999px;padding:.125rem;margin:0}
.steps button{border:0;background:none;min-block-size:1.875rem;padding-inline:.55rem}
.steps button:hover{background:#502c3f}
.steps [aria-current]{background:#f5b776;color:#2f1607;font-weight:700}
.play{background:#f5b776;color:#2f1607;border-color:#f5b776;font-weight:700}
.play:hover{background:#ffd1a1}
.push{margin-inline-start:auto}
.tools{display:flex;flex-wrap:wrap;gap:.3rem}
.say{margin:0;padding:.3rem clamp(.5rem,2vw,1rem) .45rem;border-block-start:1px solid #4b2c3b;font-size:1.0625rem;display:flex;gap:.75rem;align-items:baseline}
.say:empty{display:none}
.say b{color:#f5b776;font-variant-numeric:tabular-nums;white-space:nowrap;margin-inline-start:auto}
.line{block-size:3px;background:#f5b776;inline-size:0;transition:inline-size .4s linear}
:host([tour]) .bar{display:none}
:host([tour]) .say{font-size:clamp(1.125rem,2.2vw,1.75rem);line-height:1.25;padding-block:.7rem;border:0;align-items:center}
:host([tour]) .say button{flex:none}
dialog{border:0;border-radius:1.25rem;padding:1.5rem;max-inline-size:min(92vw,24rem);background:#fffdfa;color:#2a1721;color-scheme:light;text-align:center}
dialog::backdrop{background:#180e15d9}
dialog img{inline-size:min(70vw,17rem);block-size:auto;display:block;margin:0 auto 1rem}
dialog p{margin:0 0 1rem}
dialog button{background:#9b2346;color:#fff9f3;border-color:#9b2346}
dialog button:hover{background:#7c1836}
@media (max-width:47.99rem){
  .bar{flex-wrap:nowrap;overflow-x:auto;scrollbar-width:none}
  .bar>*,.tools{flex:none;flex-wrap:nowrap}
  .push{margin-inline-start:0}
}
@media (prefers-reduced-motion:reduce){.line{transition:none}}
`);

class DemoDirector extends HTMLElement {
  #info = null;
  #line = make("div", { class: "line", "aria-hidden": "true" });
  #words = make("span", { role: "status" });
  #clock = make("b", { "aria-hidden": "true" });
  #paused = false;
  #said = "";

  async connectedCallback() {
    const token = where() === "share" ? location.pathname.split("/")[2] : "";
    const form = query.get("formId") || (token ? "" : kept.form || "");
    try {
      this.#info = await ask(`?${new URLSearchParams(token ? { token } : { formId: form })}`);
    } catch {
      this.remove(); // no demo, or not this browser's
      return;
    }
    if (query.get("demo")) this.#arrive(query.get("demo"));
    if (kept.form !== this.#info.formId) keep({ form: this.#info.formId, mode: "drive", began: 0 });
    this.#draw();
    document.addEventListener("keydown", this);
    new ResizeObserver(() => { document.body.style.paddingBlockStart = this.hidden ? "" : `${this.offsetHeight}px`; }).observe(this);
    this.hidden = Boolean(kept.hidden) && kept.mode !== "tour";
    this.dataset.at = where(); // from here on it listens
    if (kept.mode !== "drive") this.#play();
  }

  disconnectedCallback() { document.removeEventListener("keydown", this); }

  /** A fresh scene: which mode, and since when. The parameter is removed from the address, so that a reload does not begin again. */
  #arrive(mode) {
    keep({ form: this.#info.formId, mode, began: Date.now(), took: 0 });
    query.delete("demo");
    history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`);
  }

  handleEvent(event) {
    const typing = event.composedPath()[0]?.matches?.("input:not([type=radio],[type=checkbox],[type=range]),textarea,select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "d" || event.key === "D") this.#hide(!this.hidden);
    if ((event.key === "p" || event.key === "P") && kept.mode !== "drive") this.#pause(!this.#paused);
  }

  #hide(hidden) {
    this.hidden = hidden;
    keep({ hidden });
    document.body.style.paddingBlockStart = hidden ? "" : `${this.offsetHeight}px`;
  }

  // ── Drawing ───────────────────────────────────────────────────────────
  #draw() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", _("Director of this demo"));
    this.toggleAttribute("tour", kept.mode === "tour");
    this.playing = make("button", { type: "button", class: "play" }, "");
    this.playing.addEventListener("click", () => (kept.mode === "drive" ? this.#start() : this.#pause(!this.#paused)));
    this.pausing = make("button", { type: "button" }, _("Pause"));
    this.pausing.addEventListener("click", () => this.#pause(!this.#paused));
    this.leaving = make("button", { type: "button" }, _("End"));
    this.leaving.addEventListener("click", () => { keep({ mode: "drive" }); location.href = "/demo"; });
    const say = kept.mode === "tour" ? make("p", { class: "say" }, this.#words, this.#clock, this.pausing, this.leaving) : make("p", { class: "say" }, this.#words, this.#clock);
    root.append(make("div", { class: "bar" }, make("span", { class: "name" }, _("Demo")), this.playing, this.#steps(), this.#speed(), this.#tools()), say, this.#line, this.#second());
    const now = root.querySelector("[aria-current]");
    if (now) now.closest(".bar").scrollLeft = now.offsetLeft - 100;
    this.#label();
    if (kept.mode === "drive") this.say(this.#tally() || _("A made-up story, kept for you alone and for a day. Nothing is charged, nobody is written to. D hides this bar."));
  }

  #tally() { return kept.took ? _("From click to gift: {seconds} seconds, on the real pages.", { seconds: Math.round(kept.took / 1000) }) : ""; }

  #steps() {
    const at = where() === "words" ? "tell" : where();
    const nav = make("div", { class: "steps", role: "group", "aria-label": _("Jump to a step") });
    for (const [step, label] of STEPS) {
      const button = make("button", { type: "button", "aria-current": step === at ? "step" : null }, label);
      button.addEventListener("click", () => this.#do(button, async () => {
        this.say(_("{step}: one moment…", { step: label }));
        keep({ mode: "drive" });
        location.href = (await ask("/jump", { formId: this.#info.formId, step })).go;
      }));
      nav.append(button);
    }
    return nav;
  }

  #speed() {
    const select = make("select", { "aria-label": _("Speed of the waiting parts") });
    for (const speed of new Set([...SPEEDS, this.#info.speed])) select.append(make("option", { value: speed, selected: speed === this.#info.speed }, `${speed}×`));
    select.addEventListener("change", () => this.#do(select, async () => {
      this.#info.speed = (await ask("/speed", { formId: this.#info.formId, speed: Number(select.value) })).speed;
      this.say(_("Waiting parts now run at {speed}×. No renderer is faster than this machine.", { speed: this.#info.speed }));
    }));
    return select;
  }

  #tools() {
    const box = make("div", { class: "tools push" });
    const tool = (label, title, work) => {
      const button = make("button", { type: "button", title }, label);
      button.addEventListener("click", () => this.#do(button, work));
      box.append(button);
    };
    const id = { formId: this.#info.formId };
    tool(_("Fail one"), _("Let a recording fail, and watch it heal"), async () => {
      this.say(_("Waiting for a recording to break…"));
      const { variation } = await ask("/fail", id);
      this.say(_("The recording of version {variation} broke down. The next attempt has begun by itself.", { variation }));
    });
    tool(_("Cut the line"), _("Five seconds without a connection"), () => this.#cut());
    tool(_("Replay payment"), _("Send the payment's signed events again"), async () => {
      const { received, given, mails } = await ask("/replay", id);
      this.say(_("Payment events received: {received}. Gift given: {given}×. Mails written: {mails}.", { received, given, mails }));
    });
    tool(_("Phone"), _("A code for a phone"), async () => this.second.showModal());
    tool(_("Start over"), _("The same scene, a new form"), async () => { keep({ mode: "drive" }); location.href = (await ask("/reset", id)).go; });
    tool(_("Hide"), _("Or press D, also to bring it back"), async () => this.#hide(true));
    return box;
  }

  #second() {
    const page = where() === "share" ? location.pathname : "";
    const code = make("img", { alt: _("A code that opens this page on a phone"), src: `/demo/director/qr.svg?${new URLSearchParams({ formId: this.#info.formId, page })}`, loading: "lazy", width: 272, height: 272 });
    const words = this.#info.local ? _("This server answers at localhost: start it with PUBLIC_URL set to this machine's address, and phones reach it.") : _("Point a phone's camera here. Both screens follow each other.");
    const close = make("button", { type: "button" }, _("Close"));
    this.second = make("dialog", { "aria-label": _("A second device") }, code, make("p", {}, words), close);
    close.addEventListener("click", () => this.second.close());
    return this.second;
  }

  /** One action at a time; an error is shown in the bar. */
  async #do(button, work) {
    button.disabled = true;
    try { await work(); } catch (error) { this.say(error.message); } finally { button.disabled = false; }
  }

  async #cut() {
    const socket = window.socket;
    if (!socket) return this.say(_("This page holds no connection: it is plain HTML, and whole as it is."));
    socket.io.reconnection(false);
    socket.io.engine.close();
    for (let left = 5; left > 0; left--) {
      this.say(_("Cut. What plays goes on playing. Back in {left}…", { left }));
      await new Promise((done) => setTimeout(done, 1000));
    }
    socket.io.reconnection(true);
    socket.io.opts.query.next_message_id = window.nextMessageId; // what NiceGUI does when it reconnects by itself; else it reloads
    socket.connect();
    this.say(_("Connected again: the page has caught up with what it missed."));
  }

  say(words) { this.#words.textContent = this.#said = words; }

  #label() {
    this.playing.textContent = kept.mode === "drive" ? _("▶ Play") : this.#paused ? _("▶ Go on") : _("❚❚ Pause");
    this.pausing.textContent = this.#paused ? _("Go on") : _("Pause");
  }

  // ── Autopilot ─────────────────────────────────────────────────────────
  #start() {
    keep({ mode: "play", began: Date.now() });
    this.#play();
  }

  #pause(paused) {
    this.#paused = paused;
    if (paused) for (const song of document.querySelectorAll("song-compare")) song.hush?.();
    this.#label();
    this.#words.textContent = paused ? _("Paused. P goes on.") : this.#said;
  }

  async #play() {
    this.#label();
    const ticking = setInterval(() => { this.#clock.textContent = kept.began ? `${Math.round((Date.now() - kept.began) / 1000)} s` : ""; }, 500);
    try {
      await this[`_${where()}`]?.();
    } catch (error) {
      this.say(error.message);
      if (kept.mode === "tour") setTimeout(() => this.#next(), 6000); // the tour continues
    } finally {
      clearInterval(ticking);
    }
  }

  get #quick() { return this.#info.speed >= QUICK; }

  /** So many milliseconds of the story; the speed divides them, a pause stops them. */
  async #rest(ms) {
    for (let left = ms / this.#info.speed; left > 0;) {
      const step = Math.min(100, left);
      await new Promise((done) => setTimeout(done, step));
      if (!this.#paused) left -= step;
    }
  }

  async #until(look, what, seconds = 120) {
    for (const end = Date.now() + seconds * 1000; Date.now() < end || this.#paused;) {
      const found = !this.#paused && look();
      if (found) return found;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(_("Waited in vain for {what}. Take over by hand, or start over.", { what }));
  }

  #tell(words, share) {
    this.say(words);
    this.#line.style.inlineSize = `${share}%`;
  }

  #show(node) { node.scrollIntoView({ block: "center", behavior: this.#quick || still.matches ? "auto" : "smooth" }); }

  async #type(field, text) {
    this.#show(field);
    field.focus({ preventScroll: true });
    if (!this.#quick && !still.matches) {
      for (let end = 1; end <= text.length; end++) {
        field.value = text.slice(0, end);
        await this.#rest(38);
      }
    }
    field.value = text;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    await this.#rest(700);
  }

  /** Press, and press again while the page stays: the first press may come before the page listens. */
  async #press(look) {
    const path = location.pathname;
    let pause = 0;
    await this.#until(() => {
      const button = look();
      if (location.pathname === path && button && !button.disabled && Date.now() > pause) {
        button.click();
        pause = Date.now() + 1500;
      }
      return location.pathname !== path;
    }, _("the page"));
  }

  async _tell() {
    await this.#until(() => window.did_handshake && document.getElementById("compose"), _("the page"));
    this.#tell(_("Somebody tells a story. Every word saves itself."), 4);
    await this.#rest(2500);
    if (!this.#quick) {
      for (const [path, words] of Object.entries(this.#info.typed)) {
        const field = document.getElementById(`f-${path.replaceAll(".", "-")}`);
        if (field?.offsetParent) await this.#type(field, words);
      }
    }
    this.#tell(_("One press, and three versions are written and recorded."), 18);
    const compose = document.getElementById("compose");
    this.#show(compose);
    await this.#rest(1500);
    await this.#press(() => document.getElementById("compose"));
  }

  async _words() {
    await this.#until(() => window.did_handshake && document.getElementById("make"), _("the words"));
    this.#tell(_("First the words, line by line, as long as they may still be changed."), 24);
    await this.#rest(6000);
    await this.#press(() => document.getElementById("make"));
  }

  async _listen() {
    const song = await this.#until(() => window.did_handshake && document.querySelector("song-compare"), _("the songs"));
    const cell = (n) => JSON.parse(song.getAttribute(`cell-${n}`) || "{}");
    const ready = () => [1, 2, 3].filter((n) => cell(n).status === "ready");
    const press = (kind, n) => song.shadowRoot.querySelectorAll(`.${kind}`)[n - 1]?.click();
    this.#tell(_("Three versions are being made. Every bar tells the truth: this is the recording, not a film of one."), 28);
    let first = (await this.#until(() => ready().length && ready(), _("the first version")))[0];
    if (!this.#quick) {
      this.#tell(_("The first one plays while the others are still being recorded."), 45);
      press("play", first);
      await this.#rest(6000);
      await this.#until(() => ready().length > 1, _("a second version"));
      this.#tell(_("Another version goes on at the same moment, equally loud."), 58);
      first = ready().find((n) => n !== first);
      press("play", first);
      await this.#rest(6000);
      await this.#until(() => ready().length === 3, _("all versions"));
    }
    this.#tell(_("Choose the one that gives goosebumps."), 70);
    press("choose", first);
    await this.#until(() => song.getAttribute("selected") === String(first), _("the choice"));
    await this.#rest(2000);
    const consent = document.getElementById("consent");
    this.#tell(_("Paid only now, after listening."), 76);
    await this.#rest(1500);
    await this.#press(() => {
      if (song.choice !== first) press("choose", first); // what a busy server did not take is chosen again
      if (consent && !consent.checked) consent.click();
      return document.getElementById("pay");
    });
  }

  async _pay() {
    this.#tell(_("The card's page. In a demo a sandbox stands in for it, and no money moves."), 80);
    await this.#rest(3000);
    document.querySelector("button[value=paid]")?.click();
  }

  async _gift() {
    this.#tell(_("The payment is confirmed by a signed message, and the gift is there."), 86);
    const link = await this.#until(() => document.querySelector("input.sharelink")?.value, _("the link"));
    await this.#rest(4000);
    location.href = new URL(link, location.href).pathname;
  }

  async _share() {
    if (kept.began && !kept.took) keep({ took: Date.now() - kept.began });
    this.#tell(_("And this is what they open, on any phone, without an app."), 92);
    await this.#rest(2500);
    document.querySelector(".sealed a")?.click();
    await this.#rest(2500);
    if (document.querySelector("song-compare audio")?.paused) document.querySelector(".stage .toggle")?.click();
    this.#tell(this.#tally(), 100);
    if (kept.mode !== "tour") {
      keep({ mode: "drive" });
      return this.#label();
    }
    await this.#rest(14000);
    this.#next();
  }

  #next() {
    const scenes = ["birthday", "anniversary", "thank-you", "lullaby"];
    const next = scenes[(scenes.indexOf(this.#info.scene) + 1) % scenes.length];
    location.href = `/demo/tour?${new URLSearchParams({ scene: next, lang: this.#info.lang, speed: `${this.#info.speed}x` })}`;
  }
}

customElements.define("demo-director", DemoDirector);
if (where()) document.body.append(document.createElement("demo-director"));
