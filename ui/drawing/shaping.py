"""Letters become shapes: HarfBuzz joins Arabic, stacks Devanagari, and gives a line as outlines or as pixels.

Not Pillow's own layout: in its wheels that needs a libfribidi, which not every machine has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import uharfbuzz as hb
from PIL import Image

from ui.drawing.bidi import directed
from ui.drawing.faces import AS_TEXT, face, pieces, units

Step = tuple[str, tuple[float, ...]]  # M, L, Q, C or Z, and its points


@dataclass(frozen=True)
class Glyph:
    """One shape of one font, and where it stands; the unit is the size of the letters, y upwards."""

    font: int
    number: int
    x: float
    y: float


@lru_cache(2000)
def _shaped(font: int, text: str, backwards: bool) -> tuple[tuple[Glyph, ...], float]:
    """The shapes of one piece, and how wide it is."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if backwards else "ltr"
    buffer.guess_segment_properties()
    hb.shape(face(font), buffer)
    glyphs, pen = [], 0.0
    for one, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append(Glyph(font, one.codepoint, (pen + place.x_offset) / units(font), place.y_offset / units(font)))
        pen += place.x_advance
    return tuple(glyphs), pen / units(font)


def line(text: str) -> tuple[list[Glyph], float]:
    """The shapes of a line as it is seen, and how wide it is."""
    found: list[Glyph] = []
    wide = 0.0
    for backwards, directed_text in directed(text):
        for font, piece in pieces(directed_text, backwards=backwards):
            glyphs, more = _shaped(font, piece, backwards)
            found += [Glyph(glyph.font, glyph.number, glyph.x + wide, glyph.y) for glyph in glyphs]
            wide += more
    return found, wide


def width(text: str, size: float) -> float:
    """How wide a text is, in the unit of `size`."""
    return line(text)[1] * size


def is_plain(text: str) -> bool:
    """True for what PDF and SVG may carry as text: no shaping is needed to read it."""
    return all(not backwards for backwards, _ in directed(text)) and all(font < len(AS_TEXT) for font, _ in pieces(text))


def outlines(text: str, size: float, x: float, y: float) -> list[Step]:
    """A line as paths, from x on, standing on y; y downwards."""
    steps: list[Step] = []
    for glyph in line(text)[0]:
        scale = size / units(glyph.font)
        left, base = x + glyph.x * size, y - glyph.y * size
        for letter, points in _outline(glyph.font, glyph.number):
            ends = zip(points[::2], points[1::2], strict=True)
            steps.append((letter, tuple(c for px, py in ends for c in (left + px * scale, base - py * scale))))
    return steps


@cache
def _pen() -> Any:
    draw = hb.DrawFuncs()
    draw.set_move_to_func(lambda x, y, steps: steps.append(("M", (x, y))))
    draw.set_line_to_func(lambda x, y, steps: steps.append(("L", (x, y))))
    draw.set_quadratic_to_func(lambda a, b, x, y, steps: steps.append(("Q", (a, b, x, y))))
    draw.set_cubic_to_func(lambda a, b, c, d, x, y, steps: steps.append(("C", (a, b, c, d, x, y))))
    draw.set_close_path_func(lambda steps: steps.append(("Z", ())))
    return draw


def _outline(font: int, number: int) -> list[Step]:
    steps: list[Step] = []
    face(font).draw_glyph(number, _pen(), steps)
    return steps


def mask(text: str, size: float) -> tuple[Image.Image, int, int] | None:
    """A line as a picture of how much ink falls on each pixel, with the place of its left lower corner (y upwards)."""
    raster = hb.RasterDraw()
    for glyph in line(text)[0]:
        scale = size / units(glyph.font)
        raster.transform = (scale, 0, 0, scale, glyph.x * size, glyph.y * size)
        raster.draw_glyph(face(glyph.font), glyph.number)
    drawn = raster.render()
    space = drawn.extents if drawn else None
    if space is None or not space.width or not space.height:
        return None
    ink = Image.frombytes("L", (space.width, space.height), drawn.buffer, "raw", "L", space.stride, -1)
    return ink, space.x_origin, space.y_origin
