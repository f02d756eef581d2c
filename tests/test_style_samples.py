"""The six seconds in which a style is heard, and how strong a story is."""

from __future__ import annotations

import soundfile

from jobs.forms.choices import STYLES
from jobs.generation.mastering import loudness
from ui.compose.strength import FULL, TELLING, strength
from ui.site.style_samples import SECONDS, STYLE_SAMPLES_FOLDER, style_samples


def test_the_strength_names_what_is_missing_most() -> None:
    assert strength({})[0] == 0
    assert "memory" in strength({})[1]
    story = {"favoriteMemory": "the night we missed the train", "qualities": "patient and funny"}
    assert strength(story)[0] > strength({"qualities": "patient and funny"})[0]
    assert "story" in strength(story)[1]
    assert strength({field: "long enough words" for field, _, _ in TELLING} | {"emotions": ["joy"]}) == (100, FULL)


def test_every_style_has_six_seconds_at_the_same_level() -> None:
    assert style_samples().keys() == STYLES.keys()
    for style in STYLES:
        path = STYLE_SAMPLES_FOLDER / f"style-{style}.mp3"
        assert path.stat().st_size <= 60_000
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
        assert abs(len(sound) / rate - SECONDS) < 0.2
        assert abs(loudness(sound, rate) + 16) <= 1, style
