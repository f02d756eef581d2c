// Where a browser stores nothing (cookies off, private webviews), even to look at its storage is an error, for NiceGUI's scripts
// as for ours. Then this page remembers for as long as it lives. The first script of every page of NiceGUI's.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    globalThis[name].length; // null where a webview has none
  } catch {
    Object.defineProperty(globalThis, name, { value: untilThePageGoes(), configurable: true });
  }
}

function untilThePageGoes() {
  return Object.create({
    getItem(key) { return Object.hasOwn(this, key) ? this[key] : null; },
    setItem(key, value) { this[key] = String(value); },
    removeItem(key) { delete this[key]; },
  });
}
