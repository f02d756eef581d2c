"""Names: which words at a place of a story are somebody's name. A name is never made up: it is a place in the text."""

from __future__ import annotations

import re

from integrations.name_spelling import is_ordinary
from integrations.writer.story_fields.rules import Rules, given_names
from integrations.writer.story_fields.told import TextSpan, Told, plain

MOST_PARTS = 3  # words of one name
_WORD = re.compile(r"[^\W\d_][\w'’·-]{0,40}")
_OPEN = re.compile(r"\s*[\"“”«'‘]")
_QUOTED = re.compile(r"[\"“”«'‘]([^\W\d_][^\"“”«»\n]{0,38}?)[\"“”»'’](?!\w)")
_GAP = re.compile(r"\.?[ \n]+")
_POSSESSIVE = re.compile(r"['’]s?$|(?<=s)['’]$")


class NameReader:
    """Reads names in one story. `careless`: its writer uses no capitals, so that a small letter proves nothing."""

    def __init__(self, told: Told, rules: Rules) -> None:
        self.told, self.rules, self.careless = told, rules, told.is_careless

    def at(self, place: int, loose: bool = False, nick: bool = False) -> TextSpan | None:
        """The name that begins here, after spaces and an opening quotation mark.

        `loose`: something before it says that a name follows, so that one word in small letters will do. `nick`: pet names
        too ("Nonna", "Captain").
        """
        place += len(re.match(r"\s*", self.told.text[place : place + 40])[0])  # type: ignore[index] # it always matches
        if _OPEN.match(self.told.text, place):
            quoted = _QUOTED.match(self.told.text, place)
            return quoted.span(1) if quoted and len(quoted[1].split()) <= MOST_PARTS else None
        return self._unquoted(place, loose, nick)

    def _unquoted(self, place: int, loose: bool, nick: bool) -> TextSpan | None:
        start, end, parts, titled = place, place, 0, False
        while parts < MOST_PARTS and (word := _WORD.match(self.told.text, place)):
            bare = _POSSESSIVE.sub("", word[0])
            key = plain(bare)
            if not parts and not titled and key in self.rules.words["honorifics"]:
                titled = True
            elif self._is_name(bare, nick):
                end, parts = word.start() + len(bare), parts + 1
            elif parts and key in self.rules.words["particles"]:
                pass
            elif not parts and not titled and self._is_small_name(bare, loose):
                return word.start(), word.start() + len(bare)
            else:
                break
            gap = _GAP.match(self.told.text, word.end())
            if not gap or len(bare) < len(word[0]) or (gap[0][0] == "." and key not in self.rules.words["honorifics"]):
                break
            place = gap.end()
        return (start, end) if parts else None

    def couple(self, first: TextSpan) -> TextSpan:
        """The name with another one joined to it ("Tom and Lisa"), or as it is."""
        joined = re.compile(rf"\s+(?:{'|'.join(map(re.escape, self.rules.words['join']))})\s+")
        found = joined.match(self.told.plain, first[1])
        second = self.at(found.end()) if found else None
        return (first[0], second[1]) if second else first

    def ending_at(self, place: int) -> TextSpan | None:
        """The name whose last letter stands before this place."""
        words = list(_WORD.finditer(self.told.text, max(0, place - 80), place))
        start = end = place
        for word in reversed(words[-MOST_PARTS:]):
            if word.end() != (place if start == end else start) and self.told.text[word.end() : start].strip():
                break
            if not (self._is_name(word[0], False) or (start == end and self._is_small_name(word[0], False))):
                break
            start = word.start()
        return (start, end) if start < end else None

    def _is_name(self, word: str, nick: bool) -> bool:
        """By its capital; letters of scripts that have none count as such."""
        key = plain(word)
        if word[0].islower() or (len(word) < 2 and not (ord(word[0]) > 0x2E80)):
            return False
        return key not in ("i", "i'm") if nick else key not in self.rules.words["no_names"]

    def _is_small_name(self, word: str, loose: bool) -> bool:
        key = plain(word)
        if not word[0].islower() or key in self.rules.words["no_names"] or len(word) < 2:
            return False
        return loose or (key in given_names() and not is_ordinary(word))
