// <instant-copy>: the browser's own copy of a form, under songForm_<formId> in the published shape (docs/api.md).
//
//   known     attribute: the form as the row has it, as JSON {formId, formData, generatedPrompt, allPrompts,
//             variationTaskIds, variationAudioUrls, selections, status, packageType}
//   restores  attribute: what this page can restore: "answers" (inputs named by their path), "choices", or ""
//
// The row is the truth. Beside what the row said, the copy keeps `unsent`: per path the value, the row's value it was
// typed over (base) and what was typed on the way (sent). A value is restored only if the row still holds one of those,
// that is, if nobody has written anything newer. Nothing else in the copy is ever used.

const PREFIX = "songForm_", IDS = "songFormIds";
const FORM_ID = /^form_\d{1,16}_[A-Za-z0-9]{9,64}$/;
const PATH = /^(songs\.[0-4]\.)?[A-Za-z0-9]{1,40}$|^selections\.[0-4]$/;
const PAID = ["payment_completed", "delivered", "refunded"];
const OLD = 8 * 86_400_000, MOST_SENT = 60, LONG = 1000, MOST_LONG_SENT = 8; // a long story is not kept sixty times

/** What the storage holds under a key, or null: it may be missing, forbidden, or anything at all. */
function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the row has it */ }
}

/** Forms that somebody answered or chose in, in this browser; opening a link alone does not count. */
export function heldForms() {
  const ids = read(IDS);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string" && FORM_ID.test(id)).slice(-50) : [];
}

/** Remove the copy of a form; with `wholly` also that this browser ever held it. */
export function forget(formId, wholly = true) {
  if (!FORM_ID.test(formId ?? "")) return;
  try { localStorage.removeItem(PREFIX + formId); } catch { return; }
  if (wholly) write(IDS, heldForms().filter((id) => id !== formId));
}

const trimmed = (value) => (typeof value === "string" ? value.normalize("NFC").trim() : value);
const same = (a, b) => JSON.stringify(trimmed(a ?? "")) === JSON.stringify(trimmed(b ?? ""));

function at(known, path) {
  const from = path.startsWith("selections.") || path === "packageType" ? known : known.formData;
  return path.split(".").reduce((value, name) => value?.[name], from);
}

/** The inputs that a path names, and their common value. */
const inputs = (path) => [...document.querySelectorAll(`[name="${path}"]`)];

function said(path) {
  const [first, ...more] = inputs(path);
  if (first?.type === "radio") return [first, ...more].find((one) => one.checked)?.value ?? "";
  if (first?.type === "checkbox" && !first.hasAttribute("value")) return first.checked;
  if (first?.type === "checkbox") return [first, ...more].filter((one) => one.checked).map((one) => one.value);
  return first?.value;
}

/** Show a value; returns the inputs that changed and have to be sent to the server. */
function paint(path, value) {
  const changed = [];
  for (const one of inputs(path)) {
    if (one.type === "radio" || one.type === "checkbox") {
      const on = Array.isArray(value) ? value.includes(one.value) : value === true || value === one.value;
      if (one.checked !== on) { one.checked = on; if (on || one.type === "checkbox") changed.push(one); }
    } else if (typeof value === "string") {
      const most = one.maxLength > 0 ? one.maxLength : 1000;
      one.value = value.slice(0, most);
      changed.push(one);
    }
  }
  return changed;
}

class InstantCopy extends HTMLElement {
  static observedAttributes = ["known"];
  #known = null;
  #owed = new Map(); // path -> value to send once the server is connected

  connectedCallback() {
    for (const event of ["input", "change", "pick"]) document.addEventListener(event, this);
    this.#look();
  }

  disconnectedCallback() {
    for (const event of ["input", "change", "pick"]) document.removeEventListener(event, this);
  }

  attributeChangedCallback() { if (this.isConnected) this.#look(); }

  /** The row changed: keep the new state, and restore what it never received. */
  #look() {
    const known = JSON.parse(this.getAttribute("known") || "null");
    if (!known || !FORM_ID.test(known.formId)) return;
    const first = this.#known === null;
    this.#known = known;
    if (known.status === "expired") return forget(known.formId);
    if (PAID.includes(known.status)) return forget(known.formId, false);
    this.#keep(this.#unsent());
    if (first) queueMicrotask(() => this.#giveBack());
  }

  #unsent() {
    const copy = read(PREFIX + this.#known.formId);
    const unsent = copy?.formId === this.#known.formId && copy.unsent && typeof copy.unsent === "object" ? copy.unsent : {};
    const usable = ([path, one]) => PATH.test(path) && Array.isArray(one?.sent) && Date.now() - one.at < OLD;
    return Object.fromEntries(Object.entries(unsent).filter(usable).slice(0, 150));
  }

  #keep(unsent) {
    const { formId } = this.#known;
    const timestamp = read(PREFIX + formId)?.timestamp ?? Date.now();
    write(PREFIX + formId, { ...this.#known, timestamp, lastUpdated: Date.now(), unsent });
  }

  #giveBack() {
    const unsent = this.#unsent();
    for (const [path, one] of Object.entries(unsent)) {
      const isChoice = path.startsWith("selections."), row = at(this.#known, path);
      const newer = ![one.base, ...one.sent].some((word) => same(word, row));
      if (newer || same(row, one.value) || this.getAttribute("restores") !== (isChoice ? "choices" : "answers")) {
        delete unsent[path];
      } else if (isChoice) {
        this.#owed.set(path, one);
      } else {
        this.#owed.set(path, paint(path, one.value));
      }
    }
    this.#keep(unsent);
  }

  /** The server is connected (called by it): send it what it missed. */
  connected() {
    const gone = []; // choices of a recording that stands elsewhere by now
    const later = new Map(); // answers to questions that are not drawn yet
    for (const [path, found] of this.#owed) {
      const owed = Array.isArray(found) && !found.length ? paint(path, this.#unsent()[path]?.value) : found;
      if (path.startsWith("selections.")) {
        const song = document.querySelector(`song-compare[data-song="${path.split(".")[1]}"]`);
        const cell = JSON.parse(song?.getAttribute(`cell-${owed.value}`) || "{}");
        if (cell.taskId && cell.taskId === owed.task) {
          song.dispatchEvent(new CustomEvent("pick", { bubbles: true, detail: { variation: owed.value, taskId: owed.task } }));
        } else gone.push(path);
      } else if (!inputs(path).length) later.set(path, []);
      else {
        for (const one of owed) one.dispatchEvent(new Event(/radio|checkbox/.test(one.type) ? "change" : "input", { bubbles: true }));
      }
    }
    this.#owed = later;
    if (later.size) document.querySelector("guided-form")?.touch();
    if (gone.length) this.#keep(Object.fromEntries(Object.entries(this.#unsent()).filter(([path]) => !gone.includes(path))));
  }

  /** The row holds this now (called by the server after each save). */
  reached(path, value) {
    if (!this.#known) return;
    const unsent = this.#unsent();
    this.#learn(path, value);
    if (unsent[path] && same(unsent[path].value, value)) delete unsent[path];
    else if (unsent[path]) unsent[path].base = value;
    this.#keep(unsent);
  }

  #learn(path, value) {
    const names = path.split(".");
    let place = path === "packageType" || names[0] === "selections" ? this.#known : (this.#known.formData ??= {});
    for (const name of names.slice(0, -1)) place = place[name] ??= {};
    place[names.at(-1)] = value;
  }

  /** Somebody typed, ticked or chose. */
  handleEvent(event) {
    if (!this.#known || PAID.includes(this.#known.status)) return;
    const path = event.type === "pick" ? `selections.${event.target.dataset.song}` : event.target.name; // an earlier version has none
    if (!PATH.test(path ?? "")) return;
    write(IDS, [...heldForms().filter((id) => id !== this.#known.formId), this.#known.formId].slice(-50));
    const value = event.type === "pick" ? event.detail?.variation : said(path);
    const unsent = this.#unsent(), before = unsent[path], row = at(this.#known, path);
    if (same(value, row)) delete unsent[path];
    else {
      const sent = [...(before?.sent ?? []), value].slice(value?.length > LONG ? -MOST_LONG_SENT : -MOST_SENT);
      const { taskId: task } = event.detail ?? {};
      unsent[path] = { value, base: before ? before.base : row ?? "", sent, at: Date.now(), ...(task && { task }) };
    }
    this.#keep(unsent);
  }
}

if (!customElements.get("instant-copy")) customElements.define("instant-copy", InstantCopy);
