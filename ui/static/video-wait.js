// Says how far the video is, without loading the page again and again, and begins the download once it is there.
const place = document.querySelector("[data-how-far]");

async function look() {
  const { status } = await fetch(location.href, { method: "HEAD" });
  if (status === 200) {
    place.textContent = _("It is made. The download begins now.");
    location.assign(location.href);
    return;
  }
  if (status !== 202) return location.reload();
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const now = page.querySelector("[data-how-far]");
  if (now && now.textContent !== place.textContent) place.replaceChildren(...now.childNodes);
  setTimeout(attempt, 5000);
}

function attempt() {
  look().catch(() => setTimeout(attempt, 15_000));
}

setTimeout(attempt, 5000);
