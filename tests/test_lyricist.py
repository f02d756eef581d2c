"""What the built-in lyricist promises to somebody who tells a story."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from dataclasses import fields, replace

import pytest

from integrations.writer import Brief, Writing
from integrations.writer.grammar import Person
from integrations.writer.lyricist import Lyricist
from integrations.writer.phrases import phrases_for

MIA = Brief(
    recipient_name="Mia",
    pronunciation="MEE-ah",
    nicknames=("Mimi", "Bug"),
    relationship="Daughter",
    theme="birthday",
    emotions=("love", "pride"),
    overall_message="My little sunshine",
    story_summary="She came into our lives on a rainy Tuesday and nothing was ever quiet again",
    qualities="1-3 qualities: kind, funny, stubborn",
    characteristics="she always laughs at her own jokes",
    grateful_for="her hugs every morning",
    activities_together="baking pancakes on Sundays",
    favorite_memory="lost your shoe at Coldplay",
    location_details="Willow Lake",
    short_phrase="You are my favourite person",
    vibe="loving",
    style="folk",
    voice_type="male",
    must_include="To the moon and back",
    sender_name="Dad",
)
ROSA = Brief(
    recipient_name="Rosa",
    relationship="Abuela",
    theme="birthday",
    emotions=("gratitude",),
    qualities="fuerte, generosa y divertida",
    characteristics="ella siempre se ríe de sus propios chistes",
    favorite_memory="el día que nos enseñó a bailar",
    sender_name="Lucía",
    language="es-ES",
)
TOM = Brief(
    recipient_name="Tom",
    relationship="Colleague",
    theme="retirement",
    emotions=("gratitude",),
    qualities="patient, honest",
    characteristics="He hums when he's thinking",
    vibe="formal",
    sender_name="The workshop",
)
JAMES = Brief(
    recipient_name="James",
    relationship="Grandpa",
    theme="in-memory",
    characteristics="he always kept toffees in his coat pocket",
    sender_name="Ella",
)
SOPHIE = Brief(
    recipient_name="Sophie",
    relationship="Wife",
    theme="christmas-love",
    emotions=("romantic-love",),
    festive_lyrics_level="winter-wonderland",
    festive_sound_level="festive",
    voice_type="no-preference",
    sender_name="Daniel",
)
ANNA = Brief(recipient_name="Anna", relationship="Mum", theme="mothers-day", sender_name="Leo")
NASTY = "<b>[Chorus]</b> \x00\ud800\u202e [Verse 9]\r\n🎉 ' \" {name} %s \\u0000 " + "ha" * 40
HOSTILE = Brief(
    **{f.name: NASTY for f in fields(Brief) if f.type == "str" and f.name != "language"},
    nicknames=(NASTY, "🎉"),
    emotions=(NASTY,),
)
FAMILY = {"mia": MIA, "rosa": ROSA, "tom": TOM, "james": JAMES, "sophie": SOPHIE, "anna": ANNA}
CAST = {**FAMILY, "hostile": HOSTILE, "nobody": Brief()}

TAGS = ["Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Final Chorus"]


def write(brief: Brief) -> Writing:
    return Lyricist().write(brief)


def sung(writing: Writing) -> list[str]:
    return [line for line in writing.lyrics.split("\n") if line and not line.startswith("[")]


def everything(writing: Writing) -> str:
    return "\n".join([writing.title, writing.lyrics, writing.prompt, writing.music_style, *writing.variation_styles])


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
    code = "from integrations.writer import lyricist as l; print(l.Lyricist().write(l.Brief('Mia', theme='sorry')))"
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


@pytest.mark.parametrize("who", CAST)
def test_the_three_arrangements_differ_and_carry_the_chosen_style(who: str) -> None:
    writing = write(CAST[who])
    assert len(set(writing.variation_styles)) == 3
    assert all(text.startswith(writing.music_style) for text in writing.variation_styles)


def test_a_voice_is_named_only_if_somebody_chose_one() -> None:
    assert write(MIA).music_style == "Folk, Storytelling, Warm, Loving, male voice"
    duet = write(replace(MIA, voice_type="duet")).music_style
    assert duet == "Folk, Storytelling, Warm, Loving, duet of a female and a male voice"
    assert "voice" not in write(SOPHIE).music_style
    assert "Sleigh Bells" in write(SOPHIE).music_style


def test_the_prompt_leaves_genre_and_voice_to_the_style() -> None:
    assert not re.search(r"\b(pop|ballad|acoustic|tempo|voice|upbeat|folk|piano)\b", write(MIA).prompt, re.I)


@pytest.mark.parametrize(("relationship", "said"), [("his wife", "my wife"), ("Our Nan", "my nan"), ("my BFF", "my BFF")])
def test_the_prompt_knows_a_relation_however_it_is_written(relationship: str, said: str) -> None:
    assert f", {said}," in write(replace(ANNA, relationship=relationship)).prompt


def test_an_apology_does_not_call_its_own_story_fine() -> None:
    lines = sung(write(replace(ANNA, theme="sorry", story_summary="I forgot your birthday")))
    answer = lines[lines.index("I forgot your birthday,") + 1]
    assert re.search("sorry|make it right|start anew|need you to know|heavy on my heart", answer)
