"""Told: a giver's story as the rules read it: cleaned, without capitals and accents, in sentences. All places are offsets."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

MOST_STORY = 10_000  # characters that are read
LIMITS = {  # characters, as the form has them
    "recipientName": 100, "recipientNickname": 50, "recipientNickname2": 50, "pronunciation": 100, "relationship": 50,
    "favoriteMemory": 300, "qualities": 300, "neverMention": 300, "storySummary": 500,
}  # fmt: skip
TextSpan = tuple[int, int]
_END = re.compile(r"(?:[.!?…。！？]|(?<=\w)\s?:\))+[\"'”»)]*(?=\s|$)|\n\s*\n|\s[-–—]\s|;\s")
_SHORT = frozenset(("mr", "mrs", "ms", "dr", "st", "sr", "sra", "srta", "prof", "rev", "d", "dna", "jr"))
_NEAR = 60  # characters before a place that say what it means
_DIRECTION = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def tidy(text: str) -> str:
    """The story that places refer to: composed letters; no control characters, direction marks or lone surrogates."""
    text = unicodedata.normalize("NFC", text[:MOST_STORY].encode("utf-8", "ignore").decode())
    text = _DIRECTION.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in text).strip()


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char in "’‘ʼ´`":
        return "'"
    return unicodedata.normalize("NFKD", char)[:1].lower()[:1] or char


def plain(text: str) -> str:
    """Small letters without accents; exactly as long as the text."""
    return "".join(map(_plain, text))


@dataclass(frozen=True)
class Told:
    """A story. `text` is what `tidy` made of it."""

    text: str

    @cached_property
    def plain(self) -> str:
        return plain(self.text)

    @cached_property
    def sentences(self) -> tuple[TextSpan, ...]:
        """Where each sentence begins and ends, its full stop with it."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[TextSpan]:
        start = 0
        for found in _END.finditer(self.text):
            last = re.search(r"\w+$", self.plain[max(0, found.start() - 8) : found.start()])
            if found[0] == "." and last and last[0] in _SHORT:
                continue
            yield from self._trimmed(start, found.end())
            start = found.end()
        yield from self._trimmed(start, len(self.text))

    def _trimmed(self, start: int, end: int) -> Iterator[TextSpan]:
        part = self.text[start:end]
        if any(c.isalnum() for c in part):
            lead = len(part) - len(part.lstrip(" \n-–—"))
            yield start + lead, start + len(part.rstrip(" \n-–—;"))

    def sentence(self, at: int) -> TextSpan:
        """The sentence that this place is in."""
        place = bisect_right(self._ends, at)
        return self.sentences[place] if place < len(self.sentences) else (0, len(self.text))

    @cached_property
    def _ends(self) -> list[int]:
        return [end for _, end in self.sentences]

    def before(self, at: int) -> str:
        """The few words before a place, in the same sentence, as they are compared."""
        return self.plain[max(self.sentence(at)[0], at - _NEAR) : at]

    def after(self, at: int) -> str:
        """The few words behind a place, in the same sentence."""
        return self.plain[at : min(self.sentence(at)[1], at + _NEAR)]

    @cached_property
    def is_careless(self) -> bool:
        """Whether its writer makes no use of capitals, so that they tell nothing about names."""
        starts = [self.text[start] for start, _ in self.sentences]
        if starts and starts[0].islower() and sum(one.islower() for one in starts) * 2 > len(starts):
            return True
        inside = re.findall(r"(?<=[a-zà-ÿ,] )[^\W\d_][\w']+", self.text)
        return not any(word[0].isupper() and not word.isupper() for word in inside)

    def quote(self, span: TextSpan) -> str:
        """The giver's own words there, on one line."""
        return " ".join(self.text[span[0] : span[1]].split())
