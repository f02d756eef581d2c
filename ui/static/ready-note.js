// <ready-note>: a button that asks for permission to notify, and shows a notification when `ready` appears.
// Permission is asked for only after a press, and notified only while the tab is hidden. All texts come from the page.
const KEY = "tellWhenReady";

class ReadyNote extends HTMLElement {
  static observedAttributes = ["ready"];

  connectedCallback() {
    this.button = this.querySelector("button");
    this.button?.addEventListener("click", () => this.#ask());
    (globalThis.requestIdleCallback ?? setTimeout)(() => this.#show()); // asking for the permission takes its time
  }

  attributeChangedCallback() {
    if (!this.hasAttribute("ready") || !this.#asked || !document.hidden) return;
    try {
      const note = new Notification(this.getAttribute("headline"), { body: this.getAttribute("sentence"), tag: location.search });
      note.onclick = () => { focus(); note.close(); };
    } catch { /* phones only let a service worker notify; the tab's title says it too */ }
  }

  get #asked() {
    try { return Notification.permission === "granted" && sessionStorage.getItem(KEY) === location.search; } catch { return false; }
  }

  async #ask() {
    const word = await Notification.requestPermission();
    try { if (word === "granted") sessionStorage.setItem(KEY, location.search); } catch { /* forbidden: nothing to remember */ }
    this.toggleAttribute("denied", word === "denied");
    this.#show();
  }

  #show() {
    this.toggleAttribute("unable", !("Notification" in globalThis));
    this.toggleAttribute("granted", this.#asked);
  }
}

customElements.define("ready-note", ReadyNote);
