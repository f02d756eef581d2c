"""What the built-in lyricist promises to somebody who tells a story."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import fields, replace

import pytest

from integrations.writer import Brief
from integrations.writer.grammar import Person
from integrations.writer.phrases import phrases_for
from tests.support.stories import ANNA, CAST, FAMILY, MIA, ROSA, TAGS, TOM, everything, sung, write


@pytest.mark.parametrize("who", CAST)
def test_every_song_has_its_six_sections_and_fits_into_one_song(who: str) -> None:
    writing = write(CAST[who])
    assert re.findall(r"^\[(.*)\]$", writing.lyrics, re.M) == TAGS
    assert 24 <= len(sung(writing)) <= 44
    assert len(writing.lyrics) <= 3000
    assert 0 < len(writing.prompt) <= 280
    assert writing.title
    assert "…" not in everything(writing)
    assert "None" not in everything(writing)
    assert "{" not in writing.title + writing.music_style or who == "hostile"


@pytest.mark.parametrize("who", CAST)
def test_every_line_knows_which_field_it_came_from(who: str) -> None:
    writing = write(CAST[who])
    lines = writing.lyrics.split("\n")
    assert len(lines) == len(writing.sources)
    assert set(writing.sources) - {""} <= {f.name for f in fields(Brief)}
    assert all(not source for line, source in zip(lines, writing.sources, strict=True) if not line or line.startswith("["))


def test_the_same_brief_gives_the_same_song_in_every_process() -> None:
    code = "from integrations.writer import built_in_lyricist as l; print(l.Lyricist().write(l.Brief('Mia', theme='sorry')))"
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1


def test_a_song_takes_no_longer_than_twenty_milliseconds() -> None:
    write(MIA)
    started = time.process_time()
    for _ in range(10):
        write(MIA)
    assert (time.process_time() - started) / 10 <= 0.020


WRITTEN = {
    "recipient_name": "Mia", "pronunciation": "MEE-ah", "nicknames": "Mimi and Bug", "relationship": "my daughter",
    "theme": "birthday", "emotions": "so proud", "overall_message": "my little sunshine", "story_summary": "rainy Tuesday",
    "qualities": "kind, funny and stubborn", "characteristics": "laugh at your own jokes",
    "grateful_for": "your hugs every morning",
    "activities_together": "Baking pancakes on Sundays", "favorite_memory": "you lost your shoe at Coldplay",
    "location_details": "Willow Lake", "short_phrase": "You are my favourite person", "vibe": "Loving", "style": "Storytelling",
    "voice_type": "male voice", "must_include": "To the moon and back", "sender_name": "Dad",
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_everything_the_customer_wrote_reaches_the_song(name: str) -> None:
    assert WRITTEN[name].lower() in everything(write(MIA)).lower()
    without = replace(MIA, **{name: type(getattr(MIA, name))()})
    if name not in ("relationship", "recipient_name"):
        assert WRITTEN[name].lower() not in everything(write(without)).lower()


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({"child_friendly": True}, "clap your hands|touch the sky"),
        ({"faith_based": True}, "prayer|the Lord"),
        ({"festive_lyrics_level": "christmas-magic"}, "Santa"),
        ({"festive_lyrics_level": "lightly-festive"}, "twinkling"),
        ({"festive_lyrics_level": "winter-wonderland"}, "snow|winter"),
        ({"festive_sound_level": "festive"}, "Sleigh Bells"),
        ({"language": "es"}, "velas"),
        ({"emotions": ("hope",)}, "candle cupped"),
        ({"style": "bossa-nova"}, "Bossa Nova"),
        ({"vibe": "formal"}, "Elegant"),
    ],
)
def test_every_wish_is_heard(change: dict[str, object], heard: str) -> None:
    assert re.search(heard, everything(write(replace(MIA, **change))))  # type: ignore[arg-type]


def test_facts_are_sung_to_the_recipient_and_not_about_them() -> None:
    lyrics = write(MIA).lyrics
    assert "You always laugh at your own jokes" in lyrics
    assert "You came into our lives on a rainy Tuesday" in lyrics
    assert not re.search(r"\b(she|her)\b", lyrics, re.I)


@pytest.mark.parametrize(
    ("phrase", "line"),
    [
        ("he always leaves his keys in the fridge", "you always leave your keys in the fridge"),
        ("he's been there for me", "you've been there for me"),
        ("Leo's always late", "you're always late"),
        ("he tries to cook but burns everything", "you try to cook but burn everything"),
        ("we took him to Paris", "we took you to Paris"),
        ("when Leo smiles", "when you smile"),
        ("always forgets his coat", "you always forget your coat"),
        ("movie nights by the fire", "movie nights by the fire"),
        ("he lent me his car, always picks up the phone", "you lent me your car, always pick up the phone"),
        ("her friends adore her", "her friends adore her"),
    ],
)
def test_a_phrase_turns_to_the_second_person_only_where_that_is_safe(phrase: str, line: str) -> None:
    person = Person(("Leo",), "brother", "sibling", "m", False)
    assert phrases_for("en").grammar.turn(phrase, person).lower() == line.lower()


@pytest.mark.parametrize(
    ("phrase", "line"),
    [
        ("ella siempre se ríe de sus propios chistes", "siempre te ríes de tus propios chistes"),
        ("me enseñó a nadar", "me enseñaste a nadar"),
        ("crió a cinco hijos", "criaste a cinco hijos"),
        ("los domingos con ella", "los domingos contigo"),
        ("siempre alegre", "siempre alegre"),
    ],
)
def test_spanish_turns_too(phrase: str, line: str) -> None:
    assert phrases_for("es").grammar.turn(phrase, Person(("Rosa",), "abuela", "grandparent", "f", False)) == line


@pytest.mark.parametrize("who", FAMILY)
def test_the_name_is_sung_often_enough_and_not_too_often(who: str) -> None:
    assert 4 <= len(re.findall(rf"\b{CAST[who].recipient_name}\b", write(CAST[who]).lyrics)) <= 8


def test_must_include_lines_stand_verbatim_as_lines_of_their_own() -> None:
    wishes = ["I'd cross the Atlantic in a bathtub", "Happy 40th, you legend!"]
    lines = sung(write(replace(MIA, must_include="\n".join(wishes))))
    assert all(wish in lines for wish in wishes)


@pytest.mark.parametrize("word", ["Coldplay", "kind", "love", "you", "candles", "Mia", "piano", "light", "sunshine", "the"])
def test_what_must_never_be_mentioned_appears_nowhere(word: str) -> None:
    writing = write(replace(MIA, never_mention=f"divorce, {word.upper()}"))
    words = "\n".join([*sung(writing), writing.title, writing.prompt, writing.music_style])
    assert not re.search(rf"\b{word}\b", words, re.I)


def test_only_somebody_who_is_gone_is_put_into_the_past() -> None:
    past = re.compile(r"\byou (were|had|used|gave|did|loved|taught)\b|\bwas you\b|\b(fuiste|eras|tuviste|diste)\b", re.I)
    for language in ("en", "es"):
        known = phrases_for(language)
        for table in (getattr(known.verses, field.name) for field in fields(known.verses)):
            for key, blocks in table.items():
                if "memorial" not in key and key != "in-memory":
                    assert not past.search("\n".join(line for block in blocks for line in block)), key
        assert not past.search(str(known.rhymes))


def test_a_colleague_is_thanked_without_kisses() -> None:
    assert not re.search(r"\b(love|loved|kiss|darling|heart)\b", write(TOM).lyrics, re.I)


def test_spanish_is_spanish_from_title_to_prompt() -> None:
    writing = write(ROSA)
    assert "Siempre te ríes de tus propios chistes" in writing.lyrics
    assert "Recuerdo el día que nos enseñaste a bailar" in writing.lyrics
    assert writing.prompt.startswith("Canción para Rosa")
    assert not re.search(r"\b(the|and|you|with)\b", writing.lyrics + writing.prompt)


def test_an_apology_does_not_call_its_own_story_fine() -> None:
    lines = sung(write(replace(ANNA, theme="sorry", story_summary="I forgot your birthday")))
    answer = lines[lines.index("I forgot your birthday,") + 1]
    assert re.search("sorry|make it right|start anew|need you to know|heavy on my heart", answer)
