"""A name, sung in one breath: what "Hear it" in the form plays.

`sung_name` starts a process for it (`python -m` this module), so that the web process holds neither numpy nor a voice: JSON on
its standard input, an MP3 on its output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from integrations.music.studio.singing.cast import centre_of

if TYPE_CHECKING:
    from integrations.music.studio.singing.line import SungSyllable

MOST_SYLLABLES = 16
_AT_ONCE = BoundedSemaphore(2)  # processes; each takes a third of a second of one core and 100 MB
_SECONDS = 8.0  # that a process may take, or that somebody waits for one of the two
_ROOT = Path(__file__).resolve().parents[4]
_WEAK, _STRESSED, _LAST = 0.26, 0.5, 0.95  # seconds of a note
_TONES = (0, 4, 2)  # semitones above the voice's middle: before the stress, on it, after it


class NotSungError(Exception):
    """The process died, took too long, or too many are at work."""


@lru_cache(64)
def sung_name(text: str, language: str, voice: str) -> bytes:
    """An MP3 of this name, empty where there is nothing to sing; `voice` is one that `voice_for` answered.

    Kept in memory. Raises NotSungError.
    """
    if not _AT_ONCE.acquire(timeout=_SECONDS):
        raise NotSungError("busy")
    try:
        done = subprocess.run(  # noqa: S603 our own program; the name is on its input, as arguments can be read by others
            [sys.executable, "-m", __name__],
            input=json.dumps([text, language, voice]).encode(),
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            timeout=_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NotSungError(error.__class__.__name__) from None
    finally:
        _AT_ONCE.release()
    return done.stdout


def name_notes(text: str, language: str, voice: str) -> list[SungSyllable]:
    """The notes of a name: up to its stress, down from it, the last one held."""
    from integrations.music.studio.singing.line import SungSyllable
    from integrations.music.studio.singing.say import name_sung, say_word

    notes: list[tuple[tuple[str, ...], float, int]] = []
    for word in text.split():
        said = say_word(word, language)
        for number, phones in enumerate(name_sung(said.syllables, language) if notes else said.syllables):
            place = 0 if number < said.stress else 1 if number == max(0, said.stress) else 2
            notes.append((phones, _STRESSED if place == 1 else _WEAK, _TONES[place]))
    at, out = 0.0, []
    for number, (phones, length, tone) in enumerate(notes[:MOST_SYLLABLES]):
        last = number + 1 == min(len(notes), MOST_SYLLABLES)
        end = at + (_LAST if last else length)
        tone = 0 if last and tone == _TONES[2] else tone
        out.append(SungSyllable(at, end, centre_of(voice) + tone, 0.8, phones))
        at = end
    return out


def main() -> None:
    """Sing what the standard input names."""
    import numpy as np

    from integrations.music.studio.mp3 import encode_recording
    from integrations.music.studio.singing.pitch import Manner
    from integrations.music.studio.singing.singer import LEAD, VOICE_RATE, sing_line
    from integrations.music.studio.singing.voice_bank import load

    text, language, voice = json.load(sys.stdin)
    if not (notes := name_notes(text, language, voice)):
        return
    sound = sing_line(load(voice), notes, Manner(scoop=30), text)
    sound = sound[int((LEAD - 0.3) * VOICE_RATE) :] * np.float32(0.6 / max(1e-6, float(np.abs(sound).max())))
    sys.stdout.buffer.write(encode_recording(sound, sound, lambda part: None))


if __name__ == "__main__":
    main()
