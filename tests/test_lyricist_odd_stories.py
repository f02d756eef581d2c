"""The built-in lyricist with stories that are empty, endless, hostile or in a language that nobody has added."""

from __future__ import annotations

import random
import re
from dataclasses import fields, replace

import pytest

from integrations.writer import Brief
from integrations.writer.phrases import phrases_for
from tests.support.stories import ANNA, HOSTILE, TAGS, everything, sung, write


def full_brief(words: str, **more: object) -> Brief:
    """Every field as long as the form allows."""
    text = lambda limit: (words * limit)[:limit].strip()  # noqa: E731
    return Brief(
        recipient_name=text(100), pronunciation=text(100), nicknames=(text(50), text(49)), relationship=text(50),
        theme="birthday",
        emotions=("love", "hope"), overall_message=text(300), story_summary=text(500), qualities=text(300),
        characteristics=text(300), grateful_for=text(300), activities_together=text(300), favorite_memory=text(300),
        location_details=text(300), short_phrase=text(200), child_friendly=True, faith_based=True,
        festive_lyrics_level="christmas-magic", festive_sound_level="festive", voice_type="female", style="folk", vibe="loving",
        must_include="\n".join(f"{i} {text(60)}" for i in range(5)), sender_name=text(100), sender_message=text(200),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["de-DE", "", "xx", "../en", "🎉"])
def test_a_language_nobody_has_added_yet_is_written_in_english(language: str) -> None:
    assert write(replace(ANNA, language=language)).lyrics == write(replace(ANNA, language=language)).lyrics
    assert "you" in write(replace(ANNA, language=language)).lyrics


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("theme", sorted(phrases_for("en").prompt.themes))
def test_every_occasion_makes_a_whole_song_from_almost_nothing(theme: str, language: str) -> None:
    for vibe in ("loving", "friendly-fun", "formal"):
        writing = write(replace(ANNA, theme=theme, vibe=vibe, language=language))
        assert len(sung(writing)) >= 24
        assert writing.lyrics.count("Anna") >= 4
        assert max(map(len, sung(writing))) <= 64


@pytest.mark.parametrize(
    "words", ["kind and funny, she sings. ", "aaaaaaaaaa", "una mujer fuerte, ", "she said that we were there when "]
)
def test_every_field_at_its_limit_still_makes_one_song(words: str) -> None:
    for language in ("en", "es"):
        brief = replace(full_brief(words), language=language)
        writing = write(brief)
        assert 24 <= len(sung(writing)) <= 44
        assert len(writing.lyrics) <= 3000
        assert len(writing.prompt) <= 280
        assert sum(line.split(" ")[0] in list("01234") for line in sung(writing)) == 5


def test_customers_cannot_write_section_tags_or_hide_characters() -> None:
    writing = write(HOSTILE)
    assert re.findall(r"\[[^\]]*\]", writing.lyrics) == [f"[{tag}]" for tag in TAGS]
    assert not re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff\u202e🎉]", everything(writing))
    everything(writing).encode()


@pytest.mark.parametrize("name", ["🎉🎉", "محمد", "Zoë", "D'Arcy", "{0}", "Anne-Marie"])
def test_unusual_names_are_sung(name: str) -> None:
    heard = "Mum" if name == "🎉🎉" else name
    assert heard in write(replace(ANNA, recipient_name=name)).lyrics


def test_no_text_whatever_makes_it_stumble() -> None:
    dice = random.Random(7)
    letters = "abc her his she 's , . and y \n[]{}%\\\x00\ud834\u200f🎉é'’-()<>&;:!? you sings ella su se con Mia 1) •"
    for _ in range(60):
        text = "".join(dice.choice(letters) for _ in range(dice.randint(0, 160)))
        brief = Brief(**{f.name: text for f in fields(Brief) if f.type == "str"}, nicknames=(text,), emotions=(text, text))
        writing = write(replace(brief, language=dice.choice(["en", "es", text]), never_mention=dice.choice(["", text])))
        assert len(writing.sources) == len(writing.lyrics.split("\n"))
        everything(writing).encode()
