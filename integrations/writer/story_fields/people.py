"""People: whom the song is for, and what they are to the giver. Two who could be meant are nobody: the form asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from integrations.writer.story_fields.names import NameReader
from integrations.writer.story_fields.relations import Mention, are_side_by_side, chosen_ones, find_mentions
from integrations.writer.story_fields.rules import Rules, ends_in, given_names
from integrations.writer.story_fields.told import TextSpan, Told, plain

_FOLLOWS = re.compile(r"\s*(?:[,.!?;:)(]|$)")
_YEARS = re.compile(r"\s+(?:of|de|desde hace|for)\s+(?:\w+\s+){0,2}(?:years|años|anos),?")


class People:
    """Who is in one story."""

    def __init__(self, told: Told, rules: Rules) -> None:
        self.told, self.rules, self.names = told, rules, NameReader(told, rules)
        self.are_several = False

    @cached_property
    def chosen(self) -> tuple[Mention, ...]:
        """All mentions of the recipient's relation; none where two could be meant, or nobody is."""
        mentions = find_mentions(self.told, self.rules, self.names)
        self.are_several = are_side_by_side(self.told, self.rules, mentions)
        return () if self.are_several else chosen_ones(mentions)

    @cached_property
    def _mine(self) -> re.Pattern[str]:
        return re.compile(rf"\s+(?:{'|'.join(self.rules.words['mine'])})(?=\s)")

    @cached_property
    def relationship(self) -> TextSpan | None:
        """What they are to the giver, in the words of the likeliest mention."""
        own = [one for one in self.chosen if one.span[0] > one.start and one.score > 0]
        best = max(own or self.chosen, key=lambda one: (one.score, -one.start), default=None)
        return best.span if best else None

    @cached_property
    def recipient(self) -> TextSpan | None:
        """Their name; None where there are two different ones, or none."""
        if any(one.kind == "team" for one in self.chosen) or self.are_several:
            return None
        for names in (self._told_outright(), self._only_ones()):
            found = {self._key(span): span for span in names if not self._is_giver(span)}
            longest = {key: span for key, span in found.items() if not any(self._within(key, other) for other in found)}
            if longest:
                return next(iter(longest.values())) if len(longest) == 1 else None
        return None

    def _key(self, span: TextSpan) -> str:
        return " ".join(plain(self.told.text[span[0] : span[1]]).split())

    @staticmethod
    def _within(one: str, other: str) -> bool:
        return one != other and re.search(rf"\b{re.escape(one)}\b", other) is not None

    def _told_outright(self) -> Iterator[TextSpan]:
        """Names beside the relation, behind "a song for" and behind "is called"."""
        for one in self.chosen:
            near = one.name or self._behind(one) or self._ahead(one)
            if near:
                yield self.names.couple(near)
        for found in self.rules.phrases["request"].finditer(self.told.plain):
            ours = self._mine.match(self.told.plain, found.end())
            if name := self.names.at(ours.end() if ours else found.end()):
                yield self.names.couple(name)
        opening = re.match(r"\s*(?:for|to|para|dear)\s+(?:(?:la|el)\s+)?", self.told.plain)
        if opening and (name := self.names.at(opening.end())) and _FOLLOWS.match(self.told.text, name[1]):
            yield self.names.couple(name)
        for found in self.rules.phrases["called"].finditer(self.told.plain):
            if self._is_about_recipient(found.start()) and (name := self.names.at(found.end(), loose=True)):
                yield name

    def _behind(self, one: Mention) -> TextSpan | None:
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

    def _small_name(self, at: int) -> TextSpan | None:
        """ "my brother tom is": one word in small letters before what only a name or a pronoun has behind it."""
        name = self.names.at(at, loose=True) if self.names.careless and self.told.text[at : at + 1] == " " else None
        if (
            not name
            or re.search(r"ly$", word := self.told.plain[slice(*name)])
            or self.rules.phrases["occasion"].fullmatch(word)
        ):
            return None
        rest = self.told.plain[name[1] : name[1] + 24].split() if name else []
        return name if {*rest[:1], " ".join(rest[:2])} & self.rules.words["after_name"] else None

    def _ahead(self, one: Mention) -> TextSpan | None:
        """ "Ana, my sister", "Ana is my sister"."""
        before = self.told.before(one.start)
        bare = before.rstrip()
        said = len(bare) - 1 if bare.endswith(",") else ends_in(before, self.rules.words["copulas"])
        return self.names.ending_at(one.start - len(before) + len(before[:said].rstrip())) if said > 0 else None

    def _is_about_recipient(self, place: int) -> bool:
        """Not "my name is", and not "her dog is called"."""
        before = self.told.before(place)
        if re.search(r"(?:\bmy|\bmi|\bme)\s*$", before):
            return False
        nearest = [found[0] for found in self.rules.any_relation.finditer(before)]
        kinds = {one.kind for one in self.chosen}
        return not nearest or self.rules.kind(nearest[-1]) in kinds

    def _only_ones(self) -> Iterator[TextSpan]:
        """Where nothing leads to a name: the one known first name of the story, if it is told of from the first sentence on."""
        if any(one.kind in ("mother", "father") and one.name is None for one in self.chosen):
            return
        first_end, seen = self.told.sentences[:2][-1][1], set()
        for place in re.finditer(r"(?<![\w'-])[^\W\d_a-z]", self.told.text):
            name = self.names.at(place.start())
            if name and name[0] == place.start() and not self._is_anothers(name):
                pair, at_start = self.names.couple(name), self.told.sentence(name[0])[0] == name[0]
                key = self._key(name)
                is_told_of = key in seen or name[1] <= first_end or (at_start and bool(self.chosen))
                is_known = key.split()[0] in given_names() or (at_start and self._is_subject(name))
                if (pair != name and at_start) or (is_told_of and is_known):
                    yield pair
                seen.add(key)

    def _is_subject(self, name: TextSpan) -> bool:
        """ "Priscilla has", "Aníbal y yo": what only a name has behind it, among words with a capital at the start."""
        rest = self.told.plain[name[1] : name[1] + 24].split()
        return bool({*rest[:1], " ".join(rest[:2])} & self.rules.words["after_name"]) and len(self.told.text[slice(*name)]) > 2

    def _is_anothers(self, name: TextSpan) -> bool:
        """ "her son Ben", "without mentioning Ben"."""
        before = self.told.before(name[0]).rstrip()
        word = before.rpartition(" ")[2]
        return self.rules.kind_of.get(word, "") not in ("", *(one.kind for one in self.chosen)) or bool(
            ends_in(before, self.rules.words["beside"]) >= 0 or self.rules.phrases["never"].search(before[-30:])
        )

    def _is_giver(self, span: TextSpan) -> bool:
        return ends_in(self.told.before(span[0]), self.rules.words["giver"]) >= 0
