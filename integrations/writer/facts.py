"""Facts: the customer's answers as lines that can be sung to the recipient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.writer import Brief
from integrations.writer.grammar import Person
from integrations.writer.phrases import Phrases
from integrations.writer.text import LINE_LENGTH, clean_words, cut_at_word, parted_lines, split_phrases

TOPICS = {  # topic -> the brief's field
    "message": "overall_message",
    "story": "story_summary",
    "quality": "qualities",
    "quirk": "characteristics",
    "activity": "activities_together",
    "memory": "favorite_memory",
    "place": "location_details",
    "grateful": "grateful_for",
    "phrase": "short_phrase",
}
_LISTED = ("quality", "place")
_SHORT = 32  # characters of what may stand in a list


@dataclass(frozen=True, slots=True)
class Fact:
    topic: str
    source: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """Turns the customer's text into facts, with the grammar of the song's language."""

    brief: Brief
    phrases: Phrases
    person: Person
    allows: Callable[[str], bool]

    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.answers.update({topic: self._heard(topic) for topic in TOPICS})

    def _heard(self, topic: str) -> tuple[str, ...]:
        joints = (self.phrases.words.join, "and", "y", "e") if topic in _LISTED else ()
        found = split_phrases(str(getattr(self.brief, TOPICS[topic])), self.phrases.words.subjects, joints)
        return tuple(p if topic == "phrase" else p.rstrip("!?") for p in found if self.allows(p))

    def facts(self, most_lines: int, each: int = 1) -> tuple[Fact, ...]:
        """In the order of the song. Where there are few answers, each gives more facts."""
        answered = [topic for topic in TOPICS if self.answers[topic]]
        found = [fact for topic in answered for fact in self._of(topic, each, most_lines)]
        return tuple(f for f in (*found, *self._nicknames(most_lines)) if all(map(self.allows, f.lines)))

    def _of(self, topic: str, most: int, most_lines: int) -> list[Fact]:
        grammar, words = self.phrases.grammar, self.phrases.words
        heard = list(dict.fromkeys(grammar.turn(p, self.person, topic) for p in self.answers[topic]))
        short = [h for h in heard if len(h) <= _SHORT and self._is_listable(h, self.answers[topic])]
        if (topic in _LISTED and len(short) > 1) or (topic == "quality" and short):
            listed = tuple(short[: 2 if topic == "place" else 3])
            lines = grammar.tell_list(topic, listed, self.person)
            most = max(most, len(lines))
            lines += [grammar.tell(topic, h, self.person) for h in heard if h not in listed][: most - 1]
        else:
            lines = [grammar.tell(topic, h, self.person) for h in heard]
        lines = [line for line in lines if line.count(",") < 2 or _fits(line, most_lines)]  # a list is sung whole or not begun
        if most_lines < 3:
            lines = [line for line in lines if len(line) <= LINE_LENGTH] or sorted(lines, key=len)
        chosen = lines[: 1 if topic == "phrase" else most]
        sung = [parted_lines(line, words.joints, words.weak_joints, most_lines, words.subjects) for line in chosen]
        sung = [(*lines[:-1], lines[-1] + ",") for lines in sung[:-1]] + sung[-1:]
        return [Fact(topic, TOPICS[topic], tuple(line for lines in sung for line in lines))] if sung else []

    def _is_listable(self, heard: str, answers: tuple[str, ...]) -> bool:
        """A quality or a place; whole sentences are sung by themselves."""
        first = heard.lower().split(" ")[0]
        return first in ("your", "tu", "tus") or (heard in answers and first not in self.phrases.words.subjects)

    def _nicknames(self, most_lines: int) -> list[Fact]:
        names = [cut_at_word(clean_words(n).replace("\n", " "), 40) for n in self.brief.nicknames]
        names = [
            n for n in dict.fromkeys(names) if any(c.isalpha() for c in n) and self.allows(n) and n not in self.person.names[:1]
        ]
        if not names:
            return []
        line = self.phrases.grammar.tell_many("nick", tuple(names[:3]), self.person)
        words = self.phrases.words
        return [Fact("nick", "nicknames", parted_lines(line, (*words.joints, words.join), words.weak_joints, most_lines))]


def _fits(line: str, most_lines: int) -> bool:
    """Whether it surely fits on so many lines."""
    return len(line) <= LINE_LENGTH + (most_lines - 1) * (LINE_LENGTH - 16)
