"""Telling: what happened, what is admired, and what else is told. Everything is a sentence or a word of the story."""

from __future__ import annotations

import re

from integrations.writer.story_fields.people import People
from integrations.writer.story_fields.rules import Rules
from integrations.writer.story_fields.told import Span, Told
from integrations.writer.story_fields.wishes import is_wish

MOST_MEMORY, MOST_SUMMARY, MOST_QUALITIES = 300, 500, 6
_LEAST_WORDS = 4
_WORDS = re.compile(r"[\w'-]+")
_JOINED = re.compile(r"\s*(?:,|/|&|(?:,\s*)?\b(?:and|y|e|but|pero|ni)\b)\s*$")
_CUT = re.compile(r"[,;:]\s|\s(?:and|but|because|so|y|pero|porque|que)\s")


def asides(told: Told, rules: Rules, wishes: list[Span]) -> list[Span]:
    """Sentences that speak to us: wishes, what must not be mentioned, how a name is said, orders to a machine."""
    return [
        (start, end)
        for start, end in told.sentences
        if any(start <= place < end for place, _ in wishes)
        or rules.phrases["order"].search(told.plain, start, end)
        or (is_wish(told, rules, (start, end)) and not _happened(told, rules, (start, end)) > 2)
    ]


def memory(told: Told, rules: Rules, without: list[Span]) -> Span | None:
    """The sentence that tells best what happened, and the next ones while they go on; at most MOST_MEMORY characters."""
    scores = {span: _happened(told, rules, span) for span in told.sentences if span not in without}
    best = max(scores, key=lambda span: (scores[span], -span[0]), default=None)
    if best is None or scores[best] < 2:
        return None
    start, end = best
    if end - start > MOST_MEMORY:
        return _shortened(told, rules, best)
    for span in told.sentences[told.sentences.index(best) + 1 :]:
        if scores.get(span, 0) < 1 or span[1] - start > MOST_MEMORY:
            break
        end = span[1]
    return start, end


def _happened(told: Told, rules: Rules, span: Span) -> float:
    """Points for a sentence about one past event."""
    words = len(_WORDS.findall(told.plain, *span))
    if words < _LEAST_WORDS:
        return 0
    anchors = sum(1 for _ in rules.phrases["anchor"].finditer(told.plain, *span))
    verbs = sum(1 for _ in rules.phrases["verb"].finditer(told.plain, *span))
    if not verbs:
        return 0
    death = rules.options["theme"]["in-memory"].search(told.plain, *span)
    return min(anchors, 2) * 1.5 + min(verbs, 3) + min(words, 20) / 40 - (2 if death else 0)


def _shortened(told: Told, rules: Rules, span: Span) -> Span | None:
    """The part of a long sentence that holds its first verb, cut where a clause ends."""
    verb = rules.phrases["verb"].search(told.plain, *span)
    if not verb:
        return None
    cuts = [span[0], *(found.end() for found in _CUT.finditer(told.plain, *span)), span[1]]
    start = max(cut for cut in cuts if cut <= verb.start())
    start = max([cut for cut in cuts if cut < start and verb.end() - cut < MOST_MEMORY // 2], default=start)
    ends = [cut for cut in cuts if verb.end() <= cut <= start + MOST_MEMORY]
    end = max(ends) if ends else told.text.rfind(" ", verb.end(), start + MOST_MEMORY)
    return (start, start + len(told.text[start:end].rstrip(" ,;:"))) if end > verb.end() else None


def qualities(told: Told, people: People, rules: Rules, without: list[Span]) -> list[Span]:
    """Words for what the recipient is: said of them, not of the giver and not of a thing, and not denied."""
    found: dict[str, Span] = {}
    for start, end in told.sentences:
        if (start, end) in without:
            continue
        last, subject_is_theirs = -1, False
        for word in rules.phrases["quality"].finditer(told.plain, start, end):
            before = told.plain[start : word.start()]
            joined = last >= 0 and _JOINED.fullmatch(_without_intensifiers(told.plain[last : word.start()], rules))
            after = told.plain[word.end() : end]
            good = subject_is_theirs if joined else _is_said_of_them(before, after, people, rules)
            if good:
                found.setdefault(word[0], word.span())
            last, subject_is_theirs = word.end(), good
    return list(found.values())[:MOST_QUALITIES]


def _without_intensifiers(text: str, rules: Rules) -> str:
    words = text.split()
    while words and words[-1] in rules.words["intensifiers"]:
        words.pop()
    return " ".join(words) + " "


def _is_said_of_them(before: str, after: str, people: People, rules: Rules) -> bool:
    """By the words before it: "she is so", and nothing (a sentence that is only a list)."""
    words = re.findall(r"[\w']+|[,.:()]", before.replace("n't", " not"))
    strong = False
    while words and words[-1] in rules.words["intensifiers"]:
        strong = words.pop() in ("the", "most", "la", "el", "mas", "las", "los") or strong
    next_word = re.match(r"[\s]*([\w']+)?", after)
    follows = next_word[1] or "" if next_word else ""
    if not words:
        is_list = bool(re.match(r"\s*(?:,|\.|and\s|y\s|$)", after))
        return is_list or (strong and follows in rules.words["persons"])
    if words[-1] in rules.words["negations"]:
        return False
    if words[-1] not in rules.words["being"] and "'" not in words[-1][1:]:
        return strong and follows in rules.words["persons"] and words[-1] not in rules.words["things"]
    if "'" in words[-1] and words[-1] not in rules.words["being"]:
        return False
    subject = words[-2] if len(words) > 1 else ""
    if subject in rules.words["things"] or subject in rules.words["negations"]:
        return False
    kinds = {one.kind for one in people.chosen}
    return not (subject in rules.kind_of and kinds and rules.kind_of[subject] not in kinds)


def summary(told: Told, without: list[Span], only: list[Span] | None = None) -> list[Span]:
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
