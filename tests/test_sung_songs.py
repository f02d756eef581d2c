"""How a whole song is sung: duets, harmonies, breath, and a band that gives way to the voice."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from integrations.music.studio.composer import compose
from integrations.music.studio.excerpt import cut_to_first_word
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score
from integrations.music.studio.singing import vocals
from integrations.music.studio.singing.cast import voice_for
from integrations.music.studio.singing.front import add_voice
from integrations.music.studio.singing.line import SungSyllable
from integrations.music.studio.singing.singer import VOICE_RATE
from integrations.music.studio.singing.vocals import breath_lines, sing_score
from integrations.music.studio.singing.voice_bank import load
from integrations.music.studio.timed_lines import timed_lines
from tests.support.sung_requests import VOICE, a_song


def test_a_chorus_that_returns_is_sung_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(voice: object, notes: list[SungSyllable], manner: object, seed: str) -> np.ndarray:
        made.append(" ".join(p for n in notes for p in n.phones))
        return np.zeros(1000, np.float32)

    monkeypatch.setattr(vocals, "sing_line", counted)
    monkeypatch.setattr(vocals, "_kept", type(vocals._kept)())
    chorus = "[Chorus]\nHappy birthday Mia this is for you\nAnd every candle tells you so\n"
    score = compose(a_song(f"{chorus}[Verse]\nWe walked along the shore\n{chorus}"))
    sing_score(score, lambda share: None)
    lines = list(breath_lines(score, load(VOICE).inventory))
    assert len(made) < len(lines)
    assert len(set(made)) == len({" ".join(p for n in line for p in n.phones) for line in lines})


# the song


@cache
def a_score() -> Score:
    return cut_to_first_word(
        compose(a_song("Happy birthday Mia, this one is for you\nEvery candle burning for a dream come true"))
    )


def test_word_times_are_those_of_the_notes() -> None:
    score = a_score()
    words = [line for line in timed_lines(score) if line.level == "word"]
    notes = [n for n in score.vocal if n.word >= 0]
    assert len(words) == len({n.word for n in notes})
    for place, row in zip(sorted({n.word for n in notes}), words, strict=True):
        first = next(n for n in notes if n.word == place)
        assert row.start_ms == round(score.seconds(first.start) * 1000)


def mixed(track: np.ndarray, played: np.ndarray, score: Score) -> tuple[np.ndarray, np.ndarray]:
    """Voice and band as they stand in the mix. It is linear in the band: the band upside down tells them apart."""
    heard = []
    for sign in (1, -1):
        desk = Desk(len(track))
        desk.left, desk.right = played * sign, played * sign
        add_voice(desk, track, score)
        heard.append(desk.left)
    return (heard[0] + heard[1]) / 2, (heard[0] - heard[1]) / 2


def test_the_voice_stands_in_front_and_the_band_gives_way() -> None:
    score = a_score()
    assert score.voice == VOICE
    track = np.concatenate([np.zeros(3 * VOICE_RATE, np.float32), sing_score(score, lambda share: None)])
    noise = np.random.default_rng(1).normal(size=len(track)).astype(np.float32) * 0.05
    voice, band = mixed(track, noise, score)
    sounding = np.abs(track) > np.abs(track).max() * 0.1
    assert np.allclose(band[:VOICE_RATE], noise[:VOICE_RATE], atol=1e-5)
    assert 0.62 < np.abs(band[sounding]).sum() / np.abs(noise[sounding]).sum() < 0.75
    assert np.sqrt((voice[sounding] ** 2).mean()) > 1.4 * np.sqrt((band[sounding] ** 2).mean())


def test_where_the_band_would_cover_the_words_it_steps_back_further() -> None:
    score = a_score()
    track = sing_score(score, lambda share: None)
    seconds = np.arange(len(track)) / VOICE_RATE
    loud = seconds > score.seconds(score.vocal[len(score.vocal) // 2].start)
    played = (np.where(loud, 0.2, 0.02) * np.sin(2 * np.pi * 1000 * seconds)).astype(np.float32)
    _, band = mixed(track, played, score)
    sounding = np.abs(track) > np.abs(track).max() * 0.1
    calm, busy = (np.abs(band[part]).sum() / np.abs(played[part]).sum() for part in (sounding & ~loud, sounding & loud))
    assert 0.6 < calm < 0.75
    assert 0.4 < busy < 0.55


def a_duet() -> Score:
    verse = "[Verse]\nWe walked along the shore\nYou told me what you dream\n"
    chorus = "[Chorus]\nHappy birthday Mia this is for you\nAnd every candle tells you so\n"
    return compose(replace(a_song(f"{verse}{chorus}{verse}{chorus}"), voice="", duet=True))


def test_a_duet_takes_turns_in_the_verses_and_sings_the_choruses_together() -> None:
    score = a_duet()
    assert {score.voice, score.second} == {"en-female", "en-male"}
    verses = [{n.second for n in score.vocal if s.start <= n.start < s.end} for s in score.spans if s.kind == "verse"]
    assert [v for v in verses if v] == [{False}, {True}]
    middle = [np.mean([n.pitch for n in score.vocal if n.line in lines]) for lines in ((0, 1), (4, 5))]
    assert 5 < middle[0] - middle[1] < 13, "each in the range of the own voice"
    sung_twice = {n.start for n in score.backing}
    assert sung_twice == {n.start for n in score.vocal if n.line in (2, 3, 6, 7)}


def test_one_singer_sings_the_last_chorus_in_two_parts_with_the_same_words() -> None:
    score = compose(a_song("[Chorus]\nHappy birthday Mia\n[Verse]\nHey\n[Chorus]\nHappy birthday Mia\n"))
    assert score.second == score.voice == VOICE
    upper = {n.start: n for n in score.vocal if n.line == 2}
    assert {n.start: n.phones for n in score.backing} == {at: n.phones for at, n in upper.items()}
    assert all(n.pitch != upper[n.start].pitch for n in score.backing)


def test_a_turn_at_the_end_of_a_phrase_is_one_syllable_on_three_pitches() -> None:
    score = compose(replace(a_song("[Verse]\nHappy birthday dear Mia\nThis is for you"), style="Soul, R&B"))
    held = [n for n in score.vocal if not n.phones]
    assert held
    assert all(not n.syllable and n.word >= 0 for n in held)
    syllables = [n for line in breath_lines(score, load(VOICE).inventory) for n in line]
    assert sum(len(n.turns) for n in syllables) == len(held)
    assert len(syllables) == len(score.vocal) - len(held)
    assert all(n.closes or score.vocal[i + 1].closes for i, n in enumerate(score.vocal) if not n.phones)


def test_between_two_phrases_is_time_for_a_breath() -> None:
    score = compose(replace(a_song("[Verse]\n" + "I close the open door and say good night\n" * 3), style="Lullaby"))
    lines = list(breath_lines(score, load(VOICE).inventory))
    assert len(lines) == 3, "a phrase is a line"
    for before, after in itertools.pairwise(lines):
        assert after[0].start - before[-1].end > 0.3


def test_nobody_sings_for_eight_seconds_in_one_breath() -> None:
    words = "There are people like weather, they come and they go\n" * 6
    score = compose(a_song(f"[Verse]\n{words}[Chorus]\n{words}" * 2, variation=3))
    lines = list(breath_lines(score, load(VOICE).inventory))
    assert max(line[-1].end - line[0].start for line in lines) < 8
    assert all(after[0].start - before[-1].end > 0.2 for before, after in itertools.pairwise(lines))


def test_variations_have_other_singers_where_nobody_was_asked_for() -> None:
    voices = [voice_for("en", "", v) for v in (1, 2, 3)]
    assert set(voices) == {"en-female", "en-male"}
    assert voice_for("en-GB", "female", 2) == VOICE
    assert voice_for("xx", "female", 1) == ""
