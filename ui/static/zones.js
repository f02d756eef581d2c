// The device's own time zone in every input.zone where nothing was chosen yet. One that the server does not know
// (Etc/Unknown, a name that is newer or older than its list) fills nothing in: people choose, the city they know first.
const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
const fill = () => {
  const list = document.getElementById("zones");
  if (!list?.options.length) return;
  const isKnown = mine && [...list.options].some((option) => option.value === mine);
  document.querySelectorAll("input.zone:not([data-filled])").forEach((input) => {
    input.dataset.filled = "";
    if (isKnown) input.value ||= mine;
  });
};
new MutationObserver(fill).observe(document.body, { childList: true, subtree: true });
fill();
