// Keeps the page of words for a browser without a network (ui/site/offline.py). Nothing else is kept.
if ("serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));

// Kept once, in the language of that day; who reads another one now is given it in that one.
const read = document.documentElement.lang, kept = localStorage.getItem("wordsKeptIn");
localStorage.setItem("wordsKeptIn", read);
if (kept && kept !== read) caches.open("words-1").then((words) => words.add("/offline")).catch(() => {});
