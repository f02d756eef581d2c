"""People: whom the song is for, and what they are to the giver. Two who could be meant are nobody: the form asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from integrations.writer.story_fields.names import NameReader
from integrations.writer.story_fields.rules import Rules, given_names
from integrations.writer.story_fields.told import Span, Told, plain

_LEAST = -1  # a score below this: only somebody else's relative
_LEAD = 2  # points that one kind of relation must be ahead of the next
_FILLERS = frozenset(("so", "hi", "hey", "hello", "hola", "well", "ok", "bueno", "pues", "oye", "este", "y", "and"))
_FOLLOWS = re.compile(r"\s*(?:[,.!?;:)(]|$)")
_YEARS = re.compile(r"\s+(?:of|de|desde hace|for)\s+(?:\w+\s+){0,2}(?:years|años|anos),?")


@dataclass(frozen=True)
class Mention:
    """A relation in the story: where its words are, with "my" before them; how likely it is the recipient's."""

    span: Span
    start: int
    kind: str
    score: float
    name: Span | None = None  # of titles: "Uncle Ray"


class People:
    """Who is in one story."""

    def __init__(self, told: Told, rules: Rules) -> None:
        self.told, self.rules, self.names = told, rules, NameReader(told, rules)

    @cached_property
    def mentions(self) -> list[Mention]:
        """Every relation of the giver's, in order."""
        own = [self._own(found) for found in self.rules.relation.finditer(self.told.plain)]
        taken = {place for one in own for place in range(one.start, one.span[1])}
        titles = [one for one in self._titles() if one.span[0] not in taken]
        return sorted([*own, *titles], key=lambda one: one.start)

    def _own(self, found: re.Match[str]) -> Mention:
        start, span = found.start(), found.span("rel")
        return Mention(span, start, self.rules.kind_of.get(found["rel"], found["rel"]), self._score(start, span[1]))

    def _score(self, start: int, end: int) -> float:
        before, after = self.told.before(start), self.told.after(end)
        of_theirs = re.match(r"'s?\s+(?=\w)", after)
        occasions = self.rules.options["theme"].values()
        if of_theirs:
            occasion = any(one.search(after[:30]) for one in occasions) or re.match(r"'s\s+(?:name|\d)", after)
            return 2 if occasion else -3
        ends = self.rules.before
        if ends["beside"].search(before):
            of_an_occasion = any(one.search(before[-25:]) for one in occasions)
            return 3 if of_an_occasion and not re.search(r"(?:and|y|e)\s*$", before) else -1
        if self.rules.phrases["request"].search(before[-20:]) or ends["copulas"].search(before):
            return 3
        if set(re.findall(r"\w+", before)) <= _FILLERS or ends["for"].search(before):
            return 2
        return 1

    def _titles(self) -> Iterator[Mention]:
        for found in self.rules.title.finditer(self.told.plain):
            start, span = found.start(), found.span("rel")
            word, first = found["rel"], self.told.text[span[0]]
            name = self.names.at(span[1]) if self.told.text[span[1] : span[1] + 1] == " " else None
            name = name if word in self.rules.words["before_name"] else None
            at_start = set(re.findall(r"\w+", self.told.before(start))) <= _FILLERS
            alone = word in self.rules.alone and (
                first.isupper() or bool(found["article"]) or (at_start and self.names.careless)
            )
            if name or alone:
                beside = self.rules.before["beside"].search(self.told.before(start))
                score = -3 if beside else 2 if at_start else 1
                yield Mention(span, start, self.rules.kind_of.get(word, word), score, name)

    @cached_property
    def chosen(self) -> tuple[Mention, ...]:
        """All mentions of the recipient's relation; none where two could be meant, or nobody is."""
        best: dict[str, float] = {}
        for place, one in enumerate(self.mentions):
            score = one.score + (1 if place == 0 else 0) + (0.5 if one.kind in best else 0)
            best[one.kind] = max(best.get(one.kind, -9), score)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < _LEAST or self.are_several:
            return ()
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _LEAD and ranked[1][1] > 1 and "friend" not in (ranked[1][0],):
            return ()
        return tuple(one for one in self.mentions if one.kind == ranked[0][0])

    @cached_property
    def are_several(self) -> bool:
        """Whether two relations stand side by side, of whom no other sentence makes one the recipient."""
        for one, other in zip(self.mentions, self.mentions[1:], strict=False):
            between = self.told.plain[one.span[1] : other.start]
            side = re.fullmatch(rf"[\s,]*(?:[\w'-]+[\s,]+){{0,2}}(?:{'|'.join(self.rules.words['join'])})\s+", between)
            if side and one.kind != other.kind and "friend" not in (one.kind, other.kind) and one.score > 0:
                outright = [
                    m for m in self.mentions if m.kind in (one.kind, other.kind) and m not in (one, other) and m.score > 1
                ]
                return not outright
        return False

    @cached_property
    def relationship(self) -> Span | None:
        """What they are to the giver, in the words of the likeliest mention."""
        best = max(self.chosen, key=lambda one: (one.score, -one.start), default=None)
        return best.span if best else None

    @cached_property
    def recipient(self) -> Span | None:
        """Their name; None where there are two different ones, or none."""
        if self.are_several or any(one.kind == "team" for one in self.chosen):
            return None
        for names in (self._told_outright(), self._only_ones()):
            found = {self._key(span): span for span in names if not self._is_giver(span)}
            longest = {key: span for key, span in found.items() if not any(self._within(key, other) for other in found)}
            if longest:
                return next(iter(longest.values())) if len(longest) == 1 else None
        return None

    def _key(self, span: Span) -> str:
        return " ".join(plain(self.told.text[span[0] : span[1]]).split())

    @staticmethod
    def _within(one: str, other: str) -> bool:
        return one != other and re.search(rf"\b{re.escape(one)}\b", other) is not None

    def _told_outright(self) -> Iterator[Span]:
        """Names beside the relation, behind "a song for" and behind "is called"."""
        for one in self.chosen:
            near = one.name or self._behind(one) or self._ahead(one)
            if near:
                yield self.names.couple(near)
        for found in self.rules.phrases["request"].finditer(self.told.plain):
            if name := self.names.at(found.end()):
                yield self.names.couple(name)
        opening = re.match(r"\s*(?:for|to|para|dear)\s+", self.told.plain)
        if opening and (name := self.names.at(opening.end())) and _FOLLOWS.match(self.told.text, name[1]):
            yield self.names.couple(name)
        for found in self.rules.phrases["called"].finditer(self.told.plain):
            if self._is_about_recipient(found.start()) and (name := self.names.at(found.end(), loose=True)):
                yield name

    def _behind(self, one: Mention) -> Span | None:
        """ "my sister Ana", "my sister, Ana,", "my friend of ten years, Ana,", "my sister (Ana)"."""
        at = one.span[1]
        if years := _YEARS.match(self.told.plain, at):
            at = years.end()
        called = re.compile(r"(?:'s)?[\s,(]*(?:(?:que|who|q|whose)\s+)?").match(self.told.plain, at)
        lead = self.rules.phrases["called"].match(self.told.plain, called.end()) if called else None
        if lead:
            return self.names.at(lead.end(), loose=True)
        mark = re.match(r"\s*[,:(]?\s*", self.told.text[at : at + 10])
        name = self.names.at(at + mark.end()) if mark else None
        if name is None:
            return self._small_name(at)
        if mark and mark[0].strip() and not _FOLLOWS.match(self.told.text, self.names.couple(name)[1]):
            return None
        return name

    def _small_name(self, at: int) -> Span | None:
        """ "my brother tom is": one word in small letters before what only a name or a pronoun has behind it."""
        name = self.names.at(at, loose=True) if self.names.careless and self.told.text[at : at + 1] == " " else None
        if not name or self.told.plain[name[0] : name[1]].endswith("ly"):
            return None
        rest = self.told.plain[name[1] : name[1] + 16].split()
        return name if rest and rest[0] in self.rules.words["after_name"] else None

    def _ahead(self, one: Mention) -> Span | None:
        """ "Ana, my sister", "Ana is my sister"."""
        before = self.told.before(one.start)
        said = re.search(r"\s*,\s*$", before) or self.rules.before["copulas"].search(before)
        if not said:
            return None
        return self.names.ending_at(one.start - len(before) + len(before[: said.start()].rstrip()))

    def _is_about_recipient(self, place: int) -> bool:
        """Not "my name is", and not "her dog is called"."""
        before = self.told.before(place)
        if re.search(r"(?:\bmy|\bmi|\bme)\s*$", before):
            return False
        nearest = [found[0] for found in self.rules.any_relation.finditer(before)]
        kinds = {one.kind for one in self.chosen}
        return not nearest or self.rules.kind_of.get(nearest[-1], nearest[-1]) in kinds

    def _only_ones(self) -> Iterator[Span]:
        """Where no relation leads to a name: whoever opens a sentence, if nobody else does."""
        if any(one.kind in ("mother", "father") and one.name is None for one in self.chosen):
            return
        for start, _ in self.told.sentences:
            name = self.names.at(start)
            if name and name[0] == start and self.told.text[start].isupper():
                pair = self.names.couple(name)
                first = self._key(name).split()[0]
                if pair != name or first in given_names() or not self.chosen:
                    yield pair

    def _is_giver(self, span: Span) -> bool:
        return bool(self.rules.before["giver"].search(self.told.before(span[0])))
