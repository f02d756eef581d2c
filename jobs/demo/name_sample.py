"""Name samples: eight bars that sing a name, for the widget. One for each name, kept for a day, without any form."""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from integrations.music import MusicError, SongRequest
from jobs.demo.forms import clean_name
from jobs.queue import enqueue_once
from jobs.queue_names import DEMO
from jobs.rate_limits import spend
from jobs.registry import job
from settings import settings

_KEPT = 24 * 3600  # seconds: a name is personal
_MOST = 500  # recordings kept at once
_LINES = {
    "en": ("{0}, {0}, this one is for you", "Eight little bars, and every one is true"),
    "es": ("{0}, {0}, esta es para ti", "Ocho compases que hablan de ti"),
}
_MORE = {
    "en": ("{0}, {0}, somebody knows your name", "And after today no song will sound the same"),
    "es": ("{0}, {0}, alguien sabe quién eres", "Y canta tu nombre las veces que quieres"),
}
_STYLE = "bright pop, warm, acoustic guitar, piano"


@cache
def folder() -> Path:
    """The folder of the samples, apart from the audio of orders."""
    path = settings.data_dir / "demo" / "bars"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def key_of(name: str, lang: str) -> str:
    """The sample's public key, so that the name is in no URL and no log."""
    secret = settings.secret_key.encode()
    return hashlib.blake2b(f"{lang}|{name.casefold()}".encode(), key=secret[:64], digest_size=12).hexdigest()


def ask(name: str, lang: str, address: str) -> str:
    """Queue a sample for this name; returns its key. Raises ValueError, TooManyError."""
    name = clean_name(name)
    if not any(one.isalpha() for one in name):
        raise ValueError("a name has letters")
    lang = lang if lang in _LINES else "en"
    key = key_of(name, lang)
    if found(key) is None:
        spend("bars", address)
        _write(folder() / f"{key}.ask", json.dumps({"name": name, "lang": lang}).encode())
        enqueue_once(make_name_sample, key, seconds=30)
    return key


def found(key: str) -> dict[str, Any] | None:
    """A finished sample's lines, waveform and length; None until it is ready."""
    try:
        sample: dict[str, Any] = json.loads((folder() / f"{key}.json").read_bytes())
    except FileNotFoundError:
        return None
    return sample


@job("make_name_sample", queue=DEMO, connect=False)
def make_name_sample(key: str) -> None:
    """Job: record the sample of this key. Twice is harmless."""
    try:
        asked = json.loads((folder() / f"{key}.ask").read_bytes())
    except FileNotFoundError:
        return
    from integrations.music.studio.excerpt import eight_bars
    from integrations.music.studio.instrument_bank import Bank
    from jobs.generation.mastering import encode_levelled, levelled, loudness, peaks, samples_of

    text = [line.format(asked["name"]) for line in (*_LINES[asked["lang"]], *_MORE[asked["lang"]])]
    lyrics = "[Verse]\n" + "\n".join(text)
    request = SongRequest(
        f"bars-{key}", "Eight bars", lyrics, _STYLE, "", 1, language=asked["lang"], recipient_name=asked["name"]
    )
    with suppress(MusicError):
        made = eight_bars(request, Bank())
        samples, rate = samples_of(made.mp3)
        samples = levelled(samples, loudness(samples, rate), rate)
        _write(folder() / f"{key}.mp3", encode_levelled(samples, rate, kbit=128))
        lines = [{"startMs": one.start_ms, "endMs": one.end_ms, "text": one.text} for one in made.lines if one.level == "line"]
        sample = {"name": asked["name"], "lang": asked["lang"], "lines": lines, "peaks": peaks(samples)}
        sample["durationMs"] = round(len(samples) / rate * 1000)
        _write(folder() / f"{key}.json", json.dumps(sample).encode())
    (folder() / f"{key}.ask").unlink(missing_ok=True)


def tidy_samples() -> None:
    """Sweep step: remove samples after a day, and the oldest beyond MOST."""
    files = sorted(((entry.stat().st_mtime, entry.path) for entry in os.scandir(folder())), reverse=True)
    for number, (at, path) in enumerate(files):
        if at < time.time() - _KEPT or number >= 2 * _MOST:
            Path(path).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
