"""Wishes: the occasion, how the song should sound, how a name is said, pet names, and what must never be mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrations.writer.story_fields.people import People
from integrations.writer.story_fields.rules import Rules
from integrations.writer.story_fields.told import Span, Told

_MOST_NEVER = 80  # characters of one thing not to mention
_STOP = re.compile(r"[.;!?\n()¡¿]|\s[-–—]\s|,\s*$")
_TAIL = re.compile(r"[\s,:]+(?:please|pls|plz|too|either|por favor|porfa|tampoco|gracias|thanks)?[\s,]*$")
_SAID = re.compile(
    r"[\s:]*[\"“«'‘(]?\s*([^\W\d_][\w'’-]*(?:[ -][^\W\d_][\w'’-]*){0,3}?)"
    r"(?=[\s]*[\"”»)(.,;!?\n]|\s(?:y|and|like|not|as|no)\s|\s*$)"
)
_FAR = 1  # points that one occasion must be ahead of the next


def theme(told: Told, people: People, rules: Rules) -> tuple[str, Span] | None:
    """The occasion's key and the words that name it; None where two are named alike."""
    best: dict[str, tuple[float, Span]] = {}
    for key, pattern in rules.options["theme"].items():
        for found in pattern.finditer(told.plain):
            score = _occasion_score(told, people, rules, key, found.span())
            if score > best.get(key, (0, found.span()))[0]:
                best[key] = score, found.span()
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))
    if not ranked or (len(ranked) > 1 and ranked[0][1][0] - ranked[1][1][0] < _FAR):
        return None
    return ranked[0][0], ranked[0][1][1]


def _occasion_score(told: Told, people: People, rules: Rules, key: str, span: Span) -> float:
    start, end = told.sentence(span[0])
    before, sentence = told.before(span[0]), told.plain[start:end]
    words, score = told.plain[span[0] : span[1]], 3.0
    if key == "in-memory" and not _is_about_recipient(before, people, rules):
        return 0
    if key in rules.about_theme["weak"]:
        score -= 1
    if rules.before["own"].search(before):
        score -= 3
    if rules.before["for"].search(before) or re.search(r"(?:for|por|para|to|el|happy|feliz)(?:\s+[\w'#]+){0,3}\s*$", before):
        score += 2
    if rules.phrases["future"].search(sentence.replace(words, " ", 1)):
        score += 1
    if key not in rules.about_theme["past"] and rules.phrases["memory"].search(before):
        score -= 2
    return score + (2 if key == "in-memory" else 0)


def _is_about_recipient(before: str, people: People, rules: Rules) -> bool:
    """Whether nobody else's relation stands before the words, as in "after my dad died"."""
    nearest = [found[0] for found in rules.any_relation.finditer(before)]
    kinds = {one.kind for one in people.chosen}
    return not nearest or not kinds or rules.kind_of.get(nearest[-1], nearest[-1]) in kinds


def is_wish(told: Told, rules: Rules, sentence: Span) -> bool:
    """Whether this sentence asks for something in the song, rather than telling."""
    text = told.plain[sentence[0] : sentence[1]]
    return bool(rules.phrases["wish"].search(text)) and not rules.phrases["taste"].search(text)


def sound(told: Told, rules: Rules, name: str) -> tuple[str, Span] | None:
    """The key of `style`, `vibe` or `voice` that is asked for; None where two are."""
    found: dict[str, Span] = {}
    for start, end in told.sentences:
        if not is_wish(told, rules, (start, end)):
            continue
        for key, pattern in rules.options[name].items():
            for one in pattern.finditer(told.plain, start, end):
                if not rules.before["negations"].search(told.before(one.start())):
                    found.setdefault(key, one.span())
    return next(iter(found.items())) if len(found) == 1 else None


def song_language(told: Told, rules: Rules) -> tuple[str, Span] | None:
    """The language that is asked for in words."""
    return sound(told, rules, "language")


def nicknames(told: Told, people: People, rules: Rules) -> list[Span]:
    """What the recipient is called, at most two, without their name."""
    found: dict[str, Span] = {}
    name = people.recipient
    official = told.quote(name) if name else ""
    for span in _called(told, people, rules):
        found.setdefault(told.quote(span).casefold(), span)
    return [span for key, span in found.items() if key != official.casefold()][:2]


def _called(told: Told, people: People, rules: Rules) -> Iterator[Span]:
    read = people.names
    for lead in rules.phrases["nickname"].finditer(told.plain):
        span = read.at(lead.end(), loose=read.careless, nick=True)
        if span and (told.text[span[0]].isupper() or re.match(r"[\"”»'’]?\s*(?:[.,;!?)\n]|$)", told.text[span[1] :])):
            yield span
    for opening, close in rules.between["nicknames"]:
        for found in opening.finditer(told.plain):
            span = read.at(found.end(), nick=True)
            if span and close.match(told.plain, span[1] + len(re.match(r"[\s,]*", told.text[span[1] : span[1] + 4])[0])):  # type: ignore[index]
                yield span
    if people.recipient and (span := read.at(people.recipient[1], nick=True)) and told.text[span[0] - 1] in "\"“«'‘":
        yield span


def pronunciation(told: Told, people: People, rules: Rules) -> Span | None:
    """How the name is said; only where one is told, and only one way."""
    found = {}
    for lead in rules.phrases["pronunciation"].finditer(told.plain):
        said = _SAID.match(told.text, lead.end(), min(len(told.text), lead.end() + 60))
        if said and people.recipient and abs(lead.start() - people.recipient[1]) < 200:
            found[said[1].casefold()] = said.span(1)
    return next(iter(found.values())) if len(found) == 1 else None


def never(told: Told, rules: Rules) -> list[Span]:
    """What must not be mentioned, each as it stands in the story."""
    found: list[Span] = []
    for lead in rules.phrases["never"].finditer(told.plain):
        if not found or lead.start() >= found[-1][1]:
            span = _unmentioned(told, rules, lead.end())
            found += [span] if span else []
    for opening, close in rules.between["never"]:
        for one in opening.finditer(told.plain):
            last = close.search(told.plain, one.end(), min(told.sentence(one.end())[1], one.end() + _MOST_NEVER))
            if last and last.start() > one.end() + 1 and not any(start <= one.end() < end for start, end in found):
                found.append(_bare(told, rules, one.end(), last.start()))
    vague = rules.words["vague"]
    return [span for span in sorted(found) if told.plain[span[0] : span[1]] not in vague and span[0] < span[1]]


def _unmentioned(told: Told, rules: Rules, at: int) -> Span | None:
    text = told.plain[at : at + _MOST_NEVER]
    stop = _STOP.search(text)
    end = stop.start() if stop else text.rfind(" ") if len(text) == _MOST_NEVER else len(text)
    for clause in rules.phrases["clause"].finditer(text[:end]):
        if clause.start() > 1:
            end = clause.start()
            break
    span = _bare(told, rules, at, at + max(0, end))
    return span if span[0] < span[1] else None


def _bare(told: Told, rules: Rules, start: int, end: int) -> Span:
    """Without what leads to the words and what follows them."""
    text = told.plain[start:end]
    text = _TAIL.sub("", text + " ").rstrip(" ,:") if text.strip() else ""
    lead = len(text) - len(text.lstrip(" ,:\n"))
    first = re.match(r"[\s,:]*([\w' ]+?)\s+", text)
    if first and first[1].strip() in rules.words["before_never"]:
        lead = first.end()
    return start + lead, start + len(text)
