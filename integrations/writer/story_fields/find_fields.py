"""Story fields: from one free story to the fields of the form, with the giver's own words behind each.

A page calls `jobs.generation.stories.read_story`, in a thread; `find_fields` alone is the rules: no network, no key, fast.
Nothing is invented: a name is a piece of the story, a choice has words of the story behind it, and what could mean two
things stays empty, so that the form asks. Whatever the story says, it is data.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from integrations.writer.story import language_of_story
from integrations.writer.story_fields import telling, wishes
from integrations.writer.story_fields.people import People
from integrations.writer.story_fields.rules import READ_LANGUAGES, Rules, rules_for
from integrations.writer.story_fields.told import LIMITS, TextSpan, Told, tidy

_ASKED = ("neverMention", "pronunciation", "style", "vibe", "voiceType", "language")  # their sentences speak to us
_KNOWN = ("recipientName", "relationship", "theme", "recipientNickname", "recipientNickname2")
_TELLS = 8  # words from which a story shows its language though nothing else was found
log = logging.getLogger("serenade.writer")


@dataclass(frozen=True, slots=True)
class FoundField:
    """One field of the form. `spans`: where the story tells it (offsets of characters); `quotes`: the words there."""

    value: str
    spans: tuple[TextSpan, ...]
    quotes: tuple[str, ...]
    source: str = "rules"  # or "writer": the chat model


@dataclass(frozen=True, slots=True)
class FoundFields:
    """What a story tells. `fields` by the form's own names; `spans` point into `story`, which is the text as it was cleaned."""

    story: str = ""
    language: str = ""  # of the story; "" where it is unsure or another one
    source: str = "rules"
    fields: Mapping[str, FoundField] = field(default_factory=dict)

    def values(self) -> dict[str, str]:
        """What can be merged into one song of a draft's form data."""
        return {name: one.value for name, one in self.fields.items()}


class StoryReader(Protocol):
    """A chat model that reads stories."""

    def read(self, found: FoundFields) -> FoundFields:
        """The same story with what the model found in it, checked. Raises an exception where that fails."""


def fields_of_story(story: str, reader: StoryReader | None = None, *, language_hint: str | None = None) -> FoundFields:
    """The fields by the chat model, and where it fails, refuses or is not there, by the rules. Never raises, for any text.

    With a reader this blocks for up to `asking.READING_DEADLINE` seconds: call it in a thread (`asyncio.to_thread`) or a job.
    """
    found = find_fields(story, language_hint=language_hint)
    if reader is None or not any(c.isalnum() for c in found.story):
        return found
    try:
        return reader.read(found)
    except Exception as error:  # whatever a model does, the rules' fields are there
        log.warning("the rules read the story, because the chat API fails: %s", error.__class__.__name__)
        return found


def find_fields(story: str, *, language_hint: str | None = None) -> FoundFields:
    """The fields by rules alone: no network, no key; time grows with the length, of which the first 10,000 characters count.

    `language_hint`: the language of the page, which decides where the story's own is unsure. Never raises, for any text.
    """
    told = Told(tidy(story))
    own = language_of_story(told.text)
    language = own or (language_hint or "")[:2].lower() * _is_latin(told.text)
    if language not in READ_LANGUAGES or not told.sentences:
        return FoundFields(told.text)
    rules = rules_for(language)
    people = People(told, rules)
    found = dict(_answers(told, people, rules))
    found |= dict(_telling(told, people, rules, found))
    found = {name: one for name, one in found.items() if len(one.value) <= LIMITS.get(name, 100)}
    if own and (found or len(told.text.split()) >= _TELLS):
        found.setdefault("language", _field(told, own, told.sentences[:1]))
    return FoundFields(told.text, own, "rules", found)


def _is_latin(text: str) -> bool:
    """Whether most of its letters are: no page's language makes another script readable by the rules."""
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(c < "\u0250" for c in letters) > len(letters)


def _answers(told: Told, people: People, rules: Rules) -> Iterable[tuple[str, FoundField]]:
    for name, span in (("recipientName", people.recipient), ("relationship", people.relationship)):
        if span:
            yield name, _field(told, told.quote(span), [span])
    for number, span in enumerate(wishes.nicknames(told, people, rules)):
        yield ("recipientNickname2" if number else "recipientNickname"), _field(told, told.quote(span), [span])
    if said := wishes.pronunciation(told, people, rules):
        yield "pronunciation", _field(told, told.quote(said), [said])
    if unmentioned := wishes.never(told, rules):
        yield "neverMention", _field(told, ", ".join(map(told.quote, unmentioned)), unmentioned)
    if occasion := wishes.theme(told, people, rules):
        yield "theme", _field(told, occasion[0], [occasion[1]])
    for name, key in (("style", "style"), ("vibe", "vibe"), ("voice", "voiceType"), ("language", "language")):
        if chosen := wishes.sound_wishes(told, rules, name):
            yield key, _field(told, chosen[0], [chosen[1]])


def _telling(told: Told, people: People, rules: Rules, found: Mapping[str, FoundField]) -> Iterable[tuple[str, FoundField]]:
    asked = [span for name in _ASKED if name in found for span in found[name].spans]
    without = telling.asides(told, rules, asked)
    memory = telling.memory(told, rules, without)
    if memory:
        yield "favoriteMemory", _field(told, told.quote(memory), [memory])
    admired = telling.qualities(told, people, rules, without)
    if admired:
        yield "qualities", _field(told, ", ".join(map(told.quote, admired)), admired)
    known = [*admired, *(span for name in _KNOWN if name in found for span in found[name].spans)]
    if rest := telling.summary(told, [*without, *telling.repeats(told, known), *([memory] if memory else [])]):
        yield "storySummary", _field(told, " ".join(map(told.quote, rest)), rest)


def _field(told: Told, value: str, spans: Iterable[TextSpan]) -> FoundField:
    places = tuple(spans)
    return FoundField(value, places, tuple(map(told.quote, places)))
