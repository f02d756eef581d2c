"""The phrases that the lyricist sings around a customer's facts: one TOML file for each language, read once per process.

A new file `xx.toml` teaches the lyricist a language (docs/translating.md).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from integrations.writer.grammar import Grammar, grammar_of

PHRASES_FOLDER = Path(__file__).parent
WRITTEN_LANGUAGES = tuple(sorted(path.stem for path in PHRASES_FOLDER.glob("*.toml")))
Verse = tuple[str, ...]
VerseTable = Mapping[str, tuple[Verse, ...]]
Rhymes = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Words:
    """What every part of a song needs to know of its language."""

    my: str  # "my {relation}"
    my_many: str  # the same for several: "mis {relation}"
    possessives: tuple[str, ...]  # "my", "our"
    join: str  # "and"
    joints: tuple[str, ...]  # a long line may break before these, best ones first
    weak_joints: tuple[str, ...]
    subjects: tuple[str, ...]  # words that open a whole sentence, which commas must not tear apart
    intimate: tuple[str, ...]  # words a colleague would not sing
    grown_up: tuple[str, ...]  # words kept from children's songs
    openings: tuple[tuple[str, ...], ...]  # each: ways to begin a line with the same fact
    addresses: Mapping[str, str]  # how to call somebody whose name cannot be sung
    relations: Mapping[str, Mapping[str, tuple[str, ...]]]  # kind -> "f", "m" or "either" -> the customers' words

    def bare(self, relation: str) -> str:
        """'best friend' where somebody wrote 'my best friend'."""
        return re.sub(rf"^(?:{'|'.join(map(re.escape, self.possessives))})\s+", "", relation, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verses:
    openers: VerseTable  # by theme, and by festive level
    relations: VerseTable  # by kind of relation; {name} and {my} are filled in
    choruses: VerseTable  # by theme
    titles: VerseTable  # by theme, one line each
    feelings: VerseTable  # by emotion
    wishes: VerseTable  # "faith", "child"
    fillers: VerseTable  # by vibe: verses where there are few answers
    bridges: VerseTable  # by vibe
    closings: VerseTable  # by vibe; {sender} is filled in


@dataclass(frozen=True, slots=True)
class PromptWords:
    """How the prompt names what was chosen, and what each answer adds to it."""

    recipe: Mapping[str, str]
    themes: Mapping[str, str]
    emotions: Mapping[str, str]
    vibes: Mapping[str, str]
    festive: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that a language brings along so that the lyricist can sing in it."""

    words: Words
    verses: Verses
    rhymes: Rhymes  # sound -> topic -> the line that may answer a fact
    memorial_rhymes: Rhymes
    prompt: PromptWords
    grammar: Grammar


def phrases_for(language: str) -> Phrases:
    """The phrases of a BCP 47 language; English where nobody has added one yet."""
    return _load(written_language(language) or "en")


def written_language(language: str) -> str:
    """The code of a BCP 47 language that the lyricist writes; '' for any other."""
    code = re.match(r"[a-z]{2,3}(?![a-z])", language.strip().lower())
    return code.group() if code and code.group() in WRITTEN_LANGUAGES else ""


@cache
def _load(code: str) -> Phrases:
    loaded = tomllib.loads((PHRASES_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    words = Words(**{name: _frozen(value) for name, value in loaded.pop("words").items()})
    return Phrases(
        words=words,
        verses=Verses(**{name: _table(texts) for name, texts in loaded.pop("verses").items()}),
        prompt=PromptWords(**loaded.pop("prompt")),
        grammar=grammar_of(code, words.relations, words.join),
        **loaded,
    )


def _frozen(value: Any) -> Any:
    """Lists, also those inside, as tuples."""
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _table(texts: Mapping[str, str]) -> VerseTable:
    """An empty line parts the alternatives of a text."""
    return {key: tuple(tuple(verse.split("\n")) for verse in text.strip().split("\n\n")) for key, text in texts.items()}
