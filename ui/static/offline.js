// Keeps the page of words for a browser without a network (ui/offline.py). Nothing else is kept.
if ("serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
