// <story-box>: the box in which somebody tells a whole story; it can be spoken, pasted, or taken from a text file.
//
// What is spoken goes through the browser's own recogniser, where it has one, and arrives here as text; a file is read in the
// browser. Either way the words stand in the box as if typed. `told` is sent when somebody has finished for now.
// All sentences come from the page: data-listening, data-refused, data-failed, data-silence, data-big, data-strange, data-nopaste.

const Recogniser = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const LARGEST = 100_000; // bytes of a file

class StoryBox extends HTMLElement {
  #hearing = null; // the recogniser, while it listens
  #error = "";

  connectedCallback() {
    for (const event of ["click", "change"]) this.addEventListener(event, this);
    this.#offer("[data-speak],.sound", Recogniser);
    this.#offer("[data-paste]", navigator.clipboard?.readText);
  }

  disconnectedCallback() {
    for (const event of ["click", "change"]) this.removeEventListener(event, this);
    this.#stop();
  }

  #offer(what, is) { for (const one of this.querySelectorAll(what)) one.hidden = !is; }

  get #text() { return this.querySelector("textarea"); }

  #say(sentence) { this.querySelector(".interim").textContent = sentence ?? ""; }

  /** Words that were not typed stand at the end, as if typed. */
  #add(words) {
    const text = this.#text, kept = text.value.trimEnd();
    const whole = (kept ? `${kept} ${words.trim()}` : words.trim()).slice(0, text.maxLength);
    text.value = whole.replace(/[\uD800-\uDBFF]$/, ""); // half an emoji
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.scrollTop = text.scrollHeight;
  }

  /** As if the box were left: the page sends the whole text first, then what is said here. */
  #told() { this.#text.dispatchEvent(new Event("change", { bubbles: true })); }

  handleEvent({ type, target }) {
    if (type === "change") return target.type === "file" ? this.#read(target) : this.dispatchEvent(new CustomEvent("told"));
    const { dataset } = target.closest("button") ?? target;
    if ("speak" in dataset) this.#hearing ? this.#stop() : this.#listen();
    else if ("paste" in dataset) this.#paste();
    else if ("file" in dataset) this.querySelector("[type=file]").click();
  }

  // ── Speech ────────────────────────────────────────────────────────────
  #listen() {
    const hearing = new Recogniser();
    hearing.lang = document.documentElement.lang;
    hearing.interimResults = true;
    hearing.continuous = !/Android/.test(navigator.userAgent); // there, every result would repeat those before
    hearing.onresult = (event) => this.#heard(event);
    hearing.onerror = ({ error }) => { this.#error = error; };
    hearing.onend = () => this.#ended(hearing);
    this.#error = "";
    this.#hearing = hearing;
    try { hearing.start(); } catch { this.#error = "failed"; return this.#ended(hearing); }
    this.querySelector("[data-speak]").setAttribute("aria-pressed", "true");
    this.#say(this.dataset.listening);
  }

  #heard({ results, resultIndex }) {
    const fresh = [...results].slice(resultIndex), said = (one) => one[0].transcript;
    const done = fresh.filter((one) => one.isFinal).map(said).join(" ");
    if (done.trim()) this.#add(done);
    this.#say(fresh.filter((one) => !one.isFinal).map(said).join(" ") || this.dataset.listening);
  }

  #ended(hearing) {
    if (this.#hearing !== hearing) return;
    if (!this.#error && !hearing.continuous) return this.#again(hearing); // a pause for breath
    this.#stop();
    const { refused, failed, silence } = this.dataset;
    const said = { "not-allowed": refused, "service-not-allowed": refused, "no-speech": silence, aborted: "" };
    this.#say(this.#error ? said[this.#error] ?? failed : "");
  }

  #again(hearing) {
    try { hearing.start(); } catch { this.#error = "failed"; this.#ended(hearing); }
  }

  #stop() {
    const hearing = this.#hearing;
    if (!hearing) return;
    this.#hearing = null;
    hearing.stop();
    this.querySelector("[data-speak]")?.setAttribute("aria-pressed", "false");
    this.#say("");
    if (this.isConnected) this.#told();
  }

  // ── What was written elsewhere ────────────────────────────────────────
  async #paste() {
    let words = "";
    try { words = await navigator.clipboard.readText(); } catch { return this.#say(this.dataset.nopaste); }
    this.#say("");
    if (!words.trim()) return this.#text.focus();
    this.#add(words);
    this.#told();
  }

  async #read(input) {
    const [file] = input.files;
    input.value = ""; // the same file may be chosen again
    if (!file) return;
    if (file.size > LARGEST) return this.#say(this.dataset.big);
    const words = decoded(await file.arrayBuffer());
    this.#say(words === null ? this.dataset.strange : "");
    if (words === null) return;
    this.#add(words);
    this.#told();
  }
}

/** The text of a file, or null where it is none. */
function decoded(bytes) {
  for (const [code, fatal] of [["utf-8", true], ["windows-1252", false]]) {
    try {
      const text = new TextDecoder(code, { fatal }).decode(bytes);
      return /[\u0000-\u0008\u000E-\u001F]/.test(text) ? null : text;
    } catch { /* another code */ }
  }
  return null;
}

customElements.define("story-box", StoryBox);
