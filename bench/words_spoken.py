"""The lines of `bench.singing --clips FOLDER`, spoken with the same phones by the voice that their bank was cut from.

It needs that voice: in the virtualenv of docs/voices.md, and `soundfile` in it,

python -m bench.words_spoken FOLDER 60 --voices package/voices --work work

for the lines that `bench.words_heard FOLDER solo 60` hears; `bench.words_heard FOLDER solo spoken 60` then has both heard.
The voice speaks at its own pace and in its own tune.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import soundfile as sf

from bench.words_heard import chosen_lines, clip
from integrations.music.studio.singing.phones import INVENTORIES
from integrations.music.studio.singing.say import Said, say_line
from tools.build_voice_bank import TEACHER_VOICES
from tools.voice_bank.teacher import TEACHER_RATE, Teacher


def line_symbols(text: str, language: str) -> str:
    """A written line as the teacher reads it: the phones that are sung, the words apart, a stress before its vowel."""
    return " ".join(word_symbols(said, language) for said in say_line(tuple(text.split()), language)) + "."


def word_symbols(said: Said, language: str) -> str:
    """One word of it."""
    inventory, out = INVENTORIES[language], ""
    for number, phones in enumerate(said.syllables):
        later = said.syllables[number + 1][:1] if number + 1 < len(said.syllables) else ()
        for phone, following in zip(phones, [*phones[1:], *later, ""], strict=False):
            if inventory.is_vowel(phone):
                sign = "ɜ" if (phone, following) == ("er", "r") else inventory.vowels[phone]
                out += "ˈ" * (number == said.stress) + sign
            else:
                out += inventory.consonants[phone]
    return out


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("language", nargs="?", default="en")
    parser.add_argument("--voices", type=Path, required=True, help="the folder of kokoro-js' voice vectors")
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    given.work.mkdir(exist_ok=True)
    teacher = Teacher(given.work, given.voices)
    for path, number, row in chosen_lines(given.folder, "solo", given.count, given.language):
        said = teacher.speak(line_symbols(row["words"], given.language), TEACHER_VOICES[row["voice"]].style, None, 1.0)
        sf.write(clip(path, number, "spoken"), said.sound / np.abs(said.sound).max() * 0.8, TEACHER_RATE)
        print(f"{row['song']} {number:2} {row['voice']}: {row['words']}", flush=True)


if __name__ == "__main__":
    main()
