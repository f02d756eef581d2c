"""English shapes: what kind of phrase the customer wrote."""

from __future__ import annotations

import re

from integrations.writer.grammar.english_words import ENGLISH_WORDS as w
from integrations.writer.text import shouts

_NP = tuple(f"{word} " for word in w.determiners)
_ADJECTIVE_ENDINGS, _NOUN_ENDINGS = tuple(w.adjective_endings), tuple(w.noun_endings)
_OWNED = re.compile(
    r"^(?:your|my|the|our)(?: (?!who|that|when|where|being|way)[\w'-]+){1,2} (?:is|are|was|were|makes|fills|lights|has)\b", re.I
)
_LIVE = re.compile(r"^(you|we|i|you're|you've|we're|we've|i'm|i've|you'll|we'll|i'll|it's|there's|it|nobody|everyone)\b", re.I)
_COMMON = w.determiners | w.past | w.verbs_s | w.adverbs | w.prepositions | w.nouns | w.adjectives | w.base_verbs | w.common


def lower_first(text: str) -> str:
    """Starts small, except where English never does."""
    first = text.split(" ", 1)[0]
    keep = first == "I" or first.startswith("I'") or shouts(first)
    known = first.lower().strip(",")
    common = known in _COMMON or known.endswith(("ing", "ed", "ly"))
    return text if keep or not common else text[:1].lower() + text[1:]


def base_form(verb: str) -> str:
    """ "sings" -> "sing"; what is no third person stays."""
    low = verb.lower()
    if low in w.irregular:
        return w.irregular[low]
    if not low.endswith("s") or low.endswith(("ss", "us", "is", "'s")) or low in w.adverbs or len(low) < 4:
        return verb
    if low.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if low.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")) else verb[:-1]


def is_clause(phrase: str) -> bool:
    return bool(_LIVE.match(phrase) or _OWNED.match(phrase))


def is_np(phrase: str) -> bool:
    return phrase.lower().startswith(_NP)


def is_gerund(phrase: str) -> bool:
    words = phrase.lower().split(" ")
    first = words[1] if words[0] in w.adverbs and len(words) > 1 else words[0]
    return first.endswith("ing") and len(first) > 4 and first not in w.not_gerund


def is_adjective(phrase: str) -> bool:
    words = phrase.lower().split(" ")
    while len(words) > 1 and words[0] in w.adverbs | {"so", "very", "too", "super", "incredibly", "a", "bit", "quite"}:
        words = words[1:]
    if len(words) > 1 and (words[1] == "than" or words[1].endswith(("hearted", "minded", "natured", "tempered", "headed"))):
        return True  # "stronger than you think"
    if (words[0] == "there" or words[0] in w.prepositions) and len(words) > 1:
        return True  # "always there for me", "never in a hurry"
    return (len(words) == 1 or words[1] in {*w.prepositions, "as"}) and (
        words[0] in w.adjectives or words[0].endswith(_ADJECTIVE_ENDINGS)
    )


def is_noun(phrase: str) -> bool:
    low = phrase.lower()
    first, last = low.split(" ")[0], low.split(" ")[-1]
    if first in w.prepositions:
        return False  # "in love"
    return last in w.nouns or last.endswith(_NOUN_ENDINGS) or low.startswith("sense of")


def is_third_person(word: str) -> bool:
    """Whether it has the shape of "feeds"; a plural has it too."""
    return (
        len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")) and word not in w.nouns | w.adverbs
    )


def is_past_verb(word: str) -> bool:
    """Whether it is surely a verb of the past: "whistled", "stole"."""
    return word in w.past or (word.endswith("ed") and len(word) > 4 and word not in w.adjectives)


def is_somebody(phrase: str) -> bool:
    """Whether this noun phrase is a person: "my best friend", "a terrible driver"; no "booming laugh"."""
    head = re.split(rf" (?:{'|'.join(w.prepositions)}|who|that) ", phrase.lower())[0].split(" ")[-1]
    mine = phrase.lower().startswith(("my ", "our "))
    return head not in w.nouns and not is_noun(head) and (mine or head in w.people or head.endswith(("er", "or", "ist", "ian")))


def is_past(phrase: str) -> bool:
    words = [x.strip(",").lower() for x in phrase.split(" ")]
    verb = next((x for x in words[1:] if x not in w.adverbs), "")
    return verb in w.past or (verb.endswith("ed") and len(verb) > 3)
