"""What a language has to bring along so that the lyricist can sing in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

Verse = tuple[str, ...]
Table = Mapping[str, tuple[Verse, ...]]
Families = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the song is for, as far as grammar needs to know."""

    names: tuple[str, ...]
    relation: str  # the customer's own word, e.g. "sister"
    kind: str  # mum, dad, partner, child ... or "other"
    gender: str  # "f", "m" or "" when nobody said
    memorial: bool


class Speech(Protocol):
    """The grammar: turns the customer's words into lines sung to the recipient."""

    def relation(self, words: str) -> tuple[str, str]:
        """The kind of relation and the gender it tells."""

    def small(self, phrase: str) -> str:
        """The phrase as it stands inside a sentence: first letter small, names excepted."""

    def turn(self, phrase: str, person: Person) -> str:
        """From talking about somebody to talking to them; unchanged when unsure."""

    def tell(self, topic: str, phrase: str, person: Person) -> str:
        """A turned phrase as a line of its own."""

    def tell_many(self, topic: str, phrases: tuple[str, ...], person: Person) -> str:
        """Two or three short phrases as one line."""


@dataclass(frozen=True, slots=True)
class Stock:
    speech: Speech
    openers: Table  # by theme, and by festive level
    relations: Table  # by kind of relation; {name} and {my} are filled in
    choruses: Table  # by theme
    titles: Table  # by theme, one line each
    feelings: Table  # by emotion
    wishes: Table  # "faith", "child"
    fillers: Table  # by vibe: verses for customers who told little
    bridges: Table  # by vibe
    closings: Table  # by vibe; {sender} is filled in
    rhymes: Families  # rhyme family -> topic -> lines that may answer a fact
    memorial_rhymes: Families
    addresses: Mapping[str, str]  # how to call somebody whose name cannot be sung
    my: str  # "my {}"
    intimate: tuple[str, ...]  # words a colleague would not sing
    grown_up: tuple[str, ...]  # words kept from children's songs
    joints: tuple[str, ...]  # a long line may break before these, best ones first
    weak_joints: tuple[str, ...]
    themes: Mapping[str, str]  # how the prompt names occasions, emotions and vibes
    emotions: Mapping[str, str]
    vibes: Mapping[str, str]
    festive: Mapping[str, str]
    recipe: Mapping[str, str]
    join: str  # "and"
    subjects: tuple[str, ...]  # words that open a whole sentence, which commas must not tear apart


def table(text: str) -> Table:
    """'# key' lines head blocks; an empty line parts alternatives."""
    found: dict[str, list[Verse]] = {}
    for chunk in text.split("# ")[1:]:
        key, _, body = chunk.partition("\n")
        found[key.strip()] = [tuple(block.strip().split("\n")) for block in body.strip().split("\n\n") if block.strip()]
    return {key: tuple(blocks) for key, blocks in found.items()}


def families(text: str) -> Families:
    """'# sound' heads a family; each line is 'topic: words' and a topic may come more than once."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for chunk in text.split("# ")[1:]:
        key, _, body = chunk.partition("\n")
        rows = found.setdefault(key.strip(), {})
        for row in body.strip().splitlines():
            topic, _, words = row.partition(":")
            rows[topic.strip()] = (*rows.get(topic.strip(), ()), words.strip())
    return found
