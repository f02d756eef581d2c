"""The order in which a line of mixed directions is seen: Unicode's algorithm (UAX 9), as far as names and greetings need it.

Without embeddings and overrides: `one_line` removes them.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby

LEFT, RIGHT, NUMBER = "L", "R", "N"
BRACKETS = {")": "(", "]": "[", "}": "{", "」": "「", "』": "『"}


def directed(text: str) -> list[tuple[bool, str]]:
    """(right to left?, text in the order of speaking) of each piece, from left to right as it is seen."""
    kinds = [unicodedata.bidirectional(c) for c in text]
    if not {"R", "AL", "AN"} & set(kinds):
        return [(False, text)] if text else []
    strong = [kind for kind in kinds if kind in ("L", "R", "AL")]
    base = RIGHT if strong and strong[0] != "L" else LEFT
    sides = _sides(kinds, base)
    _bracket(text, sides, base)
    levels = [_level(side, base) for side in _between(sides, base)]
    pairs = groupby(zip(levels, text, strict=True), key=lambda pair: pair[0])
    pieces = [(level, "".join(c for _, c in group)) for level, group in pairs]
    for level in range(max(levels), 0, -1):
        pieces = _turned(pieces, level)
    return [(bool(level % 2), piece) for level, piece in pieces]


def _sides(kinds: list[str], base: str) -> list[str | None]:
    """What each character is by itself; None for spaces and marks between. A number after Latin letters goes with them."""
    sides: list[str | None] = []
    last = base
    for at, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            last = LEFT if kind == "L" else RIGHT
            sides.append(last)
        elif kind in ("EN", "AN") or (kind in ("CS", "ES", "ET") and _in_a_number(kinds, at)):
            sides.append(LEFT if last == LEFT and kind != "AN" else NUMBER)
        elif kind in ("NSM", "BN") and sides:
            sides.append(sides[-1])
        else:
            sides.append(None)
    return sides


def _in_a_number(kinds: list[str], at: int) -> bool:
    around = kinds[max(0, at - 1) : at] + kinds[at + 1 : at + 2]
    return around == ["EN", "EN"] or around == ["AN", "AN"] or (kinds[at] == "ET" and "EN" in around)


def _bracket(text: str, sides: list[str | None], base: str) -> None:
    """Both brackets of a pair look the same way: the line's, unless only the other is spoken inside and just before."""
    opened: list[int] = []
    for at, c in enumerate(text):
        if c in BRACKETS.values():
            opened.append(at)
        elif c in BRACKETS and any(text[start] == BRACKETS[c] for start in opened):
            start = opened.pop()
            while text[start] != BRACKETS[c]:
                start = opened.pop()
            inside = {_as_side(side) for side in sides[start + 1 : at] if side}
            before = next((_as_side(side) for side in reversed(sides[:start]) if side), base)
            if inside:
                sides[start] = sides[at] = base if base in inside else before


def _between(sides: list[str | None], base: str) -> list[str]:
    """Spaces and the like take the side of both neighbours where these agree, else that of the line."""
    found: list[str] = []
    for at, side in enumerate(sides):
        if side is None:
            before = _as_side(found[-1]) if found else base
            after = next((_as_side(later) for later in sides[at:] if later), base)
            side = before if before == after else base
        found.append(side)
    return found


def _as_side(side: str) -> str:
    return LEFT if side == LEFT else RIGHT


def _level(side: str, base: str) -> int:
    if side == RIGHT:
        return 1
    return 0 if side == LEFT and base == LEFT else 2


def _turned(pieces: list[tuple[int, str]], level: int) -> list[tuple[int, str]]:
    out: list[tuple[int, str]] = []
    for high, group in groupby(pieces, key=lambda piece: piece[0] >= level):
        stretch = list(group)
        out += stretch[::-1] if high else stretch
    return out
