"""A sheet of shapes, in millimetres or pixels, y downwards. Renderers turn it into SVG, PDF or PNG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import segno

from ui.drawing.lettering import drawable, fitted, width

PAPER, INK, SOFT = "#fdf7ef", "#2b1320", "#6b5560"
BOX, DEEP, GOLD = "#9b2346", "#7c1836", "#e7aa3e"


@dataclass(frozen=True)
class Rect:
    """A rectangle with round corners."""

    x: float
    y: float
    w: float
    h: float
    colour: str
    radius: float = 0.0


@dataclass(frozen=True)
class Oval:
    """An ellipse around (x, y)."""

    x: float
    y: float
    rx: float
    ry: float
    colour: str


@dataclass(frozen=True)
class Text:
    """One line around x, standing on y."""

    x: float
    y: float
    size: float
    content: str
    colour: str = INK


@dataclass
class Sheet:
    """Shapes in the order of painting."""

    w: float
    h: float
    shapes: list[Rect | Oval | Text] = field(default_factory=list)
    links: list[tuple[Rect, str]] = field(default_factory=list)

    def rect(self, x: float, y: float, w: float, h: float, colour: str, radius: float = 0.0) -> None:
        """Paint a rectangle."""
        self.shapes.append(Rect(x, y, w, h, colour, radius))

    def say(self, x: float, y: float, size: float, content: str, most: float, colour: str = INK) -> None:
        """Write one line, smaller where it would be wider than `most`."""
        text, size = fitted(content, size, most, size * 0.45)
        if text:
            self.shapes.append(Text(x, y, size, text, colour))

    def wave(self, x: float, y: float, w: float, h: float, peaks: Sequence[int], colour: str = GOLD, bars: int = 48) -> None:
        """The song's own waveform, around the middle of the given place."""
        step = w / bars
        for bar, peak in enumerate(resampled(peaks, bars)):
            tall = max(0.05, peak / 100) * h
            self.rect(x + bar * step + step * 0.2, y + (h - tall) / 2, step * 0.6, tall, colour, step * 0.3)

    def gift(self, x: float, y: float, w: float) -> None:
        """Our box with its ribbon, `w` wide; it is 1.06 w tall."""
        u = w / 200
        self.rect(x + 12 * u, y + 96 * u, 176 * u, 116 * u, BOX, 12 * u)
        self.rect(x + 88 * u, y + 96 * u, 24 * u, 116 * u, GOLD)
        for side in (-1, 1):
            self.shapes.append(Oval(x + (100 + side * 42) * u, y + 42 * u, 40 * u, 23 * u, GOLD))
            self.shapes.append(Oval(x + (100 + side * 42) * u, y + 42 * u, 20 * u, 9 * u, DEEP))
        self.rect(x, y + 62 * u, 200 * u, 40 * u, DEEP, 10 * u)
        self.rect(x + 86 * u, y + 62 * u, 28 * u, 40 * u, GOLD)
        self.shapes.append(Oval(x + 100 * u, y + 60 * u, 13 * u, 13 * u, GOLD))

    def code(self, x: float, y: float, size: float, url: str) -> None:
        """A QR code on white with its quiet zone, `size` wide in all, and a link on top of it."""
        matrix = [list(row) for row in segno.make(url, error="m", micro=False).matrix]
        module = size / (len(matrix) + 8)
        self.rect(x, y, size, size, "#ffffff", module * 2)
        for row, column, count in dark_runs(matrix):
            self.rect(x + (4 + column) * module, y + (4 + row) * module, count * module, module * 1.02, INK)
        self.links.append((Rect(x, y, size, size, INK), url))

    def paper(self, colour: str = PAPER) -> None:
        """Colour the whole sheet."""
        self.rect(0, 0, self.w, self.h, colour)


def dark_runs(matrix: list[list[int]]) -> Iterator[tuple[int, int, int]]:
    """(row, first column, count) of neighbouring dark modules."""
    for number, row in enumerate(matrix):
        column = 0
        while column < len(row):
            count = 0
            while column + count < len(row) and row[column + count]:
                count += 1
            if count:
                yield number, column, count
            column += count + 1


def resampled(peaks: Sequence[int], bars: int) -> list[int]:
    """So many bars, each the loudest of its share; a calm line where there are no peaks."""
    if not peaks:
        return [30] * bars
    edges = [index * len(peaks) // bars for index in range(bars + 1)]
    return [max(peaks[start : max(end, start + 1)]) for start, end in pairwise(edges)]


__all__ = ["Oval", "Rect", "Sheet", "Text", "drawable", "width"]
