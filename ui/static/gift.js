// The unwrapping animation of the share page. Without this file the link still opens the gift, by its fragment.
const sealed = document.querySelector(".sealed");
const gift = document.querySelector(".gift");
const still = matchMedia("(prefers-reduced-motion: reduce)");

function open() {
  if (document.documentElement.classList.contains("opened")) return;
  document.documentElement.classList.add("opened"); // later fragments (a part of the page) do not seal it again
  if (location.hash !== `#${gift.id}`) history.pushState(null, "", `#${gift.id}`);
  scrollTo(0, 0);
  gift.querySelector("h1").focus({ preventScroll: true });
}

sealed?.querySelector("a").addEventListener("click", (event) => {
  event.preventDefault();
  if (still.matches) return open();
  sealed.classList.add("unwrapping");
  setTimeout(open, 1000);
});

if (gift && location.hash === `#${gift.id}`) document.documentElement.classList.add("opened");

addEventListener("popstate", () => {
  const opened = location.hash === `#${gift?.id}`;
  document.documentElement.classList.toggle("opened", opened);
  if (!opened) sealed?.classList.remove("unwrapping");
});
