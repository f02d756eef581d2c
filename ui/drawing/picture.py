"""A sheet as PNG: the picture that messengers show under a link."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from ui.drawing.shaping import mask, width
from ui.drawing.sheet import Oval, Rect, Sheet, Text

SCALE = 2  # drawn twice as large, then made smaller: smooth edges


def as_png(sheet: Sheet) -> bytes:
    """One picture; a unit of the sheet is a pixel."""
    image = Image.new("RGB", (round(sheet.w) * SCALE, round(sheet.h) * SCALE), "#ffffff")
    pen = ImageDraw.Draw(image)
    for shape in sheet.shapes:
        _draw(pen, shape)
    out = io.BytesIO()
    small = image.resize((round(sheet.w), round(sheet.h)), Image.Resampling.LANCZOS)
    small.quantize(128, method=Image.Quantize.MEDIANCUT).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw(pen: ImageDraw.ImageDraw, shape: Rect | Oval | Text) -> None:
    s = SCALE
    match shape:
        case Rect():
            box = (shape.x * s, shape.y * s, (shape.x + shape.w) * s, (shape.y + shape.h) * s)
            radius = min(shape.radius, shape.w / 2, shape.h / 2) * s
            pen.rounded_rectangle(box, radius, fill=shape.colour)
        case Oval():
            x, y, rx, ry = shape.x * s, shape.y * s, shape.rx * s, shape.ry * s
            pen.ellipse((x - rx, y - ry, x + rx, y + ry), fill=shape.colour)
        case Text():
            ink = mask(shape.content, shape.size * s)
            if ink:
                picture, x, y = ink
                left = (shape.x - width(shape.content, shape.size) / 2) * s + x
                pen.bitmap((round(left), round(shape.y * s) - y - picture.height), picture, fill=shape.colour)
