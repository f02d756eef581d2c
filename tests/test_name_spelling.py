"""How a name is said reaches every singer, and nobody ever reads it."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest

from integrations.music import SongRequest, TimedLine
from integrations.music.studio.words import read_lyrics, spellings
from integrations.music.timed_names import shown_lines
from integrations.name_spelling import shown_text, sung_text
from integrations.writer import Brief
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.chat_writer import UnusableAnswerError, _checked, _draft
from integrations.writer.forbidden_words import Never
from provider_settings import read_vendors
from tests.support.fakes.chat import GOOD
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override

ADAPTERS = {
    "musicgpt": ("musicgpt", "MusicGPT"),
    "suno": ("suno", "Suno"),
    "mureka": ("mureka", "Mureka"),
    "acestep": ("acestep", "AceStep"),
    "elevenlabs": ("elevenlabs", "ElevenLabs"),
}


@pytest.mark.parametrize("name", ADAPTERS)
def test_what_a_vendor_is_given_to_sing_says_the_name_as_it_is_said(name: str, override_settings: Override) -> None:
    request = SongRequest(
        "task_x-1", "For Siân", "[Verse 1]\nSiân, it is Siân's day\nand Siânna's too", "pop", "A song for Siân", 1,
        recipient_name="Siân", pronunciation="Sharn",
    )  # fmt: skip
    module_name, class_name = ADAPTERS[name]
    with FakeVendor(name) as fake:
        override_settings(vendors=read_vendors(fake.environment(), (), []), allow_private_hosts=True)
        getattr(importlib.import_module(f"integrations.music.{module_name}"), class_name)().submit(request)
        sent = json.dumps(next(iter(fake.tasks.values())).body, ensure_ascii=False)
    assert "Sharn, it is Sharn's day" in sent
    assert "Siânna's too" in sent, "another name"
    assert ("For Siân" in sent) == (name in ("musicgpt", "suno")), "a title is read, not sung"


SUNG = [
    ("Siân", "Sharn", "en", "SIÂN! oh siân", "SHARN! oh sharn"),
    ("Siân", "sharn", "en", "Sia\u0302n, for Siân", "Sharn, for Sharn"),  # the accent as a character of its own
    ("Siân", "shi-ARN", "en", "Dear Siân", "Dear Shi-arn"),  # vendors spell capitals out
    ("Siân", "Sharn", "en", "Siân’s and Siân'll", "Sharn’s and Sharn'll"),
    ("Siân", "Sharn", "en", "[Siân]\nAnn-Siân, O'Siân, Siân-Lee, Siânna", "[Siân]\nAnn-Siân, O'Siân, Siân-Lee, Siânna"),
    ("Anne", "Ahn", "fr", "la fête d'Anne", "la fête d'Ahn"),
    ("Siân", "Sharn", "de", "Siâns Lied", "Sharns Lied"),
    ("Siân", "Sharn", "en", "Siâns", "Siâns"),
    ("Will", "Weel", "en", "I will love you, Will", "I will love you, Weel"),
    ("Siân and Joe", "Sharn and Joe", "en", "Siân and Joe, and Joe's", "Sharn and Joe, and Joe's"),
    ("Joe & Siân", "Sharn", "en", "Joe and Siân", "Joe and Sharn"),  # said of the one that it is like
    ("Joaquín y José", "wah-KEEN", "es", "José y Joaquín", "José y Wah-keen"),
    ("Mary Ann", "Mairi-Ahn", "en", "Mary, Mary Ann", "Mairi, Mairi Ahn"),
    ("Ana Sofía", "Ah-nah So fee ah", "es", "Ana Sofía, Ana", "Ah-nah So Fee Ah, Ana"),
    ("Xochitl", "So chee", "es", "Xochitl", "So-chee"),
    ("結衣", "Yui", "ja", "結衣へ", "Yuiへ"),
    ("Siân", "Sharn (rhymes with barn)", "en", "Siân", "Sharn"),
    ("Siân", "it rhymes with barn", "en", "Siân", "Siân"),  # an explanation would be sung as it stands
    ("Siân", "/ʃɑːn/", "en", "Siân", "Siân"),
    ("Siân", "Sha" + "a" * 60 + "rn", "en", "Siân", "Siân"),
    ("Siân", "", "en", "Siân", "Siân"),
    ("", "Sharn", "en", "you", "you"),
]


@pytest.mark.parametrize(("name", "said", "language", "written", "sung"), SUNG)
def test_the_name_is_found_as_a_word_of_its_own_in_every_form(
    name: str, said: str, language: str, written: str, sung: str
) -> None:
    assert sung_text(written, name, said, language) == sung


def words(*texts: str) -> list[TimedLine]:
    return [TimedLine(n * 100, n * 100 + 90, text, "word") for n, text in enumerate(texts)]


SHOWN = [
    ("Siân", "Sharn", "Siân, it is Siân's day", words("Sharn,", "it", "is", "Sharn's", "day"), "Siân, it is Siân's day"),
    ("Joaquín", "Wah-keen", "Oh Joaquín, Joaquín", words("Oh", "Wah-", "keen,", "Wah-keen"), "Oh Joaquín, Joaquín"),
    ("Ana Sofía", "Ah-nah So fee ah", "Oh Ana Sofía!", words("Oh", "Ah-nah", "So", "Fee", "Ah!"), "Oh Ana Sofía!"),
    ("Xi", "she", "she and Xi sing to Xi", words("she", "and", "she", "sing", "to", "she"), "she and Xi sing to Xi"),
    ("Siân", "Sharn", "Dear Siân", [TimedLine(0, 1, "Dear Sharn"), TimedLine(1, 2, "Sharn, Sharn")], "Dear Siân Siân, Siân"),
    ("Xi", "she", "Xi, she sings", words("Xi,", "she", "sings"), "Xi, she sings"),  # from our own studio
    ("Siân", "", "Dear Sharn", words("Dear", "Sharn"), "Dear Sharn"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "lyrics", "came", "shown"), SHOWN)
def test_words_that_come_back_as_they_were_sung_are_read_with_the_name(
    name: str, said: str, lyrics: str, came: list[TimedLine], shown: str
) -> None:
    lines = shown_lines(came, lyrics, name, said, "en")
    assert " ".join(line.text.strip() for line in lines) == shown
    assert (lines[0].start_ms, lines[-1].end_ms) == (came[0].start_ms, came[-1].end_ms), "no time is lost"


def test_a_model_that_wrote_the_sound_is_taken_and_the_name_is_read() -> None:
    brief = Brief(recipient_name="Siân", pronunciation="Sharn", story_summary="we missed the train")
    answer = {**GOOD, "title": "Sharn's Train", "lyrics": str(GOOD["lyrics"]).replace("Mia", "Sharn")}
    written = _checked(json.dumps(answer), brief, Lyricist().write(brief))
    assert "Sharn" not in written.lyrics
    assert written.lyrics.count("Siân") == 11
    assert written.title == "Siân's Train"
    assert "Sharn" not in "".join(_draft(json.dumps(answer), brief, Never(brief.never_mention))), "nor while it is written"
    with pytest.raises(UnusableAnswerError, match="name is not sung"):
        _checked(json.dumps(GOOD), brief, Lyricist().write(brief))


def test_a_sound_that_is_a_word_is_no_name_to_whoever_reads() -> None:
    assert shown_text("she sings", "Xi", "she") == "she sings"


def test_our_own_studio_says_it_too_but_not_where_the_name_is_a_verb() -> None:
    said: Any = spellings("Will", "Weel")
    text = read_lyrics("I will love you, Will", "en", said)
    phones = {s.word: s.phones for stanza in text.stanzas for phrase in stanza.phrases for s in phrase if "ill" in s.text}
    assert len(set(phones.values())) == 2
    assert spellings("Siân", "it rhymes with barn") == {}
