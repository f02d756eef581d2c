// The service worker of gift pages, served as /s/sw.js: what was heard to its end can be heard again without a network.
// With a network the server decides: a gift that was switched off, sealed or refunded is removed from here too.
const KEPT = "gifts-1";
const GIFT = /^\/s\/[^/]+/;
const GONE = [403, 404, 410];

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => event.waitUntil(keep(event.data?.keep ?? [])));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (GIFT.test(url.pathname) || url.pathname.startsWith("/static/")) event.respondWith(answer(event.request, url));
});

async function keep(addresses) {
  const kept = await caches.open(KEPT);
  for (const address of addresses) {
    if (await kept.match(address, { ignoreVary: true })) continue;
    const found = await fetch(address).catch(() => undefined);
    if (found?.status === 200) await kept.put(address, found);
  }
}

async function answer(request, url) {
  try {
    const found = await fetch(request);
    if (request.mode === "navigate" && GIFT.test(url.pathname)) await follow(url, found.clone());
    return found;
  } catch (error) {
    const kept = await caches.open(KEPT).then((kept) => kept.match(url.pathname + url.search, { ignoreVary: true }));
    if (!kept) throw error;
    return request.headers.has("range") ? part(kept, request.headers.get("range")) : kept;
  }
}

/** The page as it is now, where it is kept; nothing of it any more where it is gone. */
async function follow(url, found) {
  const kept = await caches.open(KEPT);
  const [gift] = url.pathname.match(GIFT);
  if (found.status === 200 && (await kept.match(gift, { ignoreVary: true })) && url.pathname === gift) return kept.put(gift, found);
  if (!GONE.includes(found.status)) return;
  for (const request of await kept.keys()) if (new URL(request.url).pathname.startsWith(gift)) await kept.delete(request);
}

/** Players ask for ranges of bytes: `bytes=0-`, `bytes=100-199`. */
async function part(whole, range) {
  const content = await whole.blob();
  const [, from, to] = range.match(/^bytes=(\d+)-(\d*)$/) ?? [];
  if (from === undefined || Number(from) >= content.size) return new Response("", { status: 416, headers: { "Content-Range": `bytes */${content.size}` } });
  const last = Math.min(to ? Number(to) : content.size - 1, content.size - 1);
  const headers = { "Content-Type": whole.headers.get("Content-Type"), "Content-Range": `bytes ${from}-${last}/${content.size}`, "Accept-Ranges": "bytes" };
  return new Response(content.slice(Number(from), last + 1), { status: 206, headers });
}
