"""The singer's promises: every word is sung or hummed, in tune, in time, the same bytes every time."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import pyworld

from integrations.music import SongRequest
from integrations.music.studio.composer import compose
from integrations.music.studio.excerpt import cut_to_first_word
from integrations.music.studio.provider import MAX_LYRICS, MAX_STYLE, Studio
from integrations.music.studio.render import voice_parts
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score
from integrations.music.studio.singing import vocals
from integrations.music.studio.singing.breath import breath_before
from integrations.music.studio.singing.cast import VOICES_FOLDER, centre_of, names, voice_for
from integrations.music.studio.singing.front import add_voice
from integrations.music.studio.singing.line import FRAME_STEP, SungSyllable, join, spread_frames
from integrations.music.studio.singing.pitch import Manner, curve
from integrations.music.studio.singing.say import say_word
from integrations.music.studio.singing.singer import LEAD, VOICE_RATE, sing_line
from integrations.music.studio.singing.vocals import breath_lines, sing_score
from integrations.music.studio.singing.voice_bank import load
from integrations.music.studio.spool import Spool
from integrations.music.studio.timed_lines import timed_lines

ROOT = Path(__file__).resolve().parents[1]
VOICE = "en-female"
LINE = [
    ("hh ae", 0.4, 62),
    ("p iy", 0.2, 62),
    ("b er th", 0.6, 64),
    ("d ey", 0.6, 62),
    ("m iy", 0.6, 67),
    ("ax", 1.6, 66),
]
HOSTILE = (
    """[Verse 1]
Happy birthday ありがとう dear عالم and XÆA-12 O'Brien
1,234.56 € on www.example.com/x?y=1 for MIA
🎉🎉🎉

Supercalifragilisticexpialidocious Brzęczyszczykiewicz zzz hmm ____ -- ' ’’
"""
    + "la" * 100
)


def a_line() -> list[SungSyllable]:
    """ "Happy birthday Mia", by hand."""
    notes, at = [], 0.5
    for phones, length, pitch in LINE:
        notes.append(SungSyllable(at, at + length, pitch, 0.8, tuple(phones.split())))
        at += length
    return notes


def a_song(lyrics: str, language: str = "en", variation: int = 1, **more: str) -> SongRequest:
    return SongRequest("r", "For Mia", lyrics, "Folk", "", variation, language, "female", **more)


@cache
def sung() -> np.ndarray:
    return sing_line(load(VOICE), a_line(), Manner(), "test")


# the lyrics


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        (
            "en",
            "remember 3|walked 1|wanted 2|every 2|fire 2|candles 2|Mia 2|Zoë 2|O'Brien 2|you're 1"
            "|grandpa's 2|runnin' 2|DJ 2|1999 5|21st 3",
        ),
        ("es", "corazón 3|sueños 2|canción 2|día 2|cielo 2|guitarra 3|pingüino 3|ciudad 2|Raúl 2|y 1|25 4|muy 1"),
    ],
)
def test_a_word_gets_as_many_notes_as_people_sing_on_it(language: str, counts: str) -> None:
    for row in counts.split("|"):
        word, count = row.split()
        assert len(say_word(word, language).syllables) == int(count), (word, say_word(word, language))


@pytest.mark.parametrize(
    ("line", "notes"),
    [
        ("El amor es un plato que espera al llegar", "e l|a|m o r|e s|u n|p l a|t o|k e|s p e|r a l|y e|gh a r"),
        ("Mi amigo y hermano", "m j a|m i|gh o|j e r|m a|n o"),
        ("La isla", "l a|i|s l a"),
        ("Lucía, amor", "l u|s i|a|a|m o r"),
    ],
)
def test_in_spanish_two_vowels_that_meet_are_one_syllable(line: str, notes: str) -> None:
    score = compose(a_song(line, "es"))
    sung = [n for n in score.vocal if n.line == 0]
    assert "|".join(" ".join(n.phones) for n in sung) == notes
    timed = [row for row in timed_lines(score) if row.level == "word"]
    assert [row.text for row in timed] == line.split()
    assert all(a.end_ms <= b.start_ms + 1 and a.end_ms > a.start_ms for a, b in itertools.pairwise(timed))


def test_numbers_addresses_and_signs_are_read_as_people_say_them() -> None:
    def sounds(text: str, language: str) -> list[str]:
        return [p for word in text.split() for part in say_word(word, language).syllables for p in part]

    for language, written, read in (
        ("en", "1,234.56€", "one thousand two hundred thirty four point fifty six euros"),
        ("en", "b-day", "birthday"),
        ("en", "HAPPY", "happy"),
        ("en", "me@home.com", "me at home dot com"),
        ("es", "1.234,5€", "mil doscientos treinta y cuatro coma cinco euros"),
        ("es", "100", "cien"),
    ):
        assert sounds(written, language) == sounds(read, language), written


def test_what_nobody_can_say_is_hummed_and_emoji_are_left_out() -> None:
    hum = say_word("ありがとう", "en")
    assert hum.hummed
    assert set(hum.syllables) == {("m",)}
    assert say_word("🎉", "en").syllables == ()


def test_the_givers_spelling_of_a_name_is_sung_and_the_name_is_shown() -> None:
    plain, respelled = (
        compose(a_song("Dear Siân, it is Siân's day", recipient_name="Siân", pronunciation=p)) for p in ("", "Sharn")
    )
    phones = [n.phones for n in respelled.vocal if "Siân" in n.syllable]
    assert phones == [("sh", "ar", "n"), ("sh", "ar", "n", "z")]
    assert phones != [n.phones for n in plain.vocal if "Siân" in n.syllable]
    assert [w for _, w in respelled.words] == ["Dear", "Siân,", "it", "is", "Siân's", "day"]


def test_a_name_that_begins_with_a_vowel_is_not_drawn_into_the_word_before() -> None:
    score = compose(a_song("Dear Anna, dear Mia, our Anna's day\nAnna", recipient_name="Anna"))
    assert [n.phones for n in score.vocal if n.syllable.startswith("An")] == [("#", "ae")] * 3
    line = next(iter(breath_lines(score, load(VOICE).inventory)))
    sound = sing_line(load(VOICE), line, Manner(), "test")
    at = LEAD + next(n.start for n in line if n.phones[0] == "#") - line[0].start
    before, inside = (sound[int((at + a) * VOICE_RATE) : int((at + b) * VOICE_RATE)] for a, b in ((-0.09, 0), (0.03, 0.09)))
    level = np.sqrt((before[: len(before) // 220 * 220].reshape(-1, 220) ** 2).mean(axis=1))
    assert level.min() < 0.1 * np.sqrt((inside**2).mean())
    para_ana = compose(a_song("Para Ana", "es", recipient_name="Ana"))
    assert [n.phones for n in para_ana.vocal if n.line == 0] == [("p", "a"), ("r", "a"), ("#", "a"), ("n", "a")]


BAD = {
    "ten thousand characters": ("Happy birthday dear Mia, we sing for you tonight " * 210, "hh ae|p iy"),
    "a line of 200 syllables": ("la " * 200, "l aa|l aa"),
    "a word of 200 syllables": ("la" * 200, "l aa"),
    "only emoji": ("🎉🎂🎉\n❤️", ""),
    "Japanese words": ("Dear ありがとう Mia", "d ear|m|m|m iy|ax"),
    "Arabic words": ("Dear عالم Mia", "d ear|m|m|m iy|ax"),
    "a name with a number": ("XÆA-12 is here", "eh k|s ey|iy|ey|t w eh l v"),
    "empty lines": ("\n \n[Verse]\n\nHey\n\n", "hh ey"),
    "money": ("1,234.56 €", "w ah n|th aw|z ax n d|t uw"),
    "an address": ("https://www.example.com/x?y=1", "d ah"),
    "capitals": ("HAPPY BIRTHDAY DEAR MIA", "hh ae|p iy|b er th|d ey|d ear|m iy|ax"),
    "an apostrophe": ("O'Brien and D'Angelo's Ma'am", "aa"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_sung_or_hummed_and_never_an_error(name: str) -> None:
    lyrics, phones = BAD[name]
    score = compose(a_song(lyrics[:MAX_LYRICS]))
    lines = list(breath_lines(score, load(VOICE).inventory))
    said = [" ".join(note.phones) for line in lines for note in line]
    assert said[: phones.count("|") + 1] == [p for p in phones.split("|") if p]
    assert all(note.end > note.start for line in lines for note in line)
    if lines:
        assert np.isfinite(sing_line(load(VOICE), lines[0][:8], Manner(), name)).all()


def test_whoever_paid_for_too_many_words_gets_the_song_of_those_that_fit(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    sent = a_song("Happy birthday dear Mia, we sing\n" * 400)
    kept = spool.request(Studio(spool, 1).submit(replace(sent, style="pop " * 400)).task_id)
    assert kept
    assert (len(kept.lyrics) <= MAX_LYRICS, len(kept.style) <= MAX_STYLE) == (True, True)
    assert kept.lyrics.endswith("we sing")


# the voices


def test_the_voices_are_small_and_come_with_their_licence() -> None:
    sizes = [path.stat().st_size for path in VOICES_FOLDER.glob("*.bin")]
    assert sizes
    assert max(sizes) <= 2_000_000
    assert sum(sizes) <= 8_000_000
    assert "Apache License" in (VOICES_FOLDER / "LICENSE").read_text()
    assert "Kokoro-82M" in (VOICES_FOLDER / "NOTICE").read_text()


@pytest.mark.parametrize("name", names())
def test_a_voice_knows_every_consonant_with_every_vowel(name: str) -> None:
    voice = load(name)
    vowels, consonants = voice.inventory.vowels, voice.inventory.consonants
    missing = [(c, v) for c in consonants for v in vowels if not voice.has(c, v)]
    assert not missing
    assert all(voice.has("#", p) and voice.has(p, "#") for p in (*vowels, *consonants))


def test_a_missing_diphone_is_sung_by_a_substitute_and_counted() -> None:
    voice = load(VOICE)
    poor = replace(
        voice,
        places={k: v for k, v in voice.places.items() if k not in (("m", "iy"), ("er", "th"))},
        missing=type(voice.missing)(),
    )
    sound = sing_line(poor, a_line(), Manner(), "test")
    assert poor.missing == {("m", "iy"): 1, ("er", "th"): 1}
    assert len(sound) == len(sung())
    assert np.isfinite(sound).all()


def test_a_language_without_a_voice_is_played_as_before() -> None:
    score = compose(a_song("Zeg het met een lied", "nl"))
    assert score.voice == ""
    lead = voice_parts(score)[0]
    assert [n.pitch for n in lead.notes] == [n.pitch for n in score.vocal]


# the sound


def test_a_slow_drift_never_puts_a_short_note_out_of_tune() -> None:
    notes = [SungSyllable(i * 0.3, i * 0.3 + 0.3, 60, 0.8, ("m", "iy")) for i in range(300)]
    times = np.arange(100, 85_000, 5) / 1000
    cents = 1200 * np.log2(curve(notes, times, Manner(depth=0), "test") / (440 * 2 ** ((60 - 69) / 12)))
    assert 3 < np.abs(cents).max() <= 5.01


def test_the_same_line_is_the_same_bytes_in_another_process() -> None:
    script = "import sys; from tests.test_singing import *; sys.stdout.write(hashlib.sha256(sung().tobytes()).hexdigest())"
    other = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert other.stdout == hashlib.sha256(sung().tobytes()).hexdigest()


def test_notes_are_in_tune() -> None:
    sound = sung()[::2].astype(np.float64)
    found, times = pyworld.harvest(sound, VOICE_RATE // 2, f0_floor=200, f0_ceil=600, frame_period=5)
    near = []
    for note in a_line():
        inside = (times > note.start + 0.1) & (times < note.end - 0.13) & (found > 0)
        cents = 1200 * np.log2(found[inside] / (440 * 2 ** ((note.pitch - 69) / 12)))
        near += list(np.abs(cents) <= 35)
        assert not len(cents) or abs(np.median(cents)) <= 15, note
    assert np.mean(near) >= 0.95


@pytest.mark.parametrize("voice", [name for name in names() if name.startswith("en-")])
def test_a_vowel_that_moves_does_not_pull_its_short_note_down(voice: str) -> None:
    words = [("m", "ay"), ("ay",), ("t", "ay", "m"), ("f", "l", "aw"), ("y", "uw"), ("n", "ay", "t", "s")]
    pitches = [centre_of(voice) + step for step in (0, 2, 0, -3, 2, 0)]
    notes = [SungSyllable(i * 0.36, (i + 1) * 0.36, p, 0.8, w) for i, (w, p) in enumerate(zip(words, pitches, strict=True))]
    sound = sing_line(load(voice), notes, Manner(), "test")[::2].astype(np.float64)
    found, times = pyworld.harvest(sound, VOICE_RATE // 2, f0_floor=75, f0_ceil=500, frame_period=5)
    for note in notes:
        inside = (times > LEAD + note.start + 0.1) & (times < LEAD + note.end - 0.13) & (found > 0)
        cents = 1200 * np.log2(found[inside] / (440 * 2 ** ((note.pitch - 69) / 12)))
        assert abs(np.median(cents)) <= 15, note


def test_vowels_begin_on_their_notes_and_consonants_before() -> None:
    voice, notes = load(VOICE), a_line()
    phones = voice.joined([(p, i) for i, n in enumerate(notes) for p in n.phones])
    _, places = join(voice, ["#", *(p for p, _ in phones), "#"])
    seconds, frames = spread_frames(voice, places, notes, [n for _, n in phones])
    assert seconds == sorted(seconds)
    assert frames == sorted(frames)
    for note, vowel in zip(notes, [p for p in places if voice.inventory.is_vowel(p.phone)], strict=False):
        assert abs(float(np.interp(vowel.start, frames, seconds)) - note.start) < FRAME_STEP / 2 or vowel.phone == "y"


def test_a_line_neither_clicks_nor_clips_and_reaches_into_the_high_octave() -> None:
    sound = sung()
    assert np.abs(sound).max() < 4
    assert np.abs(sound[: int(0.1 * VOICE_RATE)]).max() < 1e-4
    assert np.abs(sound[-200:]).max() < 1e-4
    level = np.sqrt((sound[: len(sound) // 441 * 441].reshape(-1, 441) ** 2).mean(axis=1))
    start, end = int(LEAD * 100), int((LEAD + 3.9) * 100)
    assert (level[start:end] < level.max() * 0.003).mean() < 0.08
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / VOICE_RATE)
    assert spectrum[(hz > 12_500) & (hz < 15_000)].sum() > 1e-6 * spectrum.sum()


def test_hostile_lyrics_are_sung_to_the_end_and_never_refused() -> None:
    score = cut_to_first_word(compose(a_song(HOSTILE)))
    track = sing_score(score, lambda share: None)
    assert np.isfinite(track).all()
    assert np.abs(track).max() > 0.05
    for lyrics in ("", "🎉", "!!!", "x" * 5000, "la " * 3000, "日本語のうた\n" * 40, "'\n’\n-\n1e999 ∞ ½ ² ①"):
        assert list(breath_lines(compose(a_song(lyrics)), load(VOICE).inventory)) is not None


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


def test_the_studio_tells_once_what_it_hummed() -> None:
    score = cut_to_first_word(compose(a_song("ありがとう dear ありがとう\nСпасибо for all 🎉")))
    told = [line.text for line in timed_lines(score) if line.level == "hummed"]
    assert told == ["ありがとう", "Спасибо"]
    assert {line.text for line in timed_lines(score) if line.level == "word"} >= {*told, "dear"}
    assert compose(a_song("ありがとう", "nl")).hummed == [], "there nobody sings"


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


@pytest.mark.parametrize("name", names())
def test_no_voice_has_a_hole_below_the_octave_that_is_copied(name: str) -> None:
    voice = load(name)
    line = [replace(n, pitch=n.pitch - (0 if name.endswith("-female") else 12)) for n in a_line()]
    if not name.startswith("en"):
        line = [replace(n, phones=("s", "a")) for n in line]
    spectrum = np.abs(np.fft.rfft(sing_line(voice, line, Manner(), "test"))) ** 2
    hz = np.fft.rfftfreq(2 * len(spectrum) - 2, 1 / VOICE_RATE)
    levels = [10 * np.log10(spectrum[(hz > at) & (hz < at + 500)].mean()) for at in range(8500, 12_000, 500)]
    assert max(a - b for a, b in itertools.pairwise(levels)) < 14, levels


def test_a_breath_is_soft_and_only_where_there_is_time_for_it() -> None:
    sound, at = breath_before(10.0, 1.0, sung(), Manner())
    assert 9.4 < at < at + len(sound) / VOICE_RATE < 10
    assert np.abs(sound).max() < 0.2 * np.abs(sung()).max()
    assert len(breath_before(10.0, 0.15, sung(), Manner())[0]) == 0
    near, _ = breath_before(10.0, 1.0, sung(), Manner(breath=0.1))
    assert np.abs(near).max() > 1.3 * np.abs(sound).max()


def test_variations_have_other_singers_where_nobody_was_asked_for() -> None:
    voices = [voice_for("en", "", v) for v in (1, 2, 3)]
    assert set(voices) == {"en-female", "en-male"}
    assert voice_for("en-GB", "female", 2) == VOICE
    assert voice_for("xx", "female", 1) == ""
