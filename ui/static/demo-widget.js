// The widget: it sends a name and plays the eight bars that come back. One request at a time; nothing is kept in the browser.
const form = document.querySelector("form");
const said = document.querySelector("[data-said]");
const heard = document.querySelector("[data-heard]");
const button = form.querySelector("button");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  said.textContent = form.dataset.waiting;
  try {
    const answer = await fetch("/demo/widget/bars", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: form.elements.name.value, lang: document.documentElement.lang }),
    });
    const reply = await answer.json();
    if (!answer.ok) throw new Error(reply.error?.message);
    show(reply);
    said.textContent = "";
  } catch (error) {
    said.textContent = error.message && !(error instanceof TypeError) && !(error instanceof SyntaxError) ? error.message : form.dataset.failed;
  } finally {
    button.disabled = false;
  }
});

function show(reply) {
  const player = document.createElement("song-compare");
  player.setAttribute("mode", "listen");
  player.setAttribute("label", reply.name);
  player.setAttribute("cell-1", JSON.stringify({
    variation: 1, status: "ready", title: reply.name, audioUrl: reply.audioUrl, durationMs: reply.durationMs, peaks: reply.peaks,
    timedLyrics: reply.lines, lyrics: reply.lines.map((line) => line.text).join("\n"), sections: [],
  }));
  heard.replaceChildren(player);
  player.shadowRoot?.querySelector(".play")?.click(); // the press of the button was the wish to hear it
}
