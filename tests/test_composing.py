"""How the studio composes: a whole song for every style and text, the same score for the same request."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from integrations.music import SongRequest
from integrations.music.studio import render as render_module
from integrations.music.studio.composer import compose
from integrations.music.studio.harmony import NOTE_NAMES, chord
from integrations.music.studio.instrument_bank import Bank
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score
from integrations.music.studio.styles import STYLE_WORDS, music_kind
from integrations.music.studio.timed_lines import timed_lines
from integrations.music.studio.words import clean_line, read_lyrics, syllables
from tests.support.studio_requests import BALLAD, HOSTILE, LYRICS, a_request

ROOT = Path(__file__).resolve().parents[1]
STYLES = [
    "Pop, Upbeat, Energetic",
    BALLAD,
    "Classic Pop, Timeless",
    "Romantic Ballad, Emotional, Tender",
    "Acoustic, Warm, Cozy",
    "Orchestral, Festive, Celebratory",
    "Folk",
    "Soul, R&B",
    "Country",
    "Jazz, Swing",
    "Lullaby",
]


@cache
def composed(variation: int, style: str) -> Score:
    return compose(a_request(variation, style))


# the score


def test_the_same_request_always_becomes_the_same_score_even_in_another_process() -> None:
    script = "import sys; from tests.test_composing import *; sys.stdout.buffer.write(compose(a_request(2)).as_bytes())"
    other = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert other.stdout == compose(a_request(2)).as_bytes()


@pytest.mark.parametrize("style", STYLES)
def test_three_variations_are_three_arrangements_of_one_song(style: str) -> None:
    scores = [composed(v, style) for v in (1, 2, 3)]
    assert len({s.lead for s in scores}) == 3
    assert len({(s.metre, round(s.tempo / 4), s.swing) for s in scores}) == 3
    assert len({s.key for s in scores}) == 3
    assert len({tuple(sorted(p.instrument for p in s.parts)) for s in scores}) == 3


def test_every_kind_of_music_in_the_catalogue_is_its_own() -> None:
    assert len({music_kind(style) for style in STYLES}) == len(STYLE_WORDS) == 11
    assert music_kind("Romantic Ballad, Emotional, Tender, slightly varied, female voice") == "romantic"
    assert music_kind("") == "pop"


@pytest.mark.parametrize("variation", [1, 2, 3])
@pytest.mark.parametrize(
    "lyrics",
    [
        "",
        "Hi",
        LYRICS,
        HOSTILE,
        "la " * 1000,
        "a\n" * 1500,
        "[Chorus]\n" * 300,
        ("A rather long line of words to be sung by somebody\n" * 60)[:3000],
    ],
)
def test_every_song_lasts_one_to_two_minutes_and_half_a_minute_more_for_many_words(lyrics: str, variation: int) -> None:
    longest = 155 if len(lyrics) > 1000 else 120
    for style in (STYLES[0], BALLAD):
        assert 60 <= compose(a_request(variation, style, lyrics)).length <= longest


@pytest.mark.parametrize("style", STYLES[::3])
def test_nobody_has_to_sing_more_than_five_and_a_half_syllables_a_second(style: str) -> None:
    line = "There are people like weather, they come and they go\n"  # thirteen syllables, thirty times: a long song
    score = compose(a_request(1, style, "".join(f"[{name}]\n{line * 6}" for name in ("Verse", "Chorus") * 2 + ("Verse",))))
    for number in range(30):
        notes = [n for n in score.vocal if n.line == number]
        seconds = score.seconds(notes[-1].start + notes[-1].duration) - score.seconds(notes[0].start)
        assert len(notes) / seconds <= 5.5


def test_a_spanish_line_of_many_vowels_is_not_hurried_and_no_syllable_is_cut_short() -> None:
    verse = "El amor es un plato que espera al llegar\nY tienes la idea que ayuda a seguir\n" * 4
    for style in ("Acoustic, Warm, Cozy", "Classic Pop, Timeless"):
        score = compose(SongRequest("r", "x", f"[Verse]\n{verse}[Chorus]\n{verse}" * 2, style, "", 2, "es"))
        seconds = [score.seconds(n.start + n.duration) - score.seconds(n.start) for n in score.vocal]
        assert min(seconds) > 0.1


def test_each_syllable_has_its_note_and_the_chorus_returns_with_the_same_tune() -> None:
    score = compose(a_request(1))
    sung = ["".join(n.syllable for n in score.vocal if n.line == i) for i in range(len(score.lines))]
    assert sung == [line.replace(" ", "") for line in score.lines]
    assert all(a.start + a.duration <= b.start + 1e-6 for a, b in zip(score.vocal, score.vocal[1:], strict=False))
    first, second = ([n.pitch for n in score.vocal if n.line in lines] for lines in ((2, 3), (6, 7)))
    assert first == second
    verse = [n.pitch for n in score.vocal if n.line in (0, 1)]
    assert np.mean(first) > np.mean(verse) + 1


@pytest.mark.parametrize("style", STYLES)
def test_the_melody_fits_its_chords_and_the_bass_carries_them(style: str) -> None:
    for variation in (1, 2, 3):
        score = composed(variation, style)
        bars = 4 if score.metre == "4/4" else 3
        strong = [n for n in score.vocal if n.start % bars < 0.01]
        assert strong
        assert sum(n.pitch % 12 in _pcs(score, n.start) for n in strong) == len(strong)
        basses = [p for p in score.parts if "bass" in p.instrument]
        downbeats = [n for p in basses for n in p.notes if n.start % bars < 0.01]
        assert all(n.pitch % 12 in _pcs(score, n.start) for n in downbeats)
        assert all(28 <= n.pitch <= 50 for n in downbeats)


def _pcs(score: Score, beat: float) -> tuple[int, ...]:
    """Pitch classes of the chord at a beat, in the key of that moment."""
    symbol = next(s for start, end, s in score.harmony if start - 1e-6 <= beat < end - 1e-6)
    lift = next((lift for start, lift in reversed(score.lifts) if beat >= start - 1e-6), 0)
    return chord(symbol, NOTE_NAMES.index(score.key.split()[0]) + lift, "minor" in score.key).pcs


def test_words_of_many_languages_fall_into_syllables() -> None:
    counts = {
        "en": {"birthday": 2, "remember": 3, "love": 1, "candles": 2, "walked": 1, "wanted": 2, "times": 1, "🎉": 0},
        "de": {"Geburtstag": 3},
        "nl": {"verjaardag": 3},
        "es": {"corazón": 3},
        "ru": {"счастье": 2},
        "ja": {"ありがとう": 5},
        "ko": {"생일": 2},
    }
    for language, word, count in [(language, *row) for language, rows in counts.items() for row in rows.items()]:
        pieces = syllables(word, language)
        assert len(pieces) == count, (word, pieces)
        assert "".join(pieces) == (word if count else "")
    assert clean_line("a\x00b\u202ec\nd\u2028e") == "abc d e"
    assert read_lyrics("", "en").stanzas == []


def test_without_its_singer_the_band_plays_every_note_that_it_plays_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from integrations.music.studio.singing import front, vocals

    score = composed(1, BALLAD)
    heard: list[Any] = []
    voices: list[str] = []
    assert score.voice
    monkeypatch.setattr(render_module, "play", lambda part, *_: heard.append(part))
    monkeypatch.setattr(vocals, "sing_score", lambda *_: voices.append("sung"))
    monkeypatch.setattr(vocals, "sing_backing", lambda *_: None)
    monkeypatch.setattr(front, "add_voice", lambda *_: None)
    for sung in (True, False):
        render_module.record_parts(score, cast(Bank, None), cast(Desk, None), lambda share: None, sung=sung)
    assert heard[: len(heard) // 2] == heard[len(heard) // 2 :]
    assert voices == ["sung"]


def test_timed_lines_cover_even_absurd_lyrics() -> None:
    score = compose(a_request(lyrics="a\n" * 1500))
    assert {line.text for line in timed_lines(score) if line.level == "line"} == {"a"}


def test_the_three_variations_say_truly_and_differently_how_they_sound() -> None:
    from integrations.music.studio.styles import ARRANGEMENTS, STYLE_NAMES, arrangement

    for kind in ARRANGEMENTS:
        said = [arrangement(kind, variation).described() for variation in (1, 2, 3)]
        assert len(set(said)) == 3, kind
        for variation, words in zip((1, 2, 3), said, strict=True):
            lead = arrangement(kind, variation).lead
            assert STYLE_NAMES.get(lead, lead).lower() in words.lower()
