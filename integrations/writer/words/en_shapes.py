"""English shapes: what kind of phrase the customer wrote."""

from __future__ import annotations

import re

from integrations.writer.words import en_words as w

_NP = ("the ", "a ", "an ", "my ", "our ", "your ", "all ", "every ", "that ", "those ", "this ", "these ")
_OWNED = re.compile(
    r"^(?:your|my|the|our)(?: (?!who|that|when|where|being|way)[\w'-]+){1,2} (?:is|are|was|were|makes|fills|lights|has)\b", re.I
)
_LIVE = re.compile(r"^(you|we|i|you're|you've|we're|we've|i'm|i've|you'll|we'll|i'll|it's|there's|it|nobody|everyone)\b", re.I)


def lower_first(text: str) -> str:
    """Starts small, except where English never does."""
    first = text.split(" ", 1)[0]
    keep = first == "I" or first.startswith("I'") or sum(c.isupper() for c in first) > 1
    known = first.lower().strip(",")
    common = known in _COMMON or known.endswith(("ing", "ed", "ly")) or known in w.ADJECTIVES or known in w.BASE_VERBS
    return text if keep or not common else text[:1].lower() + text[1:]


_COMMON = (
    {x.strip() for x in _NP}
    | w.PAST
    | w.VERBS_S
    | w.ADVERBS
    | w.PREPOSITIONS
    | w.NOUNS
    | set(["she", "her", "he", "him", "his", "they", "their"])
    | set(
        [
            "you",
            "we",
            "it",
            "they",
            "there",
            "when",
            "how",
            "what",
            "who",
            "you're",
            "we're",
            "best",
            "love",
            "friends",
            "besties",
            "movie",
            "being",
            "always",
            "so",
            "very",
            "too",
            "some",
            "long",
            "late",
            "early",
            "big",
            "small",
            "little",
            "crazy",
            "sense",
            "good",
            "great",
            "your",
            "first",
            "one",
            "more",
            "just",
            "thank",
            "married",
            "together",
        ]
    )
)


def is_clause(phrase: str) -> bool:
    return bool(_LIVE.match(phrase) or _OWNED.match(phrase))


def is_np(phrase: str) -> bool:
    return phrase.lower().startswith(_NP)


def is_gerund(phrase: str) -> bool:
    words = phrase.lower().split(" ")
    first = words[1] if words[0] in w.ADVERBS and len(words) > 1 else words[0]
    return first.endswith("ing") and len(first) > 4 and first not in w.NOT_GERUND


def is_adjective(phrase: str) -> bool:
    words = phrase.lower().split(" ")
    while len(words) > 1 and words[0] in w.ADVERBS | {"so", "very", "too", "super", "incredibly", "a", "bit", "quite"}:
        words = words[1:]
    if words[0] in ("there", "on") and len(words) > 1:
        return True  # "always there for me", "always on time"
    return (len(words) == 1 or words[1] in w.PREPOSITIONS) and (
        words[0] in w.ADJECTIVES or words[0].endswith(w.ADJECTIVE_ENDINGS)
    )


def is_noun(phrase: str) -> bool:
    low = phrase.lower()
    last = low.split(" ")[-1]
    return last in w.NOUNS or last.endswith(w.NOUN_ENDINGS) or low.startswith("sense of")


def is_past(phrase: str) -> bool:
    words = [x.strip(",").lower() for x in phrase.split(" ")]
    verb = next((x for x in words[1:] if x not in w.ADVERBS), "")
    return verb in w.PAST or (verb.endswith("ed") and len(verb) > 3)
