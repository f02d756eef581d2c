"""A sheet as SVG. Text stays text, escaped; nothing in it can run. What needs a shaper or a rare font is drawn."""

from __future__ import annotations

from html import escape

from ui.drawing.shaping import is_plain, outlines, width
from ui.drawing.sheet import Oval, Rect, Sheet, Text

FAMILY = "'Serenade Display',Georgia,'Times New Roman',serif"


def as_svg(sheet: Sheet, title: str, unit: str = "mm") -> str:
    """One standalone file."""
    w, h = _number(sheet.w), _number(sheet.h)
    shapes = "".join(_shape(shape) for shape in sheet.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}{unit}" height="{h}{unit}" viewBox="0 0 {w} {h}" role="img">'
        f"<title>{escape(title)}</title>{shapes}</svg>"
    )


def _shape(shape: Rect | Oval | Text) -> str:
    n = _number
    match shape:
        case Rect():
            round_ = f' rx="{n(shape.radius)}"' if shape.radius else ""
            place = f'x="{n(shape.x)}" y="{n(shape.y)}" width="{n(shape.w)}" height="{n(shape.h)}"'
            return f'<rect {place}{round_} fill="{shape.colour}"/>'
        case Oval():
            place = f'cx="{n(shape.x)}" cy="{n(shape.y)}" rx="{n(shape.rx)}" ry="{n(shape.ry)}"'
            return f'<ellipse {place} fill="{shape.colour}"/>'
        case Text() if is_plain(shape.content):
            place = f'x="{n(shape.x)}" y="{n(shape.y)}" font-size="{n(shape.size)}"'
            style = f'text-anchor="middle" font-family="{FAMILY}" fill="{shape.colour}"'
            return f"<text {place} {style}>{escape(shape.content)}</text>"
        case Text():
            left = shape.x - width(shape.content, shape.size) / 2
            steps = outlines(shape.content, shape.size, left, shape.y)
            path = "".join(letter + " ".join(map(n, points)) for letter, points in steps)
            return f'<path role="img" aria-label="{escape(shape.content)}" d="{path}" fill="{shape.colour}"/>'


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
