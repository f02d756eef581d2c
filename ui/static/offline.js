// Caches the offline page (ui/site/offline.py). Nothing else is cached.
if ("serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));

// Cached once, in the language of that day; cached again when the language changes.
const read = document.documentElement.lang, kept = localStorage.getItem("wordsKeptIn");
localStorage.setItem("wordsKeptIn", read);
if (kept && kept !== read) caches.open("words-1").then((words) => words.add("/offline")).catch(() => {});
