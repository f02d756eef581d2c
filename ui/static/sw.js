// Only whole pages, and only when the network fails: then the offline page. No other page, sound or response is ever cached.
const KEPT = "words-1", PAGE = "/offline";

addEventListener("install", (event) => event.waitUntil(caches.open(KEPT).then((kept) => kept.add(PAGE)).then(() => skipWaiting())));
addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(fetch(event.request).catch(() => caches.match(PAGE).then((page) => page ?? Response.error())));
});
