"""Sheets as a PDF with embedded fonts; text that needs a shaper or a rare font as paths."""

from __future__ import annotations

import io
from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import FILL_NON_ZERO, Canvas

from settings import settings
from ui.drawing.faces import AS_TEXT, FOLDER, pieces
from ui.drawing.shaping import Step, is_plain, outlines, width
from ui.drawing.sheet import Oval, Rect, Sheet, Text

MM = 72 / 25.4


@cache
def _register() -> None:
    for name in AS_TEXT:
        registerFont(TTFont(name, FOLDER / f"{name}.ttf"))


def as_pdf(sheets: list[Sheet], title: str) -> bytes:
    """One page per sheet, measured in millimetres."""
    _register()
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setCreator(settings.brand_name)
    canvas.setAuthor(settings.brand_name)
    for sheet in sheets:
        canvas.setPageSize((sheet.w * MM, sheet.h * MM))
        canvas.translate(0, sheet.h * MM)
        canvas.scale(MM, MM)
        for shape in sheet.shapes:
            _draw(canvas, shape)
        for place, url in sheet.links:
            canvas.linkURL(url, (place.x, -place.y - place.h, place.x + place.w, -place.y), relative=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, shape: Rect | Oval | Text) -> None:
    canvas.setFillColor(HexColor(shape.colour))
    match shape:
        case Rect() if shape.radius:
            radius = min(shape.radius, shape.w / 2, shape.h / 2)
            canvas.roundRect(shape.x, -shape.y - shape.h, shape.w, shape.h, radius, stroke=0, fill=1)
        case Rect():
            canvas.rect(shape.x, -shape.y - shape.h, shape.w, shape.h, stroke=0, fill=1)
        case Oval():
            x, y = shape.x, -shape.y
            canvas.ellipse(x - shape.rx, y - shape.ry, x + shape.rx, y + shape.ry, stroke=0, fill=1)
        case Text():
            _write(canvas, shape)


def _write(canvas: Canvas, text: Text) -> None:
    left = text.x - width(text.content, text.size) / 2
    if not is_plain(text.content):
        _paint(canvas, outlines(text.content, text.size, left, text.y))
        return
    for index, part in pieces(text.content):
        canvas.setFont(AS_TEXT[index], text.size)
        canvas.drawString(left, -text.y, part)
        left += width(part, text.size)


def _paint(canvas: Canvas, steps: list[Step]) -> None:
    """Paths, y upwards as PDF has it."""
    path = canvas.beginPath()
    here = (0.0, 0.0)
    for letter, points in steps:
        to = [(x, -y) for x, y in zip(points[::2], points[1::2], strict=True)]
        match letter:
            case "M":
                path.moveTo(*to[0])
            case "L":
                path.lineTo(*to[0])
            case "Q":  # PDF knows cubic curves only
                first, second = (((x + 2 * to[0][0]) / 3, (y + 2 * to[0][1]) / 3) for x, y in (here, to[1]))
                path.curveTo(*first, *second, *to[1])
            case "C":
                path.curveTo(*to[0], *to[1], *to[2])
            case _:
                path.close()
        here = to[-1] if to else here
    canvas.drawPath(path, stroke=0, fill=1, fillMode=FILL_NON_ZERO)
