"""Wishes: the occasion, how the song should sound, how a name is said, pet names, and what must never be mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from integrations.writer.story_fields.people import People
from integrations.writer.story_fields.rules import Rules, ends_in
from integrations.writer.story_fields.told import TextSpan, Told

_MOST_NEVER, _MOST_NEVERS = 70, 4  # characters of one thing not to mention, and how many things
_MOST_LEADS = 40  # places that are looked at
_LEAST = 2  # points of an occasion
_STOP = re.compile(r"[.;!?()¡¿]|\n\s*\n|\s[-–—]\s|,\s*$")
_TAIL = re.compile(r"[\s,:]+(?:please|pls|plz|too|either|por favor|porfa|tampoco|gracias|thanks)?[\s,]*$")
_SAID = re.compile(
    r"[\s:]*[\"“«'‘(]?\s*([^\W\d_][\w'’-]*(?:[ -][^\W\d_][\w'’-]*){0,3}?)"
    r"(?=[\s]*[\"”»)(.,;!?\n]|\s(?:y|and|like|not|as|no)\s|\s*$)"
)
_FOLLOWED = re.compile(r"[\"”»'’]?\s*(?:[.,;!?)\n]|$)")
_TOWARDS = re.compile(r"\b(?:for|por|para|to|happy|feliz)(?:\s+[\w']+){0,3}\s*$")
_LEAD = 1  # points that one occasion must be ahead of the next
_WHOLE_WISH = 4  # words of a sentence that begins with a style and may say nothing else: "Country or bluegrass."
_WISHED = 35  # characters between a wish and what is wished


def theme(told: Told, people: People, rules: Rules) -> tuple[str, TextSpan] | None:
    """The occasion's key and the words that name it; None where two are named alike."""
    best: dict[str, tuple[float, TextSpan]] = {}
    for key, pattern in rules.options["theme"].items():
        for found in pattern.finditer(told.plain):
            score = _occasion_score(told, people, rules, key, found.span())
            if score > best.get(key, (0, found.span()))[0]:
                best[key] = score, found.span()
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[1][1]))
    if not ranked or ranked[0][1][0] < _LEAST or (len(ranked) > 1 and ranked[0][1][0] - ranked[1][1][0] < _LEAD):
        return None
    return ranked[0][0], ranked[0][1][1]


def _occasion_score(told: Told, people: People, rules: Rules, key: str, span: TextSpan) -> float:
    before, score = told.before(span[0]), 3.0
    if key in rules.about_theme["events"] and not _is_about_recipient(before, told.after(span[1]), people, rules):
        return 0
    if key in rules.about_theme["weak"]:
        score -= 1
    if ends_in(before, rules.words["own"]) >= 0:
        score -= 3
    if ends_in(before, rules.words["for"]) >= 0 or _TOWARDS.search(before):
        score += 2
    if rules.phrases["future"].search(before[-30:]) or rules.phrases["future"].search(told.after(span[1])[:30]):
        score += 1
    if key not in rules.about_theme["past"] and rules.phrases["memory"].search(before):
        score -= 2
    return score + (2 if key == "in-memory" else 0)


def _is_about_recipient(before: str, after: str, people: People, rules: Rules) -> bool:
    """Whether nobody and nothing else stands beside the words, as in "after my dad died" and "my laptop died"."""
    thing = re.search(r"([\w']+)\s+([\w'-]+)\s*$", before)
    thing_behind = re.match(r"\s+([\w']+)\s+([\w'-]+)", after)
    for found, owners in ((thing, rules.words["owners"]), (thing_behind, rules.words["mine"])):
        if found and found[1] in owners and found[2] not in rules.kind_of:
            return False
    nearest = [found["rel"] for found in rules.relation.finditer(after[:25])][:1]
    nearest = nearest or [found[0] for found in rules.any_relation.finditer(before)]
    kinds = {one.kind for one in people.chosen}
    return not nearest or not kinds or rules.kind(nearest[-1]) in kinds


def is_wish(told: Told, rules: Rules, sentence: TextSpan) -> bool:
    """Whether this sentence asks for something in the song, rather than telling."""
    text = told.plain[sentence[0] : sentence[1]]
    return bool(rules.phrases["wish"].search(text)) and not rules.phrases["taste"].search(text)


def sound_wishes(told: Told, rules: Rules, name: str) -> tuple[str, TextSpan] | None:
    """The key of `style`, `vibe` or `voice` that is asked for; None where two are."""
    found: dict[str, TextSpan] = {}
    for start, end in told.sentences:
        for key, pattern in rules.options[name].items():
            for one in pattern.finditer(told.plain, start, end):
                if _is_wished(told, rules, one.span(), (start, end)):
                    found.setdefault(key, one.span())
    return next(iter(found.items())) if len(found) == 1 else None


def _is_wished(told: Told, rules: Rules, span: TextSpan, sentence: TextSpan) -> bool:
    """Whether a wish stands near ("a jazz song", "jazz, please"), and nothing nearer says that somebody likes or hates it."""
    before = told.plain[max(sentence[0], span[0] - _WISHED) : span[0]]
    around = told.plain[max(sentence[0], span[0] - _WISHED) : min(sentence[1], span[1] + _WISHED)]
    if ends_in(before, rules.words["negations"]) >= 0 or re.match(r"\s+no\b", told.plain[span[1] : span[1] + 4]):
        return False
    if span[0] == sentence[0] and len(told.plain[span[0] : sentence[1]].split(None, _WHOLE_WISH)) <= _WHOLE_WISH:
        return True
    if not rules.phrases["wish"].search(around):
        return False
    return bool(rules.phrases["wish"].search(before[-12:])) or not rules.phrases["taste"].search(before)


def nicknames(told: Told, people: People, rules: Rules) -> list[TextSpan]:
    """What the recipient is called, at most two, without their name."""
    found: dict[str, TextSpan] = {}
    name = people.recipient
    official = told.quote(name) if name else ""
    for span in _called(told, people, rules):
        found.setdefault(told.quote(span).casefold(), span)
    return [span for key, span in found.items() if key != official.casefold()][:2]


def _called(told: Told, people: People, rules: Rules) -> Iterator[TextSpan]:
    read = people.names
    for lead in islice(rules.phrases["nickname"].finditer(told.plain), _MOST_LEADS):
        span = read.at(lead.end(), loose=read.careless, nick=True)
        if span and (told.text[span[0]].isupper() or _FOLLOWED.match(told.text, span[1])):
            yield span
    for opening, close in rules.between["nicknames"]:
        for found in islice(opening.finditer(told.plain), _MOST_LEADS):
            span = read.at(found.end(), nick=True)
            if span and close.match(told.plain, span[1] + len(re.match(r"[\s,]*", told.text[span[1] : span[1] + 4])[0])):  # type: ignore[index]
                yield span
    if people.recipient and (span := read.at(people.recipient[1], nick=True)) and told.text[span[0] - 1] in "\"“«'‘":
        yield span


def pronunciation(told: Told, people: People, rules: Rules) -> TextSpan | None:
    """How the name is said; only where one is told, and only one way."""
    found = {}
    for lead in rules.phrases["pronunciation"].finditer(told.plain):
        said = _SAID.match(told.text, lead.end(), min(len(told.text), lead.end() + 60))
        if said and people.recipient and abs(lead.start() - people.recipient[1]) < 200:
            found[said[1].casefold()] = said.span(1)
    return next(iter(found.values())) if len(found) == 1 else None


def never(told: Told, rules: Rules) -> list[TextSpan]:
    """What must not be mentioned, each as it stands in the story."""
    found: list[TextSpan] = []
    for lead in islice(rules.phrases["never"].finditer(told.plain), _MOST_LEADS):
        if not found or lead.start() >= found[-1][1]:
            span = _unmentioned(told, rules, lead.end())
            found += [span] if span else []
    for opening, close in rules.between["never"]:
        for one in islice(opening.finditer(told.plain), _MOST_LEADS):
            last = close.search(told.plain, one.end(), min(told.sentence(one.end())[1], one.end() + _MOST_NEVER))
            if last and last.start() > one.end() + 1 and not any(start <= one.end() < end for start, end in found):
                found.append(_bare(told, rules, one.end(), last.start()))
    found = [span for span in sorted(found) if span[0] < span[1] and not _is_vague(told.plain[span[0] : span[1]], rules)]
    return found[:_MOST_NEVERS]


def _is_vague(words: str, rules: Rules) -> bool:
    """Nothing that can be left out of lyrics: "sad stuff", or a style."""
    sounds = (pattern for name in ("style", "vibe") for pattern in rules.options[name].values())
    return words in rules.words["vague"] or any(pattern.fullmatch(words) for pattern in sounds)


def _unmentioned(told: Told, rules: Rules, at: int) -> TextSpan | None:
    text = told.plain[at : at + _MOST_NEVER]
    stop = _STOP.search(text)
    end = stop.start() if stop else text.rfind(" ") if len(text) == _MOST_NEVER else len(text)
    for clause in rules.phrases["clause"].finditer(text[:end]):
        if clause.start() > 1:
            end = clause.start()
            break
    span = _bare(told, rules, at, at + max(0, end))
    return span if span[0] < span[1] else None


def _bare(told: Told, rules: Rules, start: int, end: int) -> TextSpan:
    """Without what leads to the words and what follows them."""
    text = told.plain[start:end]
    text = _TAIL.sub("", text + " ").rstrip(" ,:") if text.strip() else ""
    lead = len(text) - len(text.lstrip(" ,:\n"))
    first = re.match(r"[\s,:]*([\w' ]+?)\s+", text)
    if first and first[1].strip() in rules.words["before_never"]:
        lead = first.end()
    return start + lead, start + len(text)
