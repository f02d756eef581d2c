// Opening the gift: the tap that unwraps it starts the song (gift-stage.js). Without this file the link still opens the gift, by its fragment.
const sealed = document.querySelector(".sealed");
const gift = document.querySelector(".gift");
const link = sealed?.querySelector("a");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const isOpen = () => location.hash === `#${gift?.id}`;

/** The player and the answers are needed once the gift is open: what a visitor waits for comes first. */
function bringTheRest() {
  const later = document.getElementById("later");
  if (!later) return;
  const scripts = [...later.content.querySelectorAll("script")].map((script) => document.importNode(script));
  for (const script of scripts) script.async = false; // in their order
  document.head.append(...scripts);
  later.remove();
}

function open() {
  if (document.documentElement.classList.contains("opened")) return;
  document.documentElement.classList.add("opened"); // later fragments (a part of the page) do not seal it again
  if (!isOpen()) history.pushState(null, "", `#${gift.id}`);
  scrollTo(0, 0);
  gift.querySelector("h1").focus({ preventScroll: true });
  dispatchEvent(new Event("gift-opened"));
}

link?.addEventListener("click", (event) => {
  event.preventDefault();
  if (sealed.classList.contains("unwrapping")) return; // a double tap
  navigator.sendBeacon?.(`${gift.dataset.gift}/opened`);
  dispatchEvent(new Event("gift-tapped")); // at once: browsers play sound only during a gesture
  bringTheRest();
  if (still.matches) return open();
  sealed.classList.add("unwrapping");
  setTimeout(open, 1000);
});

if (gift && isOpen()) {
  document.documentElement.classList.add("opened");
  bringTheRest();
}

addEventListener("popstate", () => {
  document.documentElement.classList.toggle("opened", isOpen());
  if (isOpen()) bringTheRest();
  else sealed?.classList.remove("unwrapping"), dispatchEvent(new Event("gift-closed"));
});
