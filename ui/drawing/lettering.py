"""Letters for drawing: which font has a character, how wide a text is, where it breaks. Names come in every script."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont

from jobs.letter_frame import one_line

FOLDER = Path(__file__).parent / "fonts"
FONTS = ("fraunces-latin", "fraunces-latin-ext", "dejavu-sans")
SWASH = FONTS.index("dejavu-sans")  # the last resort, and the only one that knows scripts written from right to left


@cache
def font(index: int, size: int) -> ImageFont.FreeTypeFont:
    """A font for Pillow at a size in pixels."""
    return ImageFont.truetype(FOLDER / f"{FONTS[index]}.ttf", size)


@cache
def _characters(index: int) -> frozenset[int]:
    from reportlab.pdfbase.ttfonts import TTFontFile

    return frozenset(TTFontFile(str(FOLDER / f"{FONTS[index]}.ttf")).charToGlyph)


def font_for(character: str) -> int | None:
    """The first font that has it; None where none has."""
    return next((index for index in range(len(FONTS)) if ord(character) in _characters(index)), None)


def drawable(text: str) -> str:
    """One line, without what no font of ours can draw (most emoji, variation selectors, scripts we have no font for)."""
    kept = "".join(c for c in unicodedata.normalize("NFC", one_line(text)) if font_for(c) is not None)
    return " ".join(kept.split())


def is_right_to_left(text: str) -> bool:
    """True where drawing needs reordering and joining: Hebrew, Arabic and their neighbours."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def runs(text: str) -> list[tuple[int, str]]:
    """The text as pieces of one font each. Right-to-left text is one piece: its order is the shaper's business."""
    if is_right_to_left(text):
        return [(SWASH, text)]
    chosen = [SWASH if (index := font_for(c)) is None else index for c in text]
    pieces = groupby(zip(chosen, text, strict=True), key=lambda pair: pair[0])
    return [(index, "".join(c for _, c in pairs)) for index, pairs in pieces]


def width(text: str, size: float) -> float:
    """How wide a text is, in the unit of `size`."""
    return sum(font(index, 200).getlength(part) for index, part in runs(text)) * size / 200


def fitted(text: str, size: float, most: float, least: float) -> tuple[str, float]:
    """The text and the size at which it is at most so wide; at the least size it ends in an ellipsis."""
    text = drawable(text)
    wide = width(text, size)
    if wide > most:
        size = max(least, size * most / wide)
    while width(text, size) > most and len(text) > 2:
        text = text[:-2].rstrip() + "…"
    return text, size


def wrapped(text: str, size: float, most: float, lines: int) -> list[str]:
    """At most so many lines; words that are wider than a line are cut."""
    found = [""]
    for word in drawable(" ".join(text.split())).split(" "):
        longer = f"{found[-1]} {word}".strip()
        if width(longer, size) <= most or not found[-1]:
            found[-1] = longer
        else:
            found.append(word)
    found = [fitted(line, size, most, size)[0] for line in found]
    return found if len(found) <= lines else [*found[: lines - 1], found[lines - 1].rstrip(".,;") + " …"]
