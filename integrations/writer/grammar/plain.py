"""What every grammar shares, and the grammar of a language without rules of its own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.writer.text import capital

Relations = Mapping[str, Mapping[str, tuple[str, ...]]]
EDGES = " ,;:-"  # what a phrase may have around it


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the song is for, as far as grammar needs to know."""

    names: tuple[str, ...]
    relation: str  # as the customer wrote it, e.g. "sister"
    kind: str  # mum, dad, partner, child ... or "other"
    gender: str  # "f", "m" or "" when nobody said
    memorial: bool


class Grammar:
    """A language without rules of its own: what the customer wrote is sung as it stands. Subclasses know better."""

    def __init__(self, relations: Relations, join: str) -> None:
        self.join = join
        self.relations = {
            word: (kind, "" if gender == "either" else gender)
            for kind, genders in relations.items()
            for gender, words in genders.items()
            for word in words
        }

    def relation(self, words: str) -> tuple[str, str]:
        """The kind of relation and the gender it implies."""
        return self._first(re.findall(r"\w+", words.lower()))

    def _first(self, words: Sequence[str]) -> tuple[str, str]:
        return next((self.relations[word] for word in words if word in self.relations), ("other", ""))

    def small(self, phrase: str) -> str:
        """The phrase as it stands inside a sentence: first letter small, names excepted."""
        return phrase

    def turn(self, phrase: str, person: Person, topic: str = "") -> str:
        """From talking about somebody to talking to them; unchanged when unsure. What is told as a `topic` may make it sure."""
        return phrase

    def tell(self, topic: str, phrase: str, person: Person) -> str:
        """A turned phrase as a line of its own."""
        return capital(phrase.strip(EDGES))

    def tell_many(self, topic: str, phrases: tuple[str, ...], person: Person) -> str:
        """Up to three short phrases as one line."""
        return capital(listed(phrases, self.join))

    def tell_list(self, topic: str, phrases: tuple[str, ...], person: Person) -> list[str]:
        """Short phrases as one line, or as several where they are of different kinds."""
        return [self.tell_many(topic, phrases, person)]


def listed(items: Sequence[str], join: str) -> str:
    """'kind, funny and brave'."""
    return f"{', '.join(items[:-1])} {join} {items[-1]}" if len(items) > 1 else items[0]


def word_lists(code: str) -> dict[str, Any]:
    """The sets and mappings of words in a grammar's own data file."""
    loaded = tomllib.loads((Path(__file__).parent / f"{code}.toml").read_text(encoding="utf-8"))
    return {name: frozenset(words) if isinstance(words, list) else words for name, words in loaded.items()}
