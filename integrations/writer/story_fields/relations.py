"""Relations: what the people of a story are to its giver, and which of them the song is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from integrations.writer.story_fields.names import NameReader
from integrations.writer.story_fields.rules import Rules, ends_in
from integrations.writer.story_fields.told import TextSpan, Told

_LEAST = 0  # a score below this: only somebody else's relative
_LEAD = 1  # point that one kind of relation must be ahead of the next
_MOST = 60  # mentions that are looked at
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Mention:
    """A relation in the story: its words, where "my" before them begins, and how likely it is the recipient's."""

    span: TextSpan
    start: int
    kind: str
    score: float
    name: TextSpan | None = None  # of titles: "Uncle Ray"


def find_mentions(told: Told, rules: Rules, names: NameReader) -> list[Mention]:
    """Every relation of the giver's, in order."""
    own = [
        Mention(found.span("rel"), found.start(), kind, _score(told, rules, found.start(), found.end()))
        for found in islice(rules.relation.finditer(told.plain), _MOST)
        if (kind := rules.kind(found["rel"])) == "team" or found["mine"] not in rules.words["all_of"]
    ]
    taken = {place for one in own for place in range(one.start, one.span[1])}
    titles = [one for one in _titles(told, rules, names) if one.span[0] not in taken]
    shared = [
        Mention(found.span("rel"), found.start(), rules.kind(found["rel"]), 2)
        for found in islice(rules.shared.finditer(told.plain), _MOST)
        if found.start("rel") not in taken and rules.kind(found["rel"]) != "child"  # "when we were kids"
    ]
    return sorted([*own, *titles, *shared], key=lambda one: one.start)


def _score(told: Told, rules: Rules, start: int, end: int) -> float:
    """3: said outright; 2: at the beginning, or the song is for them; below 0: somebody else hangs on them."""
    before, after, words = told.before(start), told.after(end), rules.words
    is_asked_for = rules.phrases["request"].search(before[-20:]) or ends_in(before, words["for"]) >= 0
    if re.match(r"'s?\s+(?=\w)", after):
        of_an_occasion = rules.phrases["occasion"].search(after[:30]) or re.match(r"'s\s+(?:name|\d)", after)
        return 2 if of_an_occasion else 1 if is_asked_for else -3
    if ends_in(before, words["of"]) >= 0:
        return 2 if rules.phrases["occasion"].search(before[-25:]) else -2
    if ends_in(before, words["beside"]) >= 0:
        return -1
    if ends_in(before, words["copulas"]) >= 0 or rules.phrases["request"].search(before[-20:]):
        return 3
    if any(after.startswith(f" {both} ") for both in words["and_i"]):
        return 0
    return 2 if is_asked_for or _opens(before, rules) else 1


def _opens(before: str, rules: Rules) -> bool:
    """Whether nothing but "so" or "hi" stands before it in its sentence."""
    return set(_WORD.findall(before)) <= rules.words["fillers"]


def _titles(told: Told, rules: Rules, names: NameReader) -> Iterator[Mention]:
    for found in islice(rules.title.finditer(told.plain), _MOST):
        start, span, word = found.start(), found.span("rel"), found["rel"]
        before = told.before(start)
        name = names.at(span[1]) if word in rules.words["before_name"] and told.text[span[1] : span[1] + 1] == " " else None
        is_a_name = told.text[span[0]].isupper() or bool(found["article"]) or (_opens(before, rules) and names.careless)
        if name or (word in rules.alone and is_a_name):
            is_giver = ends_in(before, rules.words["signed"]) >= 0 or ends_in(before, rules.words["of"]) >= 0
            beside = ends_in(before, rules.words["beside"]) >= 0
            score = -3 if is_giver else -1 if beside else 2 if _opens(before, rules) else 1
            yield Mention(span, start, rules.kind(word), score, name)


def chosen_ones(mentions: list[Mention]) -> tuple[Mention, ...]:
    """All mentions of the recipient's relation; none where two could be meant, or nobody is."""
    best: dict[str, float] = {}
    for place, one in enumerate(mentions):
        score = one.score + (1 if place == 0 else 0) + (0.5 if one.kind in best else 0)
        best[one.kind] = max(best.get(one.kind, -9), score)
    ranked = sorted(best.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < _LEAST:
        return ()
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _LEAD and ranked[1][1] > 1 and ranked[1][0] != "friend":
        return ()
    return tuple(one for one in mentions if one.kind == ranked[0][0])


def are_side_by_side(told: Told, rules: Rules, mentions: list[Mention]) -> bool:
    """Whether two relations are joined ("my brother and my sister"), and no other place says whom the song is for."""
    joined = re.compile(rf"[\s,]*(?:[\w'-]+[\s,]+){{0,2}}(?:{'|'.join(map(re.escape, rules.words['join']))})\s+")
    for one, other in pairwise(mentions):
        if one.kind == other.kind or "friend" in (one.kind, other.kind) or one.score <= 0:
            continue
        if other.start - one.span[1] < 60 and joined.fullmatch(told.plain, one.span[1], other.start):
            rest = [m for m in mentions if m not in (one, other) and m.kind in (one.kind, other.kind)]
            return not any(m.score > 1 for m in rest)
    return False
