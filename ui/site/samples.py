"""The three songs on the front page: recorded by the built-in studio from short briefs, cut by our preview code.

`python -m ui.site.samples` records them again into ui/static/samples (after a change of studio or lyricist).
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from i18n import N_
from ui.components.theme import STATIC_DIR, static_url

_FOLDER = STATIC_DIR / "samples"
BRIEFS: tuple[dict[str, Any], ...] = (
    {
        "for_whom": N_("For Mia, who turns eight"),
        "variation": 1,
        "recipient_name": "Mia",
        "relationship": "daughter",
        "theme": "birthday",
        "emotions": ("love", "pride"),
        "qualities": "kind, brave, stubborn",
        "favorite_memory": "the night we missed the last train and walked home singing",
        "style": "bright-uplifting",
        "vibe": "loving",
        "sender_name": "Dad",
    },
    {
        "for_whom": N_("For Grandma Rosa"),
        "variation": 3,
        "recipient_name": "Rosa",
        "relationship": "grandmother",
        "theme": "thank-you",
        "emotions": ("gratitude",),
        "qualities": "patient and funny",
        "activities_together": "dancing in the kitchen",
        "style": "soft-heartfelt",
        "sender_name": "Lucy",
    },
    {
        "for_whom": N_("For Tom, after twenty years of friendship"),
        "variation": 2,
        "recipient_name": "Tom",
        "relationship": "best friend",
        "theme": "thinking-of-you",
        "emotions": ("nostalgia",),
        "characteristics": "he is always late",
        "story_summary": "we met on the first day of school",
        "style": "folk-storytelling",
        "vibe": "friendly-fun",
        "sender_name": "Ben",
    },
)


@cache
def samples() -> list[dict[str, Any]]:
    """The songs of landing.html: title, for_whom, style, audio_url, peaks, duration_ms."""
    kept = json.loads((_FOLDER / "samples.json").read_text())
    return [{**sample, "audio_url": static_url(f"samples/{sample['file']}")} for sample in kept]


def make_samples() -> None:
    """Write, record and cut; a minute on one core. Imports are local: no web process needs NumPy for this."""
    from integrations.music import SongRequest
    from integrations.music.studio.instrument_bank import Bank
    from integrations.music.studio.render import render_song
    from integrations.writer import Brief
    from integrations.writer.built_in_lyricist import Lyricist
    from jobs.generation.mastering import decode, encode_levelled, peaks, preview_of

    _FOLDER.mkdir(exist_ok=True)
    kept = []
    for number, brief in enumerate(BRIEFS, 1):
        facts = {name: value for name, value in brief.items() if name not in ("for_whom", "variation")}
        written = Lyricist().write(Brief(**facts))
        variation = brief["variation"]
        style = written.variation_styles[variation - 1]
        song = render_song(SongRequest(f"sample-{number}", written.title, written.lyrics, style, "", variation), Bank(), _quiet)
        samples_, rate = decode(song.mp3)
        cut = preview_of(samples_[: 40 * rate], rate)
        file = f"sample-{number}.mp3"
        (_FOLDER / file).write_bytes(encode_levelled(cut, rate, kbit=112))
        shown = {"title": written.title, "for_whom": brief["for_whom"], "style": song.style, "file": file}
        kept.append({**shown, "peaks": peaks(cut), "duration_ms": round(len(cut) / rate * 1000)})
    (_FOLDER / "samples.json").write_text(json.dumps(kept, indent=1))


def _quiet(stage: str, percent: int) -> None:
    """Progress is not shown."""


if __name__ == "__main__":
    make_samples()
