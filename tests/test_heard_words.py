"""Words heard against words approved, and what a transcription API may answer. Nothing here needs a store."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from integrations import transcription
from integrations.transcription import Recogniser, TranscriptionError
from jobs.generation.heard_words import HeardWords, compare, is_mumbled, name_in, spoken_words
from jobs.generation.sound_check import SoundCheck, fault_of, sound_check_of
from tests.support.fakes.recogniser import FakeRecogniser
from ui.components.sound_check import checked_sentence

LYRICS = """[Verse 1]
Mia, we missed the train at 11
And walked home singing: 25 years 💛
[Chorus]
Oh Mía, it's a café au lait, l'été — don't stop
"""
SUNG = "Mia we missed the train at eleven and walked home singing twenty five years oh Mia its a cafe au lait l'ete dont stop"


@pytest.mark.parametrize("text", [SUNG, SUNG.upper(), LYRICS, SUNG.replace("eleven", "11"), SUNG.replace("twenty five", "25")])
def test_case_accents_signs_emoji_and_numbers_are_no_difference(text: str) -> None:
    found = compare(LYRICS, text, "Mia")
    assert (found.words, found.right, found.name) == (1.0, 1.0, "heard")


@pytest.mark.parametrize(
    ("language", "lyrics", "text"),
    [
        ("es", "Mía, cumples 21 años", "mia cumples veintiuno anos"),
        ("ru", "Мия, ты моя звезда ёлка", "мия ты моя звезда елка"),
        ("el", "Μία, σ' αγαπώ πολύ", "μια σ αγαπω πολυ"),
        ("ar", "مِيَا أُحِبُّكِ كَثِيرًا", "ميا أحبك كثيرا"),
        ("hi", "मिया तुम मेरी जान हो", "मिया तुम मेरी जान हो"),
        ("zh", "美亚，生日快乐！", "美亚 生日快乐"),
        ("ja", "ミアちゃん、おめでとう", "ミアちゃんおめでとう"),
        ("ko", "미아야 생일 축하해", "미아야 생일 축하해"),
        ("th", "มีอาสุขสันต์วันเกิด", "มีอา สุขสันต์ วันเกิด"),
        ("de", "Mia wird 40 Jahre alt", "mia wird vierzig jahre alt"),  # a number that we cannot say is not counted
    ],
)
def test_every_script_is_compared(language: str, lyrics: str, text: str) -> None:
    assert compare(lyrics, text, "", language=language).words == 1.0


def test_a_number_is_compared_as_it_is_said() -> None:
    assert spoken_words("Você faz 21 anos", "pt-BR") == ["voce", "faz", "vinte", "e", "um", "anos"]


def test_order_counts_and_a_repeated_word_counts_once() -> None:
    assert compare("one two three four", "four three two one").words == 0.25
    assert compare("oh oh oh Mia", "oh Mia").words == 0.5
    assert compare("their love", "there love").words == 1.0, "what sounds the same is the same"


@pytest.mark.parametrize(
    ("name", "said", "text", "found"),
    [
        ("Mia", "", "oh mia", "heard"),
        ("Mia", "", "oh Maya", "heard"),
        ("Mia", "", "oh my", "missed"),
        ("Siobhan", "Shi-VAWN", "oh Chevonne", "heard"),
        ("Siobhan", "Shi-VAWN", "oh she von", "heard"),
        ("Siân", "Sharn", "oh Sharn", "heard"),
        ("Joaquín", "wah-keen", "oh Joaquin", "heard"),
        ("Joaquín", "wah-keen", "oh walking", "missed"),
        ("Anna and Ben", "", "Hannah is here", "missed"),
        ("Anna and Ben", "", "Hannah and Ben", "heard"),
        ("Katherine", "", "oh Catherine", "heard"),
        ("Мия", "", "мия", "heard"),
        ("Мия", "", "майя", "unknown"),  # another alphabet tells no sound here
        ("Zoë", "", "oh joy", "missed"),
    ],
)
def test_a_name_is_heard_as_it_is_written_or_as_it_sounds(name: str, said: str, text: str, found: str) -> None:
    assert name_in(spoken_words(text), f"Oh {name} my love, she is on my mind", name, said) == found


def test_a_name_that_the_lyrics_do_not_sing_is_not_missed() -> None:
    assert compare("Happy birthday to you", "happy birthday to you", "Mia").name == "unknown"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "🎵 🎵 🎵", "[Music]", "Мы опоздали на поезд и шли домой", "thank you for watching " * 40],
    ids=["nothing", "blank", "notes", "a tag", "another script", "one sentence again and again"],
)
def test_a_recogniser_that_understood_nothing_says_nothing_about_the_song(text: str) -> None:
    found = compare(LYRICS, text, "Mia")
    assert (found.words, found.name, is_mumbled(found)) == (None, "unknown", False)


@pytest.mark.parametrize(
    ("heard", "mumbled"),
    [
        (HeardWords(0.12, 0.2, 120, "missed"), True),
        (HeardWords(0.12, 0.2, 11, "missed"), False),  # it heard next to nothing
        (HeardWords(0.2, 0.9, 60, "heard"), False),  # a song that left verses out, clearly sung
        (HeardWords(0.6, 0.3, 200, "missed"), False),
        (HeardWords(0.03, 0.37, 24, "missed"), True),
        (HeardWords(0.12, 0.2, 120, "missed", spaced=False), False),  # spelled in one of many ways
        (HeardWords(None, 0.0, 300, "unknown"), False),
    ],
)
def test_only_what_is_wrong_beyond_doubt_is_mumbled(heard: HeardWords, mumbled: bool) -> None:
    assert is_mumbled(heard) is mumbled


def test_words_without_end_are_compared_in_a_moment() -> None:
    found = compare("la " * 100_000, "la le " * 100_000, "Mia")
    assert found.words is None or 0 <= found.words <= 1


@pytest.mark.parametrize(
    ("measured", "fault"),
    [
        ({}, None),
        ({"gap_seconds": 3.0, "clipped": 500, "seconds": 90.0}, None),  # a pause, and a loud master
        ({"gap_seconds": 8.5, "clipped": 0, "seconds": 90.0}, "silence"),
        ({"gap_seconds": 0.0, "clipped": 4000, "seconds": 90.0}, "clipping"),
        ({"gap_seconds": 0.0, "clipped": 4000, "seconds": 240.0}, None),
    ],
)
def test_a_fault_is_a_hole_or_a_sound_that_is_all_distorted(measured: dict[str, float], fault: str | None) -> None:
    assert fault_of(measured) == fault


def test_a_version_that_was_not_measured_has_no_sound_check() -> None:
    assert sound_check_of(SimpleNamespace(checks={}, duration_ms=90_000, loudness_lufs=None)) is None


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (None, None),
        (SoundCheck(), None),
        (SoundCheck(seconds=96.4), "Checked: 1:36 long."),
        (
            SoundCheck(96.4, silence=0.1, clipped=0, lufs=-16.1, words=1.0, name="heard"),
            "Checked: 1:36 long, as loud as the others, no silent gap, no distortion, every word heard, and the name heard.",
        ),
        (
            SoundCheck(96.4, silence=4.0, clipped=50, lufs=-19.0, words=0.9, name="missed"),
            "Checked: 1:36 long and the words are clear.",
        ),
        (
            SoundCheck(96.4, silence=0.1, clipped=0, words=0.5, name="unknown"),
            "Checked: 1:36 long, no silent gap, and no distortion.",
        ),
    ],
)
def test_a_customer_is_told_what_was_measured_and_is_good(check: SoundCheck | None, sentence: str | None) -> None:
    assert checked_sentence(check) == sentence


def hear(answer: Any, status: int = 200, **limits: Any) -> str:
    with FakeRecogniser(lambda _: (status, answer)) as fake:
        return Recogniser(fake.url, "key", "ears-1").hear(b"ID3 a song", "en-GB", **limits)


def test_it_sends_the_sound_the_model_and_the_language_and_nothing_else() -> None:
    with FakeRecogniser(lambda _: (200, "oh Mia")) as fake:
        assert Recogniser(fake.url, "key", "ears-1").hear(b"ID3\r\n--\0", "en-GB") == "oh Mia"
        Recogniser(fake.url, "", "ears-1").hear(b"ID3", "fil")  # no language of two letters
    asked = {"model": "ears-1", "response_format": "json", "language": "en", "bytes": "8", "key": "Bearer key"}
    plain = {"model": "ears-1", "response_format": "json", "bytes": "3", "key": "Bearer none"}
    assert (fake.asked, fake.paths) == ([asked, plain], ["/v1/audio/transcriptions"] * 2)


def test_a_text_without_end_is_cut_and_an_empty_one_is_an_answer() -> None:
    assert len(hear({"text": "la " * 50_000})) == transcription.MOST_HEARD
    assert hear({"text": ""}) == ""


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ({"text": None}, 200, "no_text"),
        ({"text": ["oh", "Mia"]}, 200, "no_text"),
        ({"text": {"text": "x"}}, 200, "no_text"),
        ({}, 200, "no_text"),
        (["text"], 200, "provider_bug"),
        (b"oh Mia", 200, "provider_bug"),
        (b"", 200, "provider_bug"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 200, "provider_bug"),
        (b'{"text": "' + b"a" * 2_000_000 + b'"}', 200, "transient"),  # more than any song
        ({"error": {"message": "wrong key"}}, 401, "auth"),
        ({"error": {"message": "insufficient_quota"}}, 429, "out_of_credit"),
        ({"error": "slow down"}, 429, "rate_limited"),
        ({"error": "no such model"}, 404, "not_found"),
        ({"error": "unsupported"}, 400, "bad_request"),
        (b"<html>bad gateway</html>", 502, "transient"),
        (b"", 302, "provider_bug"),
    ],
)
def test_every_refusal_and_every_hostile_answer_is_an_error_with_a_name(answer: Any, status: int, reason: str) -> None:
    with pytest.raises(TranscriptionError) as caught:
        hear(answer, status)
    assert caught.value.reason == reason
    assert "Mia" not in str(caught.value), "no word of an answer reaches a log"


def test_a_server_that_is_not_there_is_asked_again_later_and_a_file_that_is_too_large_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transcription, "MOST_SENT", 3)
    for song, reason, may_pass in ((b"ID3", "transient", True), (b"ID3.", "too_large", False)):
        with pytest.raises(TranscriptionError) as caught:
            Recogniser("http://127.0.0.1:9/v1", "", "ears-1").hear(song)
        assert (caught.value.reason, caught.value.may_pass) == (reason, may_pass)


def test_a_server_that_is_too_slow_is_an_error() -> None:
    with FakeRecogniser(lambda _: (200, "oh Mia")) as fake:
        fake.slow = 0.3
        with pytest.raises(TranscriptionError):
            Recogniser(fake.url, "", "ears-1").hear(b"ID3", seconds=0.05)
