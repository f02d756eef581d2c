"""Telling: what happened, what is admired, and what else is told. Everything is a sentence or a word of the story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from integrations.writer.story_fields.people import People
from integrations.writer.story_fields.rules import Rules, ends_in
from integrations.writer.story_fields.told import TextSpan, Told
from integrations.writer.story_fields.wishes import is_wish

MOST_MEMORY, MOST_SUMMARY, MOST_QUALITIES = 300, 500, 6
_LEAST_WORDS = 4
_MOST_LOOKED_AT = 60  # words of one sentence
_NEAR = 80  # characters around a word
_SHORT = 9  # words of a sentence that tells a death and nothing else
_WORDS_A_FIELD = 5
_LEAST_SCORE = 1.1  # one past verb in a sentence of four words
_WORDS = re.compile(r"[\w'-]+")
_JOINED = re.compile(r"\s*(?:,|/|&|(?:,\s*)?\b(?:and|y|e|but|pero|ni)\b)\s*$")
_AND = r"(?:,|,?\s(?:and|but|y|e|pero))\s+"
_ITEM = r"[^\W\d_]{4,}(?:-[^\W\d_]+)?"
_LIST_BEFORE = re.compile(rf"(?<![\w'-])({_ITEM}){_AND}(?:(?:so|very|a bit|really|muy|un poco|tan) )?$")
_LIST_BEHIND = re.compile(rf"{_AND}({_ITEM})(?=\s*(?:[,.;!?)]|$)|\s(?:and|y|e)\s)")
_CUT = re.compile(r"[,;:]\s|\s(?:and|but|because|so|y|pero|porque|que)\s")


def asides(told: Told, rules: Rules, wishes: list[TextSpan]) -> list[TextSpan]:
    """Sentences that speak to us: wishes, what must not be mentioned, how a name is said, orders to a machine."""
    return [
        (start, end)
        for start, end in told.sentences
        if any(start <= place < end for place, _ in wishes)
        or rules.phrases["order"].search(told.plain, start, end)
        or (is_wish(told, rules, (start, end)) and not _happened(told, rules, (start, end)) > 2)
    ]


def memory(told: Told, rules: Rules, without: list[TextSpan]) -> TextSpan | None:
    """The sentence that tells best what happened, and the next ones while they go on; at most MOST_MEMORY characters."""
    scores = {span: _happened(told, rules, span) for span in told.sentences if span not in without}
    best = max(scores, key=lambda span: (scores[span], -span[0]), default=None)
    if best is None or scores[best] < _LEAST_SCORE:
        return None
    start, end = best
    if end - start > MOST_MEMORY:
        return _shortened(told, rules, best)
    for span in told.sentences[told.sentences.index(best) + 1 :]:
        if scores.get(span, 0) < 1 or span[1] - start > MOST_MEMORY:
            break
        end = span[1]
    return start, end


def _happened(told: Told, rules: Rules, span: TextSpan) -> float:
    """Points for a sentence about one past event."""
    words = len(_WORDS.findall(told.plain, *span))
    if words < _LEAST_WORDS:
        return 0
    anchors = sum(1 for _ in rules.phrases["anchor"].finditer(told.plain, *span))
    verbs = len(list(_verbs(told, rules, span)))
    if not verbs:
        return 0
    death = rules.options["theme"]["in-memory"].search(told.plain, *span)
    return min(anchors, 2) * 1.5 + min(verbs, 3) + min(words, 20) / 40 - (1 if death and words < _SHORT else 0)


def _verbs(told: Told, rules: Rules, span: TextSpan) -> Iterator[re.Match[str]]:
    """Words in the past: those of the list, and those that an ending shows."""
    yield from rules.phrases["verb"].finditer(told.plain, *span)
    for found in rules.past_ending.finditer(told.text, *span):
        word = told.plain[found.start() : found.end()].split()[-1]
        if ends_in(told.before(found.start()), rules.words["owners"]) >= 0:  # a noun: "el dominó"
            continue
        if word not in rules.words["not_past"] and not rules.phrases["verb"].fullmatch(word):
            yield found


def _shortened(told: Told, rules: Rules, span: TextSpan) -> TextSpan | None:
    """The part of a long sentence that holds its first verb, cut where a clause ends."""
    verb = next(_verbs(told, rules, span), None)
    if verb is None:
        return None
    cuts = [span[0], *(found.end() for found in _CUT.finditer(told.plain, *span)), span[1]]
    start = max(cut for cut in cuts if cut <= verb.start())
    start = max([cut for cut in cuts if cut < start and verb.end() - cut < MOST_MEMORY // 2], default=start)
    ends = [cut for cut in cuts if verb.end() <= cut <= start + MOST_MEMORY]
    end = max(ends) if ends else told.text.rfind(" ", verb.end(), start + MOST_MEMORY)
    return (start, start + len(told.text[start:end].rstrip(" ,;:"))) if end > verb.end() else None


def qualities(told: Told, people: People, rules: Rules, without: list[TextSpan]) -> list[TextSpan]:
    """Words for what the recipient is: said of them, not of the giver and not of a thing, and not denied."""
    found: dict[str, TextSpan] = {}
    for start, end in told.sentences:
        is_aside = (start, end) in without
        last, is_theirs = -1, False
        for word in islice(rules.phrases["quality"].finditer(told.plain, start, end), _MOST_LOOKED_AT):
            first = max(start, word.start() - _NEAR)
            neighbours = _listed_before(told, rules, first, word.start())
            before = told.plain[first : neighbours[0][0] if neighbours else word.start()]
            between = told.plain[last : first + len(before)]
            joined = last >= 0 and (not between or _JOINED.fullmatch(_without_intensifiers(between, rules)))
            after = told.plain[word.end() : min(end, word.end() + _NEAR)]
            is_filler = word[0] in rules.words["fillers"] and word.start() == start
            is_theirs = is_theirs if joined else _is_said_of_them(before, after, people, rules, is_aside)
            is_theirs = is_theirs and not is_filler
            if is_theirs and _next_word(after) not in rules.words["not_quality"]:
                for span in (*neighbours, word.span(), *_listed_behind(told, rules, word.end(), end)):
                    found.setdefault(told.plain[span[0] : span[1]], span)
            last = word.end()
    return sorted(found.values())[:MOST_QUALITIES]


def _listed_before(told: Told, rules: Rules, start: int, end: int) -> list[TextSpan]:
    """Words in the same list before a known one: "gruff but tender". Single words, as longer parts may be anything."""
    found: list[TextSpan] = []
    while len(found) < MOST_QUALITIES and (one := _LIST_BEFORE.search(told.plain, max(start, end - 40), end)):
        if not _may_be_a_quality(one[1], rules):
            break
        found.insert(0, one.span(1))
        end = one.start(1)
    return found


def _listed_behind(told: Told, rules: Rules, start: int, end: int) -> list[TextSpan]:
    """Words in the same list behind a known one: "patient, decent and so on"."""
    found: list[TextSpan] = []
    while len(found) < MOST_QUALITIES and (one := _LIST_BEHIND.match(told.plain, start, end)):
        if not _may_be_a_quality(one[1], rules):
            break
        found.append(one.span(1))
        start = one.end(1)
    return found


def _may_be_a_quality(word: str, rules: Rules) -> bool:
    known = ("no_names", "being", "pronouns", "intensifiers", "things", "honorifics", "no_quality")
    return not any(word in rules.words[name] for name in known) and word not in rules.kind_of and not word.endswith("ing")


def _without_intensifiers(text: str, rules: Rules) -> str:
    words = text.split()
    while words and words[-1] in rules.words["intensifiers"]:
        words.pop()
    return " ".join(words) + " "


def _next_word(text: str) -> str:
    found = re.match(r"\s*([\w']+)", text)
    return found[1] if found else ""


def _is_said_of_them(before: str, after: str, people: People, rules: Rules, is_aside: bool) -> bool:
    """By the words before it: "she is so", and nothing (a sentence that is only a list, and no wish)."""
    words = re.findall(r"[\w']+|[,.:()]", before.replace("n't", " not"))
    strong = False
    while words and words[-1] in rules.words["intensifiers"]:
        strong = words.pop() in ("the", "most", "la", "el", "mas", "las", "los") or strong
    if not words:
        is_list = bool(re.match(r"\s*(?:,|\.|and\s|y\s|$)", after)) and not strong
        return not is_aside and (is_list or (strong and _next_word(after) in rules.words["persons"]))
    if words[-1] not in rules.words["being"]:
        return strong and words[-1] in rules.words["pronouns"] and _next_word(after) in rules.words["persons"]
    subject = words[-2] if len(words) > 1 else ""
    if subject in rules.words["things"] or subject in rules.words["negations"]:
        return False
    kinds = {one.kind for one in people.chosen}
    return not (subject in rules.kind_of and kinds and rules.kind_of[subject] not in kinds)


def repeats(told: Told, known: list[TextSpan]) -> list[TextSpan]:
    """Sentences that hold hardly more than what is already in other fields, as "My grandma Rosa turns 80" does."""
    counted = ((span, sum(span[0] <= start < span[1] for start, _ in known)) for span in told.sentences)
    return [span for span, count in counted if len(_WORDS.findall(told.plain, *span)) < _WORDS_A_FIELD * count]


def summary(told: Told, without: list[TextSpan], only: list[TextSpan] | None = None) -> list[TextSpan]:
    """The other sentences that tell something, whole and in their order, as many as there is room for; of `only`, if given."""
    found, room = [], MOST_SUMMARY
    for start, end in told.sentences:
        if only is not None and not any(first <= start and end <= last for first, last in only):
            continue
        if any(start < other_end and other_start < end for other_start, other_end in without):
            continue
        length = len(told.quote((start, end))) + 1
        if len(_WORDS.findall(told.plain, start, end)) >= _LEAST_WORDS and length <= room:
            found.append((start, end))
            room -= length
    return found
