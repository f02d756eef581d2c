// <guided-form>: on a phone one question per screen, on a desktop all of them in sections with a tab per song.
//
// This only says which .step is `data-now`, which panel is `data-open` and whether all questions are asked (`data-all`), and
// the stylesheet shows it. So a step never waits for the server, and nothing that was typed can be lost by moving.
//
// A phone's order: for each song the box for its story ("tell"), what was found in it ("found"), and what is required and was
// not found ("must"); then the sender's; then "enough"; and for who tells more, the others ("more").
// All sentences come from the page: data-count "{n} of {m}", data-examples, and texts that are shown or not.

const phone = matchMedia("(max-width:47.99rem)");
const filled = (pattern, words) => pattern.replace(/\{(\w+)\}/g, (_, name) => words[name]);
const isHidden = (node) => !!node.closest(".hidden");
const ORDER = { tell: 0, found: 0, must: 0, enough: 1, more: 2, package: 2 };
const kindOf = (step) => step?.dataset.kind;
const FAR = 60; // pixels that make a movement of the finger a swipe

class GuidedForm extends HTMLElement {
  #asked = new WeakSet(); // steps that have already said what is missing
  #touch = null;
  #isReady = false;
  #isTouched = false;
  #wanted = ""; // the step that was asked for before it was drawn; "more": the first that nobody has to answer

  connectedCallback() {
    for (const event of ["click", "keydown", "input", "touchstart", "touchend"]) this.addEventListener(event, this, { passive: event.startsWith("touch") });
    for (const event of ["popstate", "hashchange"]) addEventListener(event, this);
    if (phone.matches) {
      history.scrollRestoration = "manual";
      setTimeout(() => scrollTo(0, 0), 50); // after NiceGUI's own leap to the #
    }
    this.watcher = new MutationObserver(() => this.#tell());
    this.watcher.observe(this, { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "data-found"] });
    for (const event of ["focusin", "pointerdown"]) this.addEventListener(event, () => this.touch(), { once: true, passive: true });
    this.#arrive();
    this.#tell();
    if (this.#wanted) this.touch();
  }

  disconnectedCallback() {
    this.watcher.disconnect();
    for (const event of ["popstate", "hashchange"]) removeEventListener(event, this);
    sound.stop();
  }

  // ── Where one is ──────────────────────────────────────────────────────
  get #steps() {
    const offered = (panel) => !panel || !document.getElementById(panel.getAttribute("aria-labelledby"))?.classList.contains("hidden");
    const steps = [...this.querySelectorAll(".step")].filter((step) => !step.classList.contains("hidden") && offered(step.closest("[role=tabpanel]")));
    if (!phone.matches) return steps;
    return steps.filter((step) => this.#isAsked(step)).sort((one, other) => ORDER[kindOf(one)] - ORDER[kindOf(other)]);
  }

  #isAsked(step) {
    const kind = kindOf(step), all = this.hasAttribute("data-all");
    if (step === this.#now) return true;
    if (kind === "found") return this.#isTold(step.closest("[role=tabpanel]"));
    if (kind === "must") return all || ![...step.querySelectorAll(".field[data-found]")].some(answered);
    return kind === "more" ? all : kind !== "package"; // how many songs is asked beside "enough to begin"
  }

  #isTold(panel) { return !!panel.querySelector("story-box textarea").value.trim() || !!panel.querySelector("[data-found]"); }

  get #now() { return this.querySelector(".step[data-now]"); }

  /** Show a step. `leave` says how the address remembers it: "push", "replace", or "" when it is there already. */
  #go(step, leave, focus = true) {
    if (!step) return;
    for (const old of this.querySelectorAll(".step[data-now]")) if (old !== step) old.removeAttribute("data-now");
    step.dataset.now = "";
    if (kindOf(step) === "more") this.toggleAttribute("data-all", true);
    if (leave) this.#wanted = "";
    const panel = step.closest("[role=tabpanel]");
    if (panel) this.#open(panel);
    for (const fold of phone.matches ? step.querySelectorAll("details") : []) fold.open = true;
    if (leave) history[`${leave}State`]({ step: step.id }, "", `${location.pathname}${location.search}#${step.id}`);
    this.#tell();
    if (!focus) return;
    if (phone.matches) requestAnimationFrame(() => scrollTo(0, 0)); // after the browser's own leap to the #
    const first = focus === "input" && kindOf(step) === "must" && step.querySelector("input:not([type=radio],[type=checkbox])");
    (first || step).focus({ preventScroll: phone.matches });
  }

  #open(panel) {
    for (const other of this.querySelectorAll("[role=tabpanel]")) other.toggleAttribute("data-open", other === panel);
    this.#tabs();
  }

  #tabs() {
    for (const tab of this.querySelectorAll("[role=tab]")) {
      const on = !!document.getElementById(tab.getAttribute("aria-controls"))?.hasAttribute("data-open");
      if (tab.getAttribute("aria-selected") !== String(on)) tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
  }

  /** The step that the address names, if any; else where we are. It may be drawn only later. */
  #arrive(leave = "") {
    const id = location.hash.slice(1), named = document.getElementById(id);
    if (id && !named) this.#wanted = id;
    const step = named?.closest(".step") || this.querySelector(".step");
    if (this.contains(step) && step !== this.#now) this.#go(step, leave, phone.matches && !!this.#now);
  }

  /** What was asked for before it was drawn. */
  #catchUp() {
    const wanted = this.#wanted === "more" ? this.#firstMore : this.#wanted && document.getElementById(this.#wanted);
    if (!wanted) return;
    const leave = this.#wanted === "more" ? "push" : "";
    this.#wanted = "";
    this.#go(wanted.closest(".step"), leave, leave !== "");
  }

  get #firstMore() { return this.#steps.find((step) => kindOf(step) === "more" && (phone.matches || step.closest("[data-open]"))); }

  /** Progress over what is required; over that of this song where there are several. */
  #tell() {
    this.#catchUp();
    const steps = this.#steps, now = this.#now;
    if (!steps.includes(now)) return steps.length && this.#go(steps[0], "", false);
    if (!this.querySelector("[role=tabpanel][data-open]:not(.hidden)") || isHidden(this.#openTab)) this.#open(this.querySelector("[role=tabpanel]"));
    this.#tabs();
    this.#count(steps, now);
    for (const fold of this.querySelectorAll("details:not([open]):has([data-found])")) fold.open = true;
    const asked = steps.filter((step) => kindOf(step) !== "more"), at = asked.indexOf(now);
    this.style.setProperty("--done", `${at < 0 ? 100 : (100 * (at + 1)) / asked.length}%`);
    this.dataset.at = kindOf(now);
    this.toggleAttribute("data-far", now !== steps[0]);
    this.toggleAttribute("data-last", now === steps.at(-1) && kindOf(now) === "more");
    this.toggleAttribute("data-lacking", steps.some((step) => kindOf(step) === "must" && [...step.querySelectorAll(".field:has(.nudge)")].some((field) => !answered(field))));
  }

  #count(steps, now) {
    const count = this.querySelector("[data-count]"), part = now.closest("[data-part]");
    const several = !isHidden(this.querySelector("[role=tablist]"));
    const must = steps.filter((step) => kindOf(step) === "must" && (!several || step.closest("[data-part]") === part));
    const words = { n: must.indexOf(now) + 1, m: must.length, part: part?.dataset.part };
    const alone = several && part ? part.dataset.part : "";
    const text = !words.n || words.m < 2 ? alone : filled(several && part ? count.dataset.partCount : count.dataset.count, words);
    if (count.textContent !== text) count.textContent = text;
  }

  get #openTab() {
    return document.getElementById(this.querySelector("[role=tabpanel][data-open]")?.getAttribute("aria-labelledby")) ?? this;
  }

  #next() {
    const now = this.#now, steps = this.#steps;
    const empty = [...now.querySelectorAll(".field:has(.nudge)")].find((field) => !answered(field));
    if (empty && !this.#asked.has(now)) { // said once; the list at the end names it again
      this.#asked.add(now);
      empty.dataset.nudged = "";
      return empty.querySelector("input,textarea").focus();
    }
    if (kindOf(now) === "tell") now.querySelector("story-box").dispatchEvent(new CustomEvent("told"));
    this.#go(steps[steps.indexOf(now) + 1], "push", "input");
    if (kindOf(now) === "tell" && !phone.matches) now.scrollIntoView(); // what is found below comes into view
  }

  /** All questions: from the story those that come next, from the end of the required ones the first of the others. */
  #all(button) {
    this.toggleAttribute("data-all", true);
    const step = button.closest(".step");
    if (step) return this.#go(this.#steps.find((one) => kindOf(one) === "must" && one.closest("[role=tabpanel]") === step.closest("[role=tabpanel]")), "push");
    const more = this.#firstMore;
    if (more) this.#go(more, "push");
    else this.#wanted = "more";
  }

  #change(button) {
    const field = button.closest(".field");
    field.dataset.open = "";
    (field.querySelector(":checked") ?? field.querySelector("input")).focus();
  }

  #back() {
    const steps = this.#steps, before = steps[steps.indexOf(this.#now) - 1];
    if (history.state?.step === this.#now.id && before) history.back(); // like the browser's back button
    else this.#go(before, "replace");
  }

  // ── What the server asks for ──────────────────────────────────────────
  /** The server is connected. */
  ready() {
    this.#isReady = true;
    if (this.#isTouched) this.dispatchEvent(new CustomEvent("touched"));
  }

  /** Somebody is here: the questions that nobody has to answer are drawn. A page that is only looked at stays light. */
  touch() {
    if (this.#isTouched) return;
    this.#isTouched = true;
    if (this.#isReady) this.ready();
  }

  /** The draft has its row: the address leads back to it, the step stays. */
  begun(address) { history.replaceState(history.state, "", address + location.hash); }

  /** Bring a field into view, on whatever screen and tab it is, and focus it. */
  visit(id) {
    const field = document.getElementById(id) ?? this.querySelector(`#${CSS.escape(id)}-error`);
    const step = field?.closest(".step");
    if (field?.closest("[data-more]") && !field.closest("[data-found]")) this.toggleAttribute("data-all", true);
    if (step && this.contains(step)) this.#go(step, phone.matches ? "push" : "replace", false);
    const fold = field?.closest("details");
    if (fold) fold.open = true;
    const target = field?.closest(".field")?.querySelector("input,textarea") ?? field;
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
  }

  // ── What people do ────────────────────────────────────────────────────
  handleEvent(event) {
    if (event.type === "popstate" || event.type === "hashchange") return this.#arrive();
    this[`on_${event.type}`]?.(event);
  }

  on_click({ target, detail }) {
    const button = target.closest("button,a");
    if (!button) return;
    const isDouble = detail > 1 && kindOf(this.#now) === "found"; // what was found is not skipped unseen
    if ("next" in button.dataset) isDouble || this.#next();
    else if ("back" in button.dataset) this.#back();
    else if ("all" in button.dataset) this.#all(button);
    else if ("change" in button.dataset) this.#change(button);
    else if (button.role === "tab" || button.getAttribute("role") === "tab") this.#openSong(button);
    else if ("sample" in button.dataset) sound.play(button);
    else if (button.closest(".hearname")) sound.say(button.closest(".hearname"));
    else if ("inspire" in button.dataset) inspire(button.parentElement);
    else if ("take" in button.dataset) take(button);
  }

  #openSong(tab) {
    const panel = document.getElementById(tab.getAttribute("aria-controls"));
    this.#go(panel.querySelector(".step"), phone.matches ? "push" : "replace", false);
  }

  on_input({ target }) {
    const field = target.closest(".field");
    field?.removeAttribute("data-nudged");
    if (target.tagName === "TEXTAREA") field?.toggleAttribute("data-full", target.value.length >= target.maxLength - 1); // an emoji is two
  }

  on_keydown(event) {
    const { target, key } = event;
    if (target.getAttribute("role") === "tab" && /^(Arrow(Left|Right)|Home|End)$/.test(key)) {
      const tabs = [...this.querySelectorAll("[role=tab]")].filter((tab) => !isHidden(tab)), at = tabs.indexOf(target);
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[key];
      const tab = tabs[(to + tabs.length) % tabs.length];
      this.#openSong(tab);
      tab.focus();
      event.preventDefault();
    } else if (key === "Enter" && phone.matches && target.matches("input:not([type=radio],[type=checkbox])") && !event.isComposing) {
      event.preventDefault();
      this.#next();
    }
  }

  on_touchstart({ touches: [one], target }) { this.#touch = target.closest("textarea,.tabs") ? null : one; }

  on_touchend({ changedTouches: [one] }) {
    const from = this.#touch;
    this.#touch = null;
    const across = one.clientX - from?.clientX, down = Math.abs(one.clientY - from?.clientY);
    if (!from || !phone.matches || !(Math.abs(across) > FAR) || down > Math.abs(across) / 2) return;
    if (across > 0) this.#back();
    else if (!this.hasAttribute("data-last")) this.#next();
  }
}

const answered = (field) => [...field.querySelectorAll("input,textarea")].some((one) => (/radio|checkbox/.test(one.type) ? one.checked : one.value.trim()));

// ── Inspire me: an example to look at; taken over only by a second press, and selected to be changed ──
function inspire(place) {
  const examples = JSON.parse(place.dataset.examples), shown = place.querySelector(".example");
  const at = examples.indexOf(shown.textContent) + 1;
  shown.textContent = examples[at % examples.length];
  place.dataset.open = "";
}

function take(button) {
  const field = document.getElementById(button.dataset.take), example = button.parentElement.querySelector(".example").textContent;
  const kept = field.value.trim();
  field.value = (kept ? `${kept}\n${example}` : example).slice(0, field.maxLength > 0 ? field.maxLength : undefined);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  field.setSelectionRange(field.value.length - example.length, field.value.length);
  delete button.parentElement.dataset.open;
}

// ── One sound at a time: a style's six seconds, or the name as our singer sings it ──
const sound = {
  audio: null,
  button: null,
  name: null, // what of the Web Audio API plays now
  turn: 0, // counts what was asked for: an answer that comes late is not played

  play(button) {
    const again = this.button === button;
    this.stop();
    if (again) return;
    this.audio ??= new Audio();
    this.audio.onended = this.audio.onerror = () => this.stop();
    this.audio.src = button.dataset.sample; // loaded now, not before
    this.button = button;
    button.setAttribute("aria-pressed", "true");
    this.audio.play().catch(() => this.button === button && this.stop());
  },

  stop() {
    this.audio?.pause();
    this.name?.stop();
    this.name = null;
    this.turn += 1;
    globalThis.speechSynthesis?.cancel();
    this.button?.setAttribute("aria-pressed", "false");
    this.button = null;
  },

  async say(place) {
    this.stop();
    const text = [place.dataset.hear, place.dataset.or].map((id) => document.getElementById(id)?.value.trim()).find(Boolean);
    if (!text) return document.getElementById(place.dataset.or)?.focus();
    const song = place.closest("[role=tabpanel]").id.split("-")[1];
    if (await this.sing(place, text, song)) return;
    const voices = await theVoices();
    place.toggleAttribute("data-unable", !voices.length);
    if (!voices.length) return;
    const said = new SpeechSynthesisUtterance(text);
    said.lang = this.language(song);
    said.onerror = ({ error }) => place.toggleAttribute("data-unable", !/^(canceled|interrupted)$/.test(error));
    speechSynthesis.speak(said);
  },

  /** Whether the name was sung (or somebody pressed again meanwhile). Else nobody of ours sings this language just now. */
  async sing(place, name, song) {
    const turn = this.turn;
    const voice = document.querySelector(`[name="songs.${song}.voiceType"]:checked`)?.value || "";
    place.setAttribute("aria-busy", "true");
    try {
      this.context ??= new AudioContext(); // made in the click: later a browser keeps it silent
      const answer = await fetch("/heard-name", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name, voice, language: this.language(song) }),
      });
      if (answer.status !== 200) return turn !== this.turn;
      const sung = await this.context.decodeAudioData(await answer.arrayBuffer());
      if (turn !== this.turn) return true;
      this.name = this.context.createBufferSource();
      this.name.buffer = sung;
      this.name.connect(this.context.destination);
      this.name.start();
      place.dataset.sung = name;
      place.toggleAttribute("data-unable", false);
      return true;
    } catch {
      return turn !== this.turn;
    } finally {
      place.removeAttribute("aria-busy");
    }
  },

  language: (song) => document.querySelector(`[name="songs.${song}.language"]:checked`)?.value || "en",
};

/** The voices of this browser; some tell of them only after a moment, some have none. */
function theVoices() {
  const synthesis = globalThis.speechSynthesis;
  const voices = synthesis?.getVoices() ?? [];
  if (!synthesis || voices.length) return voices;
  return new Promise((resolve) => {
    synthesis.addEventListener("voiceschanged", () => resolve(synthesis.getVoices()), { once: true });
    setTimeout(() => resolve(synthesis.getVoices()), 800);
  });
}

// A link to a field leads to its screen, not just to its place.
document.addEventListener("click", (event) => {
  const id = event.target.closest?.('a[href^="#f-"]')?.getAttribute("href").slice(1);
  if (!id) return;
  event.preventDefault();
  document.querySelector("guided-form").visit(id);
});

customElements.define("guided-form", GuidedForm);
