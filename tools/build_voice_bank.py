"""Build a voice bank: the diphones of one voice, cut from the speech of the Kokoro-82M model (see docs/voices.md).

    python -m tools.build_voice_bank en-female --voices FOLDER --work FOLDER

Resumable: every carrier's diphones stay in the work folder; the bank is packed anew at the end, the same bytes every time.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from integrations.music.studio.singing.phones import INVENTORIES, SILENCE
from tools.voice_bank.carriers import PhonePair, carriers, symbols
from tools.voice_bank.marks import align, marks, take_of
from tools.voice_bank.teacher import TEACHER_RATE, Spoken, Teacher
from tools.voice_bank.units import CutUnit, cut, pack, usual


@dataclass(frozen=True)
class TeacherVoice:
    """A voice of the teacher, and the pitch in hertz that it speaks at."""

    language: str
    style: str
    hertz: float


TEACHER_VOICES = {
    "en-female": TeacherVoice("en", "af_heart", 220.0),
    "en-male": TeacherVoice("en", "am_michael", 125.0),
    "es-female": TeacherVoice("es", "ef_dora", 220.0),
    "es-male": TeacherVoice("es", "em_alex", 125.0),
    "fr-female": TeacherVoice("fr", "ff_siwis", 220.0),
    "it-female": TeacherVoice("it", "if_sara", 220.0),
    "it-male": TeacherVoice("it", "im_nicola", 125.0),
    "pt-female": TeacherVoice("pt", "pf_dora", 220.0),
    "pt-male": TeacherVoice("pt", "pm_alex", 125.0),
}
CLUSTER_COUNTS = {"en": 420, "es": 190, "fr": 230, "it": 170, "pt": 190}  # consonant pairs that a bank holds, the commonest
MEETINGS = {"fr": 44, "it": 42, "pt": 29}  # pairs of vowels: these languages have them in most lines ("tu es", "che il")
# Consonants that begin no such pair: without these words an "a" is said before them only among other vowels, and is
# another sound than the "a" after them (Portuguese: 0.5 apart, tests/test_singing.py; Italian has fewer of them: 0.3 to 0.4).
ALONE = {"pt": ("ch", "jh", "ly", "ny", "sh", "x", "zh")}


def weights(language: str) -> Counter[PhonePair]:
    """How common each pair of phones is, inside words and where two words meet."""
    from tools.voice_bank.counts import english_counts, french_counts, italian_counts, portuguese_counts, spanish_counts

    counts = {"en": english_counts, "es": spanish_counts, "fr": french_counts, "it": italian_counts, "pt": portuguese_counts}
    return counts[language]()


def carriers_of(language: str) -> list[list[str]]:
    """The carriers of a language."""
    most, meetings, alone = CLUSTER_COUNTS[language], MEETINGS.get(language, 0), ALONE.get(language, ())
    return carriers(INVENTORIES[language], weights(language), most, meetings, alone)


def speak_carriers(name: str, voices: Path, work: Path, most: int | None) -> None:
    """Let the teacher say every carrier that it has not said yet; its sound stays in the work folder."""
    voice = TEACHER_VOICES[name]
    inventory = INVENTORIES[voice.language]
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    teacher, began = Teacher(work, voices), time.perf_counter()
    rows = carriers_of(voice.language)[:most]
    for number, word in enumerate(rows):
        path = folder / f"{number:03} {' '.join(word)}.npz"
        if path.exists():
            continue
        said = teacher.speak(symbols(word, inventory), voice.style, voice.hertz)
        fresh = path.with_suffix(".new.npz")
        np.savez_compressed(fresh, sound=said.sound.astype(np.float32), edges=said.edges, voiced=said.voiced)
        fresh.rename(path)
        print(f"{number + 1}/{len(rows)} {time.perf_counter() - began:.0f} s: {' '.join(word)}", flush=True)


def bank(name: str, work: Path) -> tuple[bytes, dict[PhonePair, CutUnit]]:
    """The packed bank of all that was said, and its units."""
    voice = TEACHER_VOICES[name]
    inventory = INVENTORIES[voice.language]
    takes, sounds = [], []
    for path in sorted(p for p in (work / name).glob("*.npz") if not p.name.endswith(".new.npz")):
        word, data = path.stem.split()[1:], np.load(path)
        spoken = Spoken(data["sound"].astype(np.float64), data["edges"], data["voiced"])
        sounds.append((word, spoken))
        takes.append(take_of(word, symbols(word, inventory), inventory, spoken))
    align(takes)
    inside: dict[PhonePair, list[CutUnit]] = {}
    at_edges: dict[PhonePair, list[CutUnit]] = {}
    for (word, spoken), row in zip(sounds, takes, strict=True):
        for pair, unit in cut(word, marks(row, inventory), spoken, voice.hertz, inventory).items():
            dying = word[0] == SILENCE and SILENCE not in pair
            (at_edges if dying else inside).setdefault(pair, []).append(unit)
    units = usual(at_edges | inside)
    head = {"rate": TEACHER_RATE, "language": voice.language, "teacher": voice.style, "hertz": voice.hertz}
    return pack(units, head), units


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("voice", choices=sorted(TEACHER_VOICES))
    parser.add_argument("--voices", type=Path, required=True, help="the folder of kokoro-js' voice vectors")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--most", type=int, help="carriers, the commonest first")
    given = parser.parse_args()
    speak_carriers(given.voice, given.voices, given.work, given.most)
    packed, units = bank(given.voice, given.work)
    path = Path("integrations/music/studio/voices") / f"{given.voice}.bin"
    path.write_bytes(packed)
    print(f"{path}: {len(units)} diphones, {len(packed):,} bytes")


if __name__ == "__main__":
    main()
