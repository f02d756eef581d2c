"""English word lists: enough to tell a verb from a noun where that decides a line. The words are in en.toml."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from integrations.writer.grammar.plain import word_lists


@dataclass(frozen=True, slots=True)
class EnglishWords:
    determiners: Set[str]
    adverbs: Set[str]
    verbs_s: Set[str]  # third-person forms that are hardly ever plural nouns at the head of a phrase
    nounish: Set[str]  # of those, the ones that after "and" may well be nouns
    base_verbs: Set[str]
    past: Set[str]
    participles: Set[str]
    not_gerund: Set[str]
    not_noun_after_her: Set[str]
    prepositions: Set[str]
    adjectives: Set[str]
    adjective_endings: Set[str]
    nouns: Set[str]
    people: Set[str]  # who somebody can be: "a legend"
    noun_endings: Set[str]
    common: Set[str]  # other words that start small inside a sentence
    also_verbs: Set[str]  # verbs, where one of `seeing` stands before: "made her laugh"
    seeing: Set[str]
    objects: Set[str]
    irregular: Mapping[str, str]  # "is" -> "are"


ENGLISH_WORDS = EnglishWords(**word_lists("en"))
