"""One line of a song that was sung is changed: that song alone is made anew, and of it only that line is sung anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from integrations.music import SongRequest
from integrations.music.studio.composer import compose
from integrations.music.studio.instrument_bank import RATE
from integrations.music.studio.repair import changed_seconds, spliced
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score

WORDS = """[Verse 1]
Remember when we walked along the shore
The summer wind was dancing through your hair
[Chorus]
Happy birthday Anna, this one is for you
Every candle burning for a dream come true
[Verse 2]
You bake the bread on Sunday in the rain
You sing so loudly when you drive the car
[Chorus]
Happy birthday Anna, this one is for you
Every candle burning for a dream come true"""
SONG = SongRequest("r1", "For Anna", WORDS, "Pop, Upbeat, Energetic", "", 2, "en")


def repaired(before: str, after: str) -> SongRequest:
    return replace(SONG, lyrics=WORDS.replace(before, after), tune_of=WORDS)


def sung(score: Score, without: str = "") -> dict[str, list[tuple[float, float, int]]]:
    """When and at which pitch each line is sung."""
    lines: dict[str, list[tuple[float, float, int]]] = {}
    for note in score.vocal:
        lines.setdefault(f"{note.line} {score.lines[note.line]}", []).append((note.start, note.duration, note.pitch))
    return {line: notes for line, notes in lines.items() if without not in line or not without}


@pytest.mark.parametrize("variation", [1, 2, 3])
@pytest.mark.parametrize(
    ("before", "after", "times"),
    [
        ("The summer wind was dancing through your hair", "A cold and rainy morning in the town", 1),
        ("Every candle burning for a dream come true", "All the little candles and a song for you", 2),
        ("You bake the bread on Sunday in the rain", "You bake", 1),
    ],
    ids=["a verse's line", "a chorus comes again", "a much shorter one"],
)
def test_only_the_line_that_changed_is_composed_anew(before: str, after: str, times: int, variation: int) -> None:
    heard = compose(replace(SONG, variation=variation))
    score = compose(replace(repaired(before, after), variation=variation))
    assert (score.key, score.tempo_map, score.spans, score.harmony) == (heard.key, heard.tempo_map, heard.spans, heard.harmony)
    assert sung(score, after) == sung(heard, before)
    assert len(sung(heard)) - len(sung(heard, before)) == times
    spans = changed_seconds(heard, score)
    assert len(spans) == times
    assert sum(end - begin for begin, end in spans) < 0.25 * score.length


def test_words_of_another_shape_are_another_song() -> None:
    heard = compose(SONG)
    for lyrics in (WORDS + "\nAnd one line more than there was before", WORDS.replace("[Verse 2]", "[Bridge]")):
        assert changed_seconds(heard, compose(replace(SONG, lyrics=lyrics, tune_of=WORDS))) == []
    endless = repaired("You bake the bread on Sunday in the rain", "You bake the bread " * 6)
    assert changed_seconds(heard, compose(endless)) == [], "no breath lasts that long"
    assert compose(endless).as_bytes() == compose(endless).as_bytes()


def test_the_same_words_keep_the_whole_recording() -> None:
    assert compose(replace(SONG, tune_of=WORDS)).as_bytes() == compose(SONG).as_bytes()
    assert changed_seconds(compose(SONG), compose(SONG)) == []


def test_one_more_take_of_the_same_words_is_another_tune() -> None:
    assert sung(compose(replace(SONG, take=2))) != sung(compose(SONG))
    kept = replace(repaired("Every candle", "All the candles"), take=2)
    assert sung(compose(kept), "candles") == sung(compose(replace(SONG, take=2)), "Every candle")


def test_outside_of_the_changed_seconds_every_sample_is_the_one_that_was_heard() -> None:
    luck = np.random.default_rng(1)
    heard, fresh = Desk(0), Desk(0)
    for desk in (heard, fresh):
        desk.left, desk.right = luck.normal(size=(2, 10 * RATE)).astype(np.float32)
    song = spliced(heard, fresh, [(2.0, 3.0), (9.0, 10.5)])
    outside = np.ones(10 * RATE, bool)
    outside[2 * RATE : 3 * RATE] = outside[9 * RATE :] = False
    for one, before, after in ((song.left, heard.left, fresh.left), (song.right, heard.right, fresh.right)):
        assert np.array_equal(one[outside], before[outside])
        assert np.allclose(one[int(2.1 * RATE) : int(2.9 * RATE)], after[int(2.1 * RATE) : int(2.9 * RATE)], atol=1e-5)
        assert np.allclose(one[int(9.1 * RATE) :], after[int(9.1 * RATE) :], atol=1e-5), "to the very end"
        assert np.abs(np.diff(one)).max() < 14, "nothing jumps"
