"""Choosing: always the same line for the same brief, and never one that holds a forbidden word."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from integrations.writer.forbidden_words import Never
from integrations.writer.phrases import Verse, VerseTable
from integrations.writer.text import capital


class Chooser:
    def __init__(self, seed: str, never: Never, shy_of: Sequence[str], fill: dict[str, str]) -> None:
        self._seed = seed
        self._never = never
        self._shy = re.compile(rf"\b(?:{'|'.join(shy_of)})\b", re.I) if shy_of else None
        self._fill = fill

    def allows(self, text: str) -> bool:
        return not self._never.search(text)

    def fits(self, text: str) -> bool:
        return self.allows(text) and not (self._shy and self._shy.search(text))

    def filled(self, line: str) -> str:
        line = re.sub(r"\{(\w+)\}", lambda m: self._fill.get(m[1], ""), line).replace(", ,", ",")
        return capital(re.sub(r"\bde el (?=\w)", "del ", line))  # Spanish draws them together; no name begins so

    def number(self, slot: str, below: int) -> int:
        digest = hashlib.blake2b(f"{self._seed}|{slot}".encode(), digest_size=6).digest()
        return int.from_bytes(digest, "big") % max(below, 1)

    def order(self, slot: str, things: Iterable[str]) -> list[str]:
        return sorted(things, key=lambda thing: self.number(f"{slot}|{thing}", 1 << 40))

    def title(self, table: VerseTable, lyrics: str, turn: int, *keys: str) -> str:
        """Of the first key that has fitting titles the one that the song sings most of; on another `turn`, another one."""
        sung = set(re.findall(r"\w+", lyrics.lower()))
        for good in (self.fits, self.allows):
            for key in keys:
                titles = [self.filled(" ".join(block)) for block in table.get(key, ())]
                fitting = self.order(f"title {key}", [title for title in titles if good(title)])
                if fitting:
                    fitting.sort(key=lambda title: len(set(re.findall(r"\w+", title.lower())) - sung))
                    return fitting[turn % len(fitting)]
        return next((block[0] for key in keys for block in table.get(key, ()) if self.allows(block[0])), "")

    def verse(self, table: VerseTable, *keys: str) -> Verse:
        """A block under the first key that has a fitting one; without any, what is left of the last resort."""
        lists = [[tuple(map(self.filled, block)) for block in table.get(key, ())] for key in keys]
        for good in (self.fits, self.allows):
            for key, blocks in zip(keys, lists, strict=True):
                fitting = [block for block in blocks if all(map(good, block))]
                if fitting:
                    return fitting[self.number(key, len(fitting))]
        left = next((blocks[0] for blocks in lists if blocks), ())
        return tuple(line for line in left if self.allows(line))
