"""Sheets as a PDF with embedded fonts; right-to-left text as a picture, because it needs a shaper."""

from __future__ import annotations

import io
from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from settings import settings
from ui.drawing.lettering import FOLDER, FONTS, is_right_to_left, runs, width
from ui.drawing.picture import lettered
from ui.drawing.sheet import Oval, Rect, Sheet, Text

MM = 72 / 25.4


@cache
def _register() -> None:
    for name in FONTS:
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
    if is_right_to_left(text.content):
        image, below = lettered(text.content, 160, text.colour)
        scale = text.size / 160
        w, h = image.width * scale, image.height * scale
        canvas.drawImage(ImageReader(image), text.x - w / 2, -text.y - below * scale, w, h, mask="auto")
        return
    for index, part in runs(text.content):
        canvas.setFont(FONTS[index], text.size)
        canvas.drawString(left, -text.y, part)
        left += width(part, text.size)
