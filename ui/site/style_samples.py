"""Six seconds of each style, to hear before choosing: made by our own studio, the same every time it is made.

`python -m ui.style_samples` makes them anew into ui/static/samples (after a change of studio or lyricist).
"""

from __future__ import annotations

from functools import cache

from jobs.forms.choices import STYLES
from ui.components.theme import STATIC_DIR, static_url

FOLDER = STATIC_DIR / "samples"
SECONDS = 6
KBIT = 64  # 48 KB each
FADE = (0.03, 0.6)  # seconds


@cache
def style_samples() -> dict[str, str]:
    """The address of each style's sample; a style without one has none."""
    return {style: static_url(f"samples/{_file(style)}") for style in STYLES if (FOLDER / _file(style)).exists()}


def _file(style: str) -> str:
    return f"style-{style}.mp3"


def make() -> None:
    """Write, compose, render and cut the first chorus; some minutes on one core. Imported by nobody: it brings the numbers."""
    import numpy as np

    from integrations.music import SongRequest
    from integrations.music.studio.bank import Bank
    from integrations.music.studio.render import render
    from integrations.writer import Brief
    from integrations.writer.lyricist import Lyricist
    from jobs.generation.audio import decode, encode, levelled, loudness

    bank = Bank()
    for style in STYLES:
        told = Brief(recipient_name="Anna", relationship="friend", theme="just-because", style=style, vibe="loving")
        words = Lyricist().write(told)
        verse_and_chorus = "\n\n".join(words.lyrics.split("\n\n")[:2])
        request = SongRequest(f"style-{style}", words.title, verse_and_chorus, words.variation_styles[0], "", 1)
        song = render(request, bank, lambda stage, percent: None)
        sound, rate = decode(song.mp3)
        chorus = next((part.start_ms for part in song.sections if part.name == "Chorus"), 0)
        begin = min(chorus * rate // 1000, len(sound) - SECONDS * rate)
        cut = sound[begin : begin + SECONDS * rate].copy()
        into, out = (int(seconds * rate) for seconds in FADE)
        cut[:into] *= np.linspace(0, 1, into, dtype=np.float32)[:, None]
        cut[-out:] *= np.linspace(1, 0, out, dtype=np.float32)[:, None] ** 2
        (FOLDER / _file(style)).write_bytes(encode(levelled(cut, loudness(cut, rate), rate), rate, kbit=KBIT))


if __name__ == "__main__":
    make()
