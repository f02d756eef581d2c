// Replies of the gift page: opened and played (after a real gesture only), hearts at a moment, thanks, a voice note.
const gift = document.querySelector("[data-gift]");
const base = gift.dataset.gift;
const said = gift.querySelector("[data-said]");
let note = null; // the recording that waits to be sent
let forget = null;
const tell = (what) => navigator.sendBeacon?.(`${base}/${what}`);
const sounds = [...gift.querySelectorAll("song-compare audio")];

let last; // the sound that was heard last: words and a voice note are about it
let played = false;
const heard = (sound) => {
  last = sound;
  if (!played && navigator.userActivation?.hasBeenActive !== false) tell("played");
  played = true;
};
for (const sound of sounds) {
  sound.addEventListener("play", () => heard(sound));
  if (!sound.paused) heard(sound); // it began with the tap that opened the gift
}

async function send(form, extra) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const result = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(result.error?.message || _("That did not work. Please try again."));
    return true;
  } catch (error) {
    said.textContent = error instanceof TypeError ? _("You seem to be offline. Please try again.") : error.message;
    said.scrollIntoView({ block: "nearest" });
    return false;
  } finally {
    button.disabled = false;
  }
}

gift.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-answer]");
  if (!form) return;
  event.preventDefault();
  const heart = form.querySelector("[data-heart]");
  const number = heart ? sounds.indexOf(form.parentElement.querySelector("audio")) : sounds.indexOf(last);
  const at = sounds[number]?.currentTime;
  const extra = at > 0 ? { number, at_ms: Math.round(at * 1000) } : {};
  if (form.matches("[data-voice]") && note) extra.voice = note;
  if (!(await send(form, extra))) return;
  if (heart) {
    heart.textContent = _("Sent");
    setTimeout(() => { heart.textContent = _("Send a heart for this moment"); }, 1500);
  } else {
    said.textContent = _("Sent. Thank you.");
    form.reset();
    if (form.matches("[data-voice]")) forget?.();
  }
});
for (const heart of gift.querySelectorAll("[data-heart]")) heart.textContent = _("Send a heart for this moment");

// ── A voice note: recorded here, made a WAV here (every server can read that), heard before it is sent ──
const form = gift.querySelector("form[data-voice]");
if (form && navigator.mediaDevices?.getUserMedia && window.MediaRecorder) voice();

function voice() {
  const file = form.querySelector("input[type=file]");
  const submit = form.querySelector("[type=submit]");
  const record = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: _("Record") });
  const listen = Object.assign(document.createElement("audio"), { controls: true, hidden: true });
  let recorder;
  forget = () => {
    note = null;
    listen.hidden = submit.hidden = true;
    record.textContent = _("Record");
  };
  form.querySelector("label").removeAttribute("for");
  file.hidden = true;
  file.required = false;
  file.disabled = true;
  submit.hidden = true;
  submit.before(record);
  form.append(listen);
  record.addEventListener("click", async () => {
    if (recorder?.state === "recording") return recorder.stop();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const pieces = [];
      recorder = new MediaRecorder(stream);
      recorder.ondataavailable = (event) => pieces.push(event.data);
      recorder.onstop = async () => {
        stream.getTracks().forEach((track) => track.stop());
        note = await wav(new Blob(pieces));
        listen.src = URL.createObjectURL(note);
        listen.hidden = submit.hidden = false;
        record.textContent = _("Record again");
      };
      recorder.start();
      record.textContent = _("Stop");
      setTimeout(() => recorder.state === "recording" && recorder.stop(), 20_000);
    } catch {
      said.textContent = _("The microphone is not available here.");
    }
  });
}

/** 16-bit mono at 24 kHz, at most 20 seconds. */
async function wav(blob) {
  const rate = 24_000;
  const sound = await new OfflineAudioContext(1, rate, rate).decodeAudioData(await blob.arrayBuffer());
  const samples = sound.getChannelData(0).subarray(0, rate * 20);
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + samples.length * 2, true); text(8, "WAVEfmt ");
  [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, rate, 4], [28, rate * 2, 4], [32, 2, 2], [34, 16, 2]].forEach(([at, value, size]) => size === 4 ? view.setUint32(at, value, true) : view.setUint16(at, value, true));
  text(36, "data"); view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new File([view], "voice.wav", { type: "audio/wav" });
}
