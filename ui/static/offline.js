// Caches the offline page (ui/site/offline.py). Nothing else is cached. A page in a sandbox, or without storage, has no such cache.
addEventListener("load", async () => {
  try { await navigator.serviceWorker?.register("/sw.js"); } catch { /* forbidden: then this page works online */ }
});

// Cached once, in the language of that day; cached again when the language changes.
try {
  const read = document.documentElement.lang, kept = localStorage.getItem("wordsKeptIn");
  localStorage.setItem("wordsKeptIn", read);
  if (kept && kept !== read) caches.open("words-1").then((words) => words.add("/offline")).catch(() => {});
} catch { /* full or forbidden */ }
