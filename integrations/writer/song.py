"""The song: sections, rhyme, and the customer's facts between the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.writer.choice import Chooser
from integrations.writer.facts import Fact
from integrations.writer.phrases import Phrases, VerseTable
from integrations.writer.text import capital

MOST_LINES = 44
MOST_CHARACTERS = 3000
Line = tuple[str, str]  # the text, and the field it came from


@dataclass(frozen=True, slots=True)
class DraftRoom:
    """How generous a draft may be; the next one is leaner."""

    fact_lines: int = 3  # how many lines one fact may take
    each: int = 1  # phrases sung of one field
    feeling_everywhere: bool = True
    opener: bool = True
    lifts: bool = True
    bridge_answers: bool = True
    answers: bool = True
    must_lines: int = 12


DRAFT_ROOMS = (
    DraftRoom(each=2),
    DraftRoom(each=2, lifts=False),
    DraftRoom(each=2, feeling_everywhere=False, lifts=False),
    DraftRoom(),
    DraftRoom(lifts=False),
    DraftRoom(feeling_everywhere=False, lifts=False),
    DraftRoom(feeling_everywhere=False, lifts=False, opener=False),
    DraftRoom(fact_lines=2, feeling_everywhere=False, lifts=False),
    DraftRoom(fact_lines=2, feeling_everywhere=False, lifts=False, opener=False),
    DraftRoom(fact_lines=2, feeling_everywhere=False, lifts=False, opener=False, bridge_answers=False),
    DraftRoom(fact_lines=2, feeling_everywhere=False, lifts=False, opener=False, bridge_answers=False, answers=False),
    DraftRoom(fact_lines=1, feeling_everywhere=False, lifts=False, opener=False, bridge_answers=False, answers=False),
    DraftRoom(
        fact_lines=1, feeling_everywhere=False, lifts=False, opener=False, bridge_answers=False, answers=False, must_lines=6
    ),
)


@dataclass(slots=True)
class Song:
    """One draft. `tone` is the vibe, or 'memorial' for somebody who is gone."""

    phrases: Phrases
    chooser: Chooser
    tone: str
    theme: str
    kind: str
    emotions: Sequence[str]
    festive: str
    wishes: Sequence[str]
    has_sender: bool
    plain: bool = False  # a chorus that suits any occasion, where its own ones are taken
    used: list[str] = field(default_factory=list)

    def sections(self, facts: Sequence[Fact], must: Sequence[str], room: DraftRoom) -> list[tuple[str, list[Line]]]:
        by = {fact.topic: fact for fact in facts}
        hook = by["phrase"] if "phrase" in by and len(by["phrase"].lines) == 1 else None
        first = [f for f in facts if f.topic in ("message", "story")]
        second = [f for f in facts if f.topic in ("quality", "quirk", "activity", "memory", "place")]
        third = [f for f in facts if f.topic in ("grateful", "nick", "phrase") and f is not hook]
        if len(second) > 4 and len(first) < 2:
            first, second = [*first, second[0]], second[1:]
        if len(second) > 4 and len(third) < 2:
            third, second = [second[-1], *third], second[:-1]
        chorus = self._chorus(hook, room.feeling_everywhere)
        return [
            ("Verse 1", self._first(first, room)),
            ("Chorus", chorus),
            ("Verse 2", self._facts(second, room, room.answers) or self._of_own("", self.phrases.verses.fillers)),
            ("Chorus", chorus),
            ("Bridge", [*self._bridge(third, room), *((line, "must_include") for line in must[: room.must_lines])]),
            ("Final Chorus", [*self._chorus(hook, True), *self._closing()]),
        ]

    def _verse(self, source: str, table: VerseTable, *keys: str) -> list[Line]:
        return [(line, source) for line in self.chooser.verse(table, *keys)]

    def _of_own(self, source: str, table: VerseTable) -> list[Line]:
        """A verse that suits the occasion or an animal, where there is one, and else the mood."""
        born = self.theme == "new-baby" and self.kind == "child"
        own = [] if self.tone == "memorial" else ["pet"] * (self.kind == "pet") + ["new-baby"] * born
        return self._verse(source, table, *own, self.tone)

    def _first(self, facts: Sequence[Fact], room: DraftRoom) -> list[Line]:
        relation = "memorial" if self.tone == "memorial" else self.kind
        if self.tone == "formal" and self.kind not in ("colleague", "team"):
            relation = "formal"
        lines: list[Line] = []
        if self.festive in self.phrases.prompt.festive:
            lines += self._verse("festive_lyrics_level", self.phrases.verses.openers, f"level {self.festive}")
        elif room.opener or not facts:
            lines += self._verse("theme", self.phrases.verses.openers, self.theme, "any")
        return [
            *lines,
            *self._verse("relationship", self.phrases.verses.relations, relation, "other"),
            *self._told(facts, room),
        ]

    def _told(self, facts: Sequence[Fact], room: DraftRoom) -> list[Line]:
        """What an apology is about; "I miss you" is not answered there: no line would suit it and the story alike."""
        alone = [f for f in facts if f.topic == "message" and self.theme == "sorry"]
        said = [(line, fact.source) for fact in alone for line in _written(fact.lines, ".")]
        return [*said, *self._facts([f for f in facts if f not in alone], room, room.answers)]

    def _chorus(self, hook: Fact | None, feeling: bool) -> list[Line]:
        keys = [self.theme, *([] if self.tone == "memorial" else ["formal" if self.tone == "formal" else "any"])]
        lines = self._verse("theme", self.phrases.verses.choruses, *(reversed(keys) if self.plain else keys))
        if feeling and self.emotions:
            lines += self._feeling(self.emotions[0])
        return [*lines, *((line, hook.source) for line in _written(hook.lines, "."))] if hook else lines

    def _feeling(self, emotion: str) -> list[Line]:
        return self._verse(
            "emotions", self.phrases.verses.feelings, *([f"{emotion} memorial"] if self.tone == "memorial" else []), emotion
        )

    def _bridge(self, facts: Sequence[Fact], room: DraftRoom) -> list[Line]:
        lines = self._facts(facts, room, room.bridge_answers) or self._bridge_of_own()
        for emotion in self.emotions[1:2]:
            lines += self._feeling(emotion)
        for wish in self.wishes:
            keys = [f"{wish} memorial", wish] if self.tone == "memorial" else [wish]
            lines += self._verse("faith_based" if wish == "faith" else "child_friendly", self.phrases.verses.wishes, *keys)
        return lines

    def _bridge_of_own(self) -> list[Line]:
        """By occasion, half of the time by mood, so that neither is the same for everybody."""
        bridges = self.phrases.verses.bridges
        special = self.tone == "memorial" or self.kind == "pet" or self.theme == "new-baby"  # its bridge is for the child
        if not special and self.theme in bridges and self.chooser.number("bridge by", 3) > 0:
            return self._verse("theme", bridges, self.theme, self.tone)
        return self._of_own("", bridges)

    def _closing(self) -> list[Line]:
        return self._verse("sender_name", self.phrases.verses.closings, self.tone) if self.has_sender else []

    def _facts(self, facts: Sequence[Fact], room: DraftRoom, answers_wanted: bool = True) -> list[Line]:
        """Two facts and two rhyming answers at a time; the last odd one is answered twice."""
        lines: list[Line] = []
        for at in range(0, len(facts), 2):
            pair = facts[at : at + 2]
            topics = [self._topic(f) for f in pair]
            answers = self._answers([*topics, self.tone] if len(pair) == 1 else topics)
            for fact, answer in zip(pair, answers, strict=False):
                answered = bool(answer) and answers_wanted
                lifted = len(pair) == 1 and room.lifts and answered and len(answers) > 1 and topics != ["regret"]
                lines += [(line, fact.source) for line in _written(fact.lines, "," if answered else ".")]
                lines += [(line, "") for line in _written([answer], "," if lifted else ".")] if answered else []
                lines += [(line, "vibe") for line in _written(answers[1:], ".")] if lifted else []
        return lines

    def _topic(self, fact: Fact) -> str:
        """What an answering line must suit: a story that is regretted is not praised, nor that somebody is far away."""
        instead = {"sorry": "regret", "missing-you": "longing"}.get(self.theme, "")
        return instead if instead and fact.topic == "story" else fact.topic

    def _answers(self, topics: Sequence[str]) -> list[str]:
        rhymes = self.phrases.memorial_rhymes if self.tone == "memorial" else self.phrases.rhymes
        for good in (self.chooser.fits, self.chooser.allows):
            names = self.chooser.order("/".join(topics) + str(len(self.used)), rhymes)
            for name in sorted(names, key=self.used.count):
                chosen = [capital(line) for t in topics if (line := rhymes[name].get(t)) and good(line)]
                if len(chosen) == len(topics) and len({c.split(" ")[-1] for c in chosen}) == len(chosen):
                    self.used.append(name)
                    return chosen
        return ["" for _ in topics]


def _written(lines: Sequence[str], end: str) -> list[str]:
    """Every line opens with a capital; the last one closes as the next line needs it."""
    *others, last = map(capital, lines)
    return [*others, last + end if last[-1:].isalnum() or last[-1:] in "'\")" else last]
