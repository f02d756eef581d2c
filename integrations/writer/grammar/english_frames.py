"""English frames: how a fact of each kind becomes a line. Where grammar is unsure, the fact stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from integrations.writer.grammar.english_shapes import (
    base_form,
    is_adjective,
    is_clause,
    is_gerund,
    is_noun,
    is_np,
    is_past,
    is_past_verb,
    is_somebody,
    is_third_person,
    lower_first,
)
from integrations.writer.grammar.english_words import ENGLISH_WORDS as w
from integrations.writer.grammar.plain import EDGES, Person, listed
from integrations.writer.text import capital

_FOR = re.compile(
    r"^(?:(?:(?:i'm|i am|we're|we are)\s+)?(?:so\s+)?(?:(?:grateful|thankful)\s+)?(?:for|that)|thank(?:s| you)? for|thanks)\s+",
    re.I,
)


def framed_phrase(topic: str, phrase: str, person: Person) -> str:
    tell = _BY_TOPIC.get(topic, _plain)
    return capital(tell(phrase.strip(EDGES), person))


def frame_list(topic: str, phrases: tuple[str, ...], person: Person) -> list[str]:
    """Qualities by their kind: "You are stubborn and generous", "You laugh at funerals", "Your dry humour"."""
    if topic != "quality":
        return [frame_many(topic, phrases, person)]
    kinds: dict[str, list[str]] = {}
    for phrase in phrases:
        kinds.setdefault(_kind(phrase), []).append(phrase)
    if "adjective" in kinds:  # an unknown word beside them is one of them
        known = [p for p in phrases if _kind(p) == "adjective" or (_kind(p) == "word" and " " not in p)]
        kinds = {"adjective": known} | {
            kind: [p for p in some if p not in known] for kind, some in kinds.items() if kind != "adjective"
        }
    lines: list[str] = []
    for kind, some in kinds.items():
        if not some:
            continue
        if kind == "noun" and (len(phrases) > 1 or not is_noun(some[0])):
            lines.append(_your(some))
        elif kind == "verb":
            lines += [f"You {_based(lower_first(phrase))}" for phrase in some]
        else:
            lines.append(frame_many(topic, tuple(some), person))
    return [capital(line) for line in lines]


def _your(things: Sequence[str]) -> str:
    return ", ".join(re.sub(r"^(?:(?:a|an|the) )?(?!(?:my|our|your) )", "your ", lower_first(one)) for one in things)


def _kind(phrase: str) -> str:
    first, *more = phrase.lower().split(" ")
    if more and first not in w.determiners and is_third_person(first) and (first in w.verbs_s or more[0] in w.objects):
        return "verb"
    if is_adjective(phrase):
        return "adjective"
    if is_np(phrase) and is_somebody(phrase):
        return "somebody"
    loud_shirts = len(more) == 1 and first in w.adjectives
    return "noun" if is_noun(phrase) or is_np(phrase) or loud_shirts else "word"


def _based(phrase: str) -> str:
    verb, _, rest = phrase.partition(" ")
    return f"{base_form(verb)} {rest}"


def frame_many(topic: str, phrases: tuple[str, ...], person: Person) -> str:
    return capital(_many(topic, phrases, person))


def _many(topic: str, phrases: tuple[str, ...], person: Person) -> str:
    items = [lower_first(p) for p in phrases]
    together = listed(items, "and")
    if topic == "nick":
        return f"I call you {together}" if not person.memorial else f"I still call you {together}"
    if topic == "place":
        return f"From {items[0]} to {items[1]}" if len(items) == 2 else f"This song has {together} in it"
    if topic == "quality" and not person.memorial and all(is_adjective(p) for p in phrases):
        return f"You are {together}"
    if topic == "quality" and not person.memorial and len(phrases) == 1 and is_noun(phrases[0]) and not is_np(phrases[0]):
        return f"Your {together}, wherever you go"
    if topic == "quality" and not person.memorial and all(is_np(p) and is_somebody(p) for p in phrases):
        return f"You are {together}"
    if topic == "quality" and all(is_np(p) or is_noun(p) for p in phrases):
        return _your(items)
    if topic == "quality" and not person.memorial and len(together) > 32 and not any(map(is_noun, phrases)):
        return f"You are {together}"  # a longer opening would tear the list apart
    return f"If they ask me, I say: {together}"


def _plain(phrase: str, person: Person) -> str:
    return phrase


def _message(phrase: str, person: Person) -> str:
    if is_clause(phrase):
        return phrase
    low = lower_first(phrase)
    you_are = "You're still" if person.memorial else "You're"
    if re.match(r"^(\w+ of my|best|greatest|only|most|first) ?", low) and not re.match(r"^(one|some|all) of", low):
        return f"{you_are} the {low}" if not low.startswith("best of") else f"{phrase}, that's you to me"
    if is_np(phrase) or low.startswith(("one of ", "everything")):
        return f"{you_are} {low}"
    return f"{phrase}, that's you to me"


def _quality(phrase: str, person: Person) -> str:
    if is_clause(phrase):
        return phrase
    if is_adjective(phrase) and not person.memorial:
        return f"You are {lower_first(phrase)}"
    if is_noun(phrase) and not is_np(phrase):
        return f"Your {lower_first(phrase)}"
    return phrase


def _quirk(phrase: str, person: Person) -> str:
    if is_clause(phrase) or is_np(phrase) or (is_gerund(phrase) and not phrase.lower().startswith("always ")):
        return phrase
    first = phrase.lower().split(" ")[0]
    if is_past_verb(first):
        return f"You {lower_first(phrase)}"
    always, _, rest = phrase.lower().partition(" ")
    stays = always == "always" and rest.split(" ")[0] not in w.past | w.base_verbs | w.adverbs
    if (is_adjective(phrase) or stays) and not person.memorial:
        return f"You're {lower_first(phrase)}"
    if is_noun(phrase):
        return f"Your {lower_first(phrase)}"
    return f"{phrase}, that's you all over"


def _grateful(phrase: str, person: Person) -> str:
    phrase = _FOR.sub("", phrase)
    if is_clause(phrase):
        return phrase
    low = lower_first(phrase)
    if is_np(phrase) or is_gerund(phrase) or is_noun(phrase) or low.startswith(("being ", "how ")):
        return f"Thank you for {low}"
    return f"Thank you for this: {low}"


def _activity(phrase: str, person: Person) -> str:
    words = phrase.lower().split(" ")
    follows = words[1] if len(words) > 1 else ""
    if (
        words[0] in w.base_verbs
        and not person.memorial
        and (follows in w.prepositions | {"the", "a", "our", "your", "my", "out"})
    ):
        return f"We {lower_first(phrase)}"
    return phrase


def _memory(phrase: str, person: Person) -> str:
    low = lower_first(phrase)
    if re.match(r"^(when|how|that time|the (day|night|time|morning|evening|summer|winter|afternoon|moment|way))\b", low):
        return f"I still remember {low}"
    if re.match(r"^(you|we|i)\b", phrase, re.I) and is_past(phrase):
        return f"I still remember when {low}"
    if is_gerund(phrase) or is_np(phrase):
        return f"I still remember {low}"
    return phrase if is_clause(phrase) or len(phrase) > 40 else f"I still remember: {low}"


def _place(phrase: str, person: Person) -> str:
    first = phrase.lower().split(" ")[0]
    if is_clause(phrase) or first in w.prepositions:
        return phrase
    return f"This song has {lower_first(phrase)} in it"


_BY_TOPIC = {
    "message": _message,
    "quality": _quality,
    "quirk": _quirk,
    "grateful": _grateful,
    "activity": _activity,
    "memory": _memory,
    "place": _place,
}
