"""Six seconds of each style, to hear before choosing: recorded by the built-in studio, reproducibly.

`python -m ui.site.style_samples` records them again into ui/static/samples (after a change of studio or lyricist).
"""

from __future__ import annotations

from functools import cache

from jobs.forms.choices import STYLES
from ui.components.theme import STATIC_DIR, static_url

STYLE_SAMPLES_FOLDER = STATIC_DIR / "samples"
SECONDS = 6
KBIT = 64  # 48 KB each
FADE = (0.03, 0.6)  # seconds


@cache
def style_samples() -> dict[str, str]:
    """The URL of each style's sample, where it has one."""
    return {style: static_url(f"samples/{_file(style)}") for style in STYLES if (STYLE_SAMPLES_FOLDER / _file(style)).exists()}


def _file(style: str) -> str:
    return f"style-{style}.mp3"


def make_style_samples() -> None:
    """Write, record and cut the first chorus; some minutes on one core. Imports are local: NumPy is not for the web process."""
    import numpy as np

    from integrations.music import SongRequest
    from integrations.music.studio.instrument_bank import Bank
    from integrations.music.studio.render import render_song
    from integrations.writer import Brief
    from integrations.writer.built_in_lyricist import Lyricist
    from jobs.generation.mastering import decode, encode_levelled, levelled, loudness

    bank = Bank()
    for style in STYLES:
        brief = Brief(recipient_name="Anna", relationship="friend", theme="just-because", style=style, vibe="loving")
        written = Lyricist().write(brief)
        verse_and_chorus = "\n\n".join(written.lyrics.split("\n\n")[:2])
        request = SongRequest(f"style-{style}", written.title, verse_and_chorus, written.variation_styles[0], "", 1)
        song = render_song(request, bank, lambda stage, percent: None)
        sound, rate = decode(song.mp3)
        chorus = next((part.start_ms for part in song.sections if part.name == "Chorus"), 0)
        begin = min(chorus * rate // 1000, len(sound) - SECONDS * rate)
        cut = sound[begin : begin + SECONDS * rate].copy()
        into, out = (int(seconds * rate) for seconds in FADE)
        cut[:into] *= np.linspace(0, 1, into, dtype=np.float32)[:, None]
        cut[-out:] *= np.linspace(1, 0, out, dtype=np.float32)[:, None] ** 2
        (STYLE_SAMPLES_FOLDER / _file(style)).write_bytes(
            encode_levelled(levelled(cut, loudness(cut, rate), rate), rate, kbit=KBIT)
        )


if __name__ == "__main__":
    make_style_samples()
