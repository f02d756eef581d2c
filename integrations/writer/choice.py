"""Choosing: always the same line for the same brief, and never one that holds a forbidden word."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from integrations.writer.phrases import Table, Verse
from integrations.writer.text import capital, clean

_LEAD = re.compile(
    r"^(?:please )?(?:(?:don't|do not|never|no) (?:mention )?|(?:any|anything about|nothing about|no menciones?) )?"
    r"(?:(?:the|a|an|my|her|his|our|their|el|la|los|las|un|una|mi|su|tu|de) )*",
    re.I,
)


def forbidden(never_mention: str) -> re.Pattern[str] | None:
    """One pattern for all the words the customer never wants to hear."""
    terms: set[str] = set()
    for term in re.split(r"[,;\n/]+|\s+(?:and|or|y|ni|o)\s+", clean(never_mention)):
        bare = _LEAD.sub("", term).strip(" .!?\"'“”:()-") or term.strip()
        if any(c.isalnum() for c in bare):
            terms.add(bare)
    if not terms:
        return None
    words = "|".join(re.escape(t).replace(r"\ ", r"\s+") for t in sorted(terms, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I)


class Chooser:
    def __init__(self, seed: str, never: re.Pattern[str] | None, shy_of: Sequence[str], fill: dict[str, str]) -> None:
        self._seed = seed
        self._never = never
        self._shy = re.compile(rf"\b(?:{'|'.join(shy_of)})\b", re.I) if shy_of else None
        self._fill = fill

    def allows(self, text: str) -> bool:
        return not (self._never and self._never.search(text.replace("’", "'")))

    def fits(self, text: str) -> bool:
        return self.allows(text) and not (self._shy and self._shy.search(text))

    def filled(self, line: str) -> str:
        return capital(re.sub(r"\{(\w+)\}", lambda m: self._fill.get(m[1], ""), line))

    def number(self, slot: str, below: int) -> int:
        digest = hashlib.blake2b(f"{self._seed}|{slot}".encode(), digest_size=6).digest()
        return int.from_bytes(digest, "big") % max(below, 1)

    def order(self, slot: str, things: Iterable[str]) -> list[str]:
        return sorted(things, key=lambda thing: self.number(f"{slot}|{thing}", 1 << 40))

    def verse(self, table: Table, *keys: str) -> Verse:
        """A block under the first key that has a fitting one; without any, what is left of the last resort."""
        lists = [[tuple(map(self.filled, block)) for block in table.get(key, ())] for key in keys]
        for good in (self.fits, self.allows):
            for key, blocks in zip(keys, lists, strict=True):
                fitting = [block for block in blocks if all(map(good, block))]
                if fitting:
                    return fitting[self.number(key, len(fitting))]
        left = next((blocks[0] for blocks in lists if blocks), ())
        return tuple(line for line in left if self.allows(line))
