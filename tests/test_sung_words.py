"""How words are sung: every one is sung or hummed, in every language, and bad input is never an error."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from integrations.music.studio.composer import compose
from integrations.music.studio.excerpt import cut_to_first_word
from integrations.music.studio.provider import MAX_LYRICS, MAX_STYLE, Studio
from integrations.music.studio.singing.pitch import Manner
from integrations.music.studio.singing.say import say_word
from integrations.music.studio.singing.singer import LEAD, VOICE_RATE, sing_line
from integrations.music.studio.singing.vocals import breath_lines, sing_score
from integrations.music.studio.singing.voice_bank import load
from integrations.music.studio.spool import Spool
from integrations.music.studio.timed_lines import timed_lines
from tests.support.sung_requests import VOICE, a_song

HOSTILE = (
    """[Verse 1]
Happy birthday ありがとう dear عالم and XÆA-12 O'Brien
1,234.56 € on www.example.com/x?y=1 for MIA
🎉🎉🎉

Supercalifragilisticexpialidocious Brzęczyszczykiewicz zzz hmm ____ -- ' ’’
"""
    + "la" * 100
)


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


def test_hostile_lyrics_are_sung_to_the_end_and_never_refused() -> None:
    score = cut_to_first_word(compose(a_song(HOSTILE)))
    track = sing_score(score, lambda share: None)
    assert np.isfinite(track).all()
    assert np.abs(track).max() > 0.05
    for lyrics in ("", "🎉", "!!!", "x" * 5000, "la " * 3000, "日本語のうた\n" * 40, "'\n’\n-\n1e999 ∞ ½ ² ①"):
        assert list(breath_lines(compose(a_song(lyrics)), load(VOICE).inventory)) is not None


def test_the_studio_tells_once_what_it_hummed() -> None:
    score = cut_to_first_word(compose(a_song("ありがとう dear ありがとう\nСпасибо for all 🎉")))
    told = [line.text for line in timed_lines(score) if line.level == "hummed"]
    assert told == ["ありがとう", "Спасибо"]
    assert {line.text for line in timed_lines(score) if line.level == "word"} >= {*told, "dear"}
    assert compose(a_song("ありがとう", "nl")).hummed == [], "there nobody sings"
