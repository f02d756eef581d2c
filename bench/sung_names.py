"""Fifty common names, each sung after "happy birthday dear", as clips: `bench.words_heard FOLDER names` has them heard.

.venv/bin/python -m bench.sung_names FOLDER          both English voices
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp())

import numpy as np
import soundfile as sf

from integrations.music.studio.singing.cast import centre_of
from integrations.music.studio.singing.line import SungSyllable
from integrations.music.studio.singing.name_line import name_notes
from integrations.music.studio.singing.pitch import Manner
from integrations.music.studio.singing.say import name_sung, say_word
from integrations.music.studio.singing.singer import VOICE_RATE, sing_line
from integrations.music.studio.singing.voice_bank import load

COMMON_NAMES = (
    "Olivia Emma Charlotte Amelia Sophia Isabella Ava Mia Evelyn Luna Harper Camila Scarlett Elizabeth Eleanor Emily Chloe "
    "Violet Abigail Ella Hazel Nora Lily Madison Grace Liam Noah Oliver James William Henry Lucas Benjamin Theodore Jack "
    "Daniel Michael Alexander Samuel Ethan Leo Jackson Mason John David Joseph Thomas Anna Sarah Zoe"
)
TUNE = ((0.36, 0), (0.36, 0), (0.5, 2), (0.5, 0), (0.6, 2))  # of "happy birthday dear": seconds, semitones


def sung_to(name: str, voice: str) -> list[SungSyllable]:
    """The notes of "happy birthday dear" and of the name, as "Hear it" has it."""
    words = [phones for word in ("happy", "birthday", "dear") for phones in say_word(word, "en").syllables]
    notes, at = [], 0.0
    for (length, step), phones in zip(TUNE, words, strict=True):
        notes.append(SungSyllable(at, at + length, centre_of(voice) + step, 0.8, phones))
        at += length
    sung = [replace(n, start=n.start + at, end=n.end + at) for n in name_notes(name, "en", voice)]
    return [*notes, replace(sung[0], phones=name_sung((sung[0].phones,), "en")[0]), *sung[1:]]


def main() -> None:
    """The command; see the module's docstring."""
    folder, rows = Path(sys.argv[1]), []
    for voice in ("en-female", "en-male"):
        for name in COMMON_NAMES.split():
            sound = sing_line(load(voice), sung_to(name, voice), Manner(), name)
            sf.write(folder / f"{voice}_{name}.wav", sound / np.abs(sound).max() * 0.8, VOICE_RATE)
            rows.append([voice, name, f"{voice}_{name}.wav"])
    (folder / "names.json").write_text(json.dumps(rows))
    print(f"{len(COMMON_NAMES.split())} names, two voices: {folder}")


if __name__ == "__main__":
    main()
