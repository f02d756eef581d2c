"""A translator's mistake is named with its file and its key, and a language that is complete is sung."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from integrations.writer import Brief, phrases
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.grammar.english_words import ENGLISH_WORDS as ENGLISH_WORDS
from integrations.writer.grammar.spanish import w as SPANISH_WORDS
from integrations.writer.phrases import PHRASES_FOLDER, WRITTEN_LANGUAGES, PromptWords, Verses, Words
from jobs.forms.song_languages import song_languages

Told = dict[str, Any]
ENGLISH: Told = tomllib.loads((PHRASES_FOLDER / "en.toml").read_text())
SPANISH: Told = tomllib.loads((PHRASES_FOLDER / "es.toml").read_text())
KINDS = set(ENGLISH["verses"]["relations"]) - {"formal", "memorial"}
TONES = {"loving", "friendly-fun", "formal", "warm"}
FORMS: dict[type, str] = {str: "text", list: "list", dict: "table"}
TOPICS = set(ENGLISH["rhymes"]["ay"]) - TONES - {"regret", "longing"}
PLACES = {"relations": {"{name}", "{my}"}, "closings": {"{name}", "{sender}"}}  # elsewhere in verses: only {name}


# ---------------------------------------------------------------- what a file must look like


def mistakes(file: str, content: Told) -> list[str]:
    """What is wrong in a language's phrases, each with file and key; `fr.toml: verses.titles.birthday is missing`."""
    wrong = [*_keys("", content, ENGLISH), *_empty("", content)] or [*_forms(content)]
    parts = (_words, _verses, _rhymes, _prompt)
    return [f"{file}: {one}" for one in wrong or [one for part in parts for one in part(content)]]


def _keys(at: str, content: Told, wanted: Collection[str], also: Collection[str] = ()) -> Iterator[str]:
    yield from (f"{at}{key} is missing" for key in sorted(set(wanted) - set(content)))
    yield from (f"{at}{key} is not known" for key in sorted(set(content) - set(wanted) - set(also)))


def _empty(at: str, content: Any) -> Iterator[str]:
    """Everything is a text, or a list or a table of such; nothing is empty."""
    if isinstance(content, dict | list) and content:
        for key, inner in content.items() if isinstance(content, dict) else enumerate(content, 1):
            yield from _empty(f"{at}.{key}".strip("."), inner)
    elif not isinstance(content, str | dict | list):
        yield f"{at} is no text"
    elif not content or (isinstance(content, str) and not content.strip()):
        yield f"{at} is empty"


def _places(at: str, text: str, allowed: Collection[str], wanted: Collection[str] = ()) -> Iterator[str]:
    found = set(re.findall(r"\{[^{}]*\}|[{}]", text))
    yield from (f"{at} has {place}, which nothing fills" for place in sorted(found - set(allowed)))
    yield from (f"{at} lacks {place}" for place in sorted(set(wanted) - found))


def _forms(content: Told) -> Iterator[str]:
    """A text where a list belongs, and the like: what could not even be read further."""
    words = content["words"]
    yield from _keys("words.", words, [field.name for field in fields(Words)])
    for key, value in words.items():
        if type(value) is not type(like := ENGLISH["words"].get(key, value)):
            yield f"words.{key} should be a {FORMS[type(like)]}"
    tables = {
        f"{part}.{name}": table
        for part in ("verses", "rhymes", "memorial_rhymes", "prompt")
        for name, table in content[part].items()
    }
    for at, table in tables.items():
        if not isinstance(table, dict):
            yield f"{at} should be a table"
        elif wrong := [key for key, text in table.items() if not isinstance(text, str)]:
            yield f"{at}.{wrong[0]} should be a text"


def _words(content: Told) -> Iterator[str]:
    words = content["words"]
    yield from _places("words.my", words["my"], {"{relation}"}, {"{relation}"})
    yield from _keys("words.addresses.", words["addresses"], {"other"}, KINDS)
    yield from _keys("words.relations.", words["relations"], (), KINDS)
    for kind, genders in words["relations"].items():
        yield from _keys(f"words.relations.{kind}.", genders, (), {"f", "m", "either"})
    for at, ways in enumerate(words["openings"], 1):
        if not isinstance(ways, list) or len(ways) < 2:
            yield f"words.openings.{at} needs two ways to say the same"


def _verses(content: Told) -> Iterator[str]:
    names = [field.name for field in fields(Verses)]
    yield from _keys("verses.", content["verses"], names)
    for name in names:
        table, english = content["verses"].get(name, {}), ENGLISH["verses"][name]
        needed = {key for key in english if not key.endswith(" memorial")}
        yield from _keys(f"verses.{name}.", table, needed, {f"{key} memorial" for key in needed})
        for key, text in table.items():
            yield from _places(f"verses.{name}.{key}", text, PLACES.get(name, {"{name}"}))
            if any(line != line.strip() for line in text.split("\n")):
                yield f"verses.{name}.{key} has a line that begins or ends with a space"


def _rhymes(content: Told) -> Iterator[str]:
    for name, tones, also in (("rhymes", TONES, {"regret", "longing"}), ("memorial_rhymes", {"memorial"}, set())):
        for sound, lines in content[name].items():
            yield from _keys(f"{name}.{sound}.", lines, TOPICS | tones, also)
            for topic, line in lines.items():
                yield from _places(f"{name}.{sound}.{topic}", line, ())
    if not any("regret" in lines for lines in content["rhymes"].values()):
        yield "rhymes: no sound has a line for regret"


def _prompt(content: Told) -> Iterator[str]:
    yield from _keys("prompt.", content["prompt"], [field.name for field in fields(PromptWords)])
    for name, english in ENGLISH["prompt"].items():
        table = content["prompt"].get(name, {})
        optional = ENGLISH["verses"]["feelings"] if name == "emotions" else ()
        yield from _keys(f"prompt.{name}.", table, () if optional else english, optional)
        for key, text in table.items():
            places = set(re.findall(r"\{\w+\}", english.get(key, ""))) if name == "recipe" else set()
            yield from _places(f"prompt.{name}.{key}", text, places, places)


@pytest.mark.parametrize("path", sorted(PHRASES_FOLDER.glob("*.toml")), ids=lambda path: path.name)
def test_every_language_has_what_the_lyricist_needs(path: Path) -> None:
    wrong = mistakes(path.name, tomllib.loads(path.read_text()))
    assert not wrong, "\n".join(wrong)


SLIPS = {
    "words": (None, "words is missing"),
    "wrods": ({"a": "b"}, "wrods is not known"),
    "words.join": (None, "words.join is missing"),
    "words.join ": ("y", "words.join  is not known"),
    "words.joints": ("y", "words.joints should be a list"),
    "words.addresses": (["Mamá"], "words.addresses should be a table"),
    "words.subjects": ([], "words.subjects is empty"),
    "words.grown_up": (["beso", " "], "words.grown_up.2 is empty"),
    "words.openings": ([["Recuerdo"]], "words.openings.1 needs two ways to say the same"),
    "words.my": ("mi {relacion}", "words.my has {relacion}, which nothing fills"),
    "words.addresses.cuñado": ("cuñado", "words.addresses.cuñado is not known"),
    "words.relations.mum.x": (["mamá"], "words.relations.mum.x is not known"),
    "verses.titles.birthday": (None, "verses.titles.birthday is missing"),
    "verses.titles.sorry": ("\n", "verses.titles.sorry is empty"),
    "verses.openers.brithday": ("Baja un poco la luz", "verses.openers.brithday is not known"),
    "verses.choruses.sorry": ("Perdóname, {nombre}", "verses.choruses.sorry has {nombre}, which nothing fills"),
    "verses.choruses.any": ("Para ti, {name", "verses.choruses.any has {, which nothing fills"),
    "verses.fillers.loving": ("De {sender}", "verses.fillers.loving has {sender}, which nothing fills"),
    "verses.bridges.loving": ("Y si\n \ncruzo", "verses.bridges.loving has a line that begins or ends with a space"),
    "rhymes.ar": ("y no hay otra forma de hablar", "rhymes.ar should be a table"),
    "verses.titles.any": (["Una canción"], "verses.titles.any should be a text"),
    "rhymes.ar.message": (None, "rhymes.ar.message is missing"),
    "rhymes.ar.place": ("allí con {name}", "rhymes.ar.place has {name}, which nothing fills"),
    "memorial_rhymes.ar.loving": ("y te vuelvo a abrazar", "memorial_rhymes.ar.loving is not known"),
    "prompt.recipe.who": ("Canción", "prompt.recipe.who lacks {name}"),
    "prompt.themes.sorry": (7, "prompt.themes.sorry is no text"),
    "prompt.festive": (None, "prompt.festive is missing"),
}


@pytest.mark.parametrize("key", SLIPS)
def test_a_slip_is_named_with_file_and_key(key: str) -> None:
    content, (value, named) = copy.deepcopy(SPANISH), SLIPS[key]
    *way, last = key.split(".")
    table = content
    for step in way:
        table = table[step]
    if value is None:
        del table[last]
    else:
        table[last] = value
    assert f"fr.toml: {named}" in mistakes("fr.toml", content)


@pytest.mark.parametrize("words", [ENGLISH_WORDS, SPANISH_WORDS], ids=["en", "es"])
def test_every_word_list_of_a_grammar_holds_words(words: Any) -> None:
    for name, listed in asdict(words).items():
        assert listed, name
        assert all(isinstance(word, str) and word.strip() == word != "" for word in listed), name


# ---------------------------------------------------------------- what a file brings


def test_a_song_is_offered_only_in_a_language_that_is_sung() -> None:
    assert set(song_languages()) <= set(WRITTEN_LANGUAGES)


def test_a_new_file_teaches_a_language_without_a_line_of_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = (PHRASES_FOLDER / "es.toml").read_text().replace("Navidad", "Nadal")
    (tmp_path / "qca.toml").write_text(text)
    monkeypatch.setattr(phrases, "PHRASES_FOLDER", tmp_path)
    monkeypatch.setattr(phrases, "WRITTEN_LANGUAGES", ("qca",))
    brief = Brief(
        recipient_name="Rosa", relationship="abuela", theme="merry-christmas", qualities="fuerte, divertida",
        favorite_memory="bailar a la plaça", sender_name="Lucía", language="qca-ES",
    )  # fmt: skip
    song = Lyricist().write(brief)
    assert "Nadal, Rosa" in song.lyrics
    assert "Fuerte y divertida" in song.lyrics
    assert "Bailar a la plaça" in song.lyrics, "what was written is sung as it stands where no grammar knows better"
    assert "mi abuela" in song.lyrics
    assert song.prompt.startswith("Canción para Rosa")
