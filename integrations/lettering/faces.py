"""The fonts of drawings and videos, and which characters of a text they have. Names come in every script."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from integrations.lettering.letters import clusters

FONTS_FOLDER = Path(__file__).parent / "fonts"
SHAPES = Path(__file__).parent / "shapes.typ"  # what every typst template of ours begins with
SCRIPTS = ("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala")
_MORE = ("Thai", "Lao", "Myanmar", "Khmer", "Ethiopic")
NOTO = {f"Noto Sans {name}": f"noto-{name.lower()}" for name in SCRIPTS + _MORE}
_FONTS = {
    "Fraunces": "fraunces-latin",
    "Fraunces Extended": "fraunces-latin-ext",
    "Fraunces Vietnamese": "fraunces-vietnamese",
    "DejaVu Sans": "dejavu-sans",
    **NOTO,
    "Noto Emoji": "noto-emoji",
    "Droid Sans Fallback": "droid-cjk",
    "Noto Sans JP Rare": "noto-rare-han",  # 428 characters of names and places beyond U+20000: 𠮷 of 𠮷野
}
FAMILIES = list(_FONTS)  # the first that has all of a letter draws it
_DISPLAY = FAMILIES[:3]  # one design in three files
MARKS_MOST = 6  # on one letter: more is no name, and would be painted over the line above
LETTERS_MOST = 1000  # of one text: twice what the form takes
# Marks that a letter may lose and still be read as the same: accents, points of Hebrew and Arabic, forms of a character.
OPTIONAL = ("COMBINING", "HEBREW", "ARABIC", "VARIATION SELECTOR")


@cache
def characters(family: str) -> frozenset[int]:
    """The characters that a font has a glyph for, from its own table (cmap, formats 4 and 12)."""
    content = (FONTS_FOLDER / f"{_FONTS[family]}.ttf").read_bytes()
    tables = (
        struct.unpack_from(">4s4xI", content, 12 + 16 * number) for number in range(struct.unpack_from(">H", content, 4)[0])
    )
    start = next(offset for tag, offset in tables if tag == b"cmap")
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", content, start + 2)[0]):
        at = start + struct.unpack_from(">4xI", content, start + 4 + 8 * number)[0]
        match struct.unpack_from(">H", content, at)[0]:
            case 4:
                found.update(_of_segments(content, at))
            case 12:
                for group in range(struct.unpack_from(">I", content, at + 12)[0]):
                    first, last = struct.unpack_from(">II", content, at + 16 + 12 * group)
                    found.update(range(first, last + 1))
    return frozenset(found)


def _of_segments(content: bytes, at: int) -> Iterator[int]:
    size = struct.unpack_from(">H", content, at + 6)[0]
    ends, starts, steps, places = at + 14, at + 16 + size, at + 16 + 2 * size, at + 16 + 3 * size
    for segment in range(0, size, 2):
        end, start, step, place = (
            struct.unpack_from(">H", content, table + segment)[0] for table in (ends, starts, steps, places)
        )
        for c in range(start, min(end, 0xFFFE) + 1):
            glyph = (
                struct.unpack_from(">H", content, places + segment + place + 2 * (c - start))[0]
                if place
                else (c + step) & 0xFFFF
            )
            if glyph:
                yield c


def families_for(text: str) -> list[str]:
    """The fonts for one text, the first that has a letter draws it. Latin letters of one text are all of one design."""
    latin = (letter for letter in set(clusters(text)) if unicodedata.name(letter[0], "").startswith("LATIN"))
    is_ours = all(any(_needed(letter) <= characters(family) for family in _DISPLAY) for letter in latin)
    return FAMILIES if is_ours else FAMILIES[len(_DISPLAY) :]


def _needed(cluster: str) -> set[int]:
    return {ord(c) for c in cluster if unicodedata.category(c) != "Cf"}


@cache
def can_draw(cluster: str) -> bool:
    """True where one font has every character of a cluster."""
    needed = _needed(cluster)
    return bool(needed) and any(needed <= characters(family) for family in FAMILIES)


def one_line(text: str) -> str:
    """Text for a header, a label or a file name: no line breaks, no control characters, nothing that changes the direction."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if c not in DIRECTION)
    return " ".join("".join(kept).split())


DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def drawable(text: str) -> str:
    """One line, without what no font of ours can draw (some scripts, private characters) and without stray joiners."""
    letters = list(clusters(unicodedata.normalize("NFC", one_line(text))))
    kept = "".join(map(_kept, letters[:LETTERS_MOST])) + ("…" if len(letters) > LETTERS_MOST else "")
    return " ".join(kept.split())


def drawable_lines(text: str) -> str:
    """A text with its line breaks, one empty line between two at most; a word that would lose a letter is left out."""
    lines = "\n".join(" ".join(filter(None, map(whole_name, line.split()))) for line in text[: 4 * LETTERS_MOST].splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def whole_name(text: str) -> str:
    """A name as it can be drawn; nothing where a letter of it would be missing: 吉田 is not 𠮷田."""
    kept = drawable(text)
    lost = set(unicodedata.normalize("NFC", one_line(text))[:LETTERS_MOST]) - set(kept)
    return "" if any(map(_matters, lost)) else kept


def _matters(c: str) -> bool:
    """True for letters, digits and those marks that change the word: vowel signs in Devanagari, Thai …"""
    kind = unicodedata.category(c)[0]
    return kind in "LN" or (kind == "M" and not unicodedata.name(c, "").startswith(OPTIONAL))


def _kept(cluster: str) -> str:
    """A cluster with what can be drawn of it: all, else its letter alone, else nothing."""
    cluster = "".join(c for c in cluster[: MARKS_MOST + 1] if not 0xFE00 <= ord(c) <= 0xFE0F)  # variation selectors
    if can_draw(cluster):
        return cluster
    return "".join(c for c in cluster if unicodedata.category(c)[0] not in "MC" and can_draw(c))
