// Photos are sent one by one: each says how far it is and why it was not taken, and the page stays as it is.
const MOST_BYTES = 15_000_000;

async function send(form, file) {
  const body = new FormData();
  body.set("formId", form.elements.formId.value);
  body.set("photos", file);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  const result = await answer.json().catch(() => ({}));
  if (answer.ok) return "";
  const reason = result.refused?.[0]?.message ?? result.error?.message ?? _("That did not work. Please try again.");
  return `${file.name}: ${reason}`;
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-photos]");
  if (!form) return;
  event.preventDefault();
  const said = form.querySelector("[data-sent]");
  const button = form.querySelector("[type=submit]");
  const files = [...form.elements.photos.files];
  const refused = [];
  button.disabled = true;
  for (const [number, file] of files.entries()) {
    said.textContent = _("Sending photo {n} of {all} …", { n: number + 1, all: files.length });
    const tooLarge = file.size > MOST_BYTES && `${file.name}: ${_("It is larger than 15 MB. Please choose a smaller version.")}`;
    const why = tooLarge || await send(form, file).catch(() => `${file.name}: ${_("You seem to be offline. Please try again.")}`);
    if (why) refused.push(why);
  }
  button.disabled = false;
  form.reset();
  said.textContent = refused.join(" ") || _("Added.");
});

if (location.hash === "#photos") {
  new MutationObserver((changes, watching) => {
    const fold = document.getElementById("photos");
    if (!fold) return;
    fold.open = true;
    fold.scrollIntoView();
    watching.disconnect();
  }).observe(document.body, { childList: true, subtree: true });
}
