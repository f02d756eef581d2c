"""Card and picture, and what can be read from them."""

from __future__ import annotations

import io
import math

import pypdfium2
from PIL import Image, ImageChops

from jobs.gifts.gift import GiftSong, OpenedGift
from ui.drawing.typesetting import Drawing, as_pdf, as_png


def gift(name: str = "Mia", message: str = "Play it loud.") -> OpenedGift:
    peaks = tuple(int(50 + 45 * math.sin(index / 5)) for index in range(200))
    song = GiftSong(0, 0, name, "Song", "", "en", 60_000, peaks, (), (), "a/b", "a/b")
    return OpenedGift("t" * 30, "form", 0, name, message, True, True, False, None, None, (song,))


def pages(drawing: Drawing, dots_per_inch: int = 72) -> list[Image.Image]:
    """A PDF as a printer sees it."""
    printed = pypdfium2.PdfDocument(as_pdf(drawing))
    return [page.render(scale=dots_per_inch / 72).to_pil().convert("RGB") for page in printed]


def written(drawing: Drawing, page: int = 0) -> list[str]:
    """The lines of text on a page of a PDF."""
    text = pypdfium2.PdfDocument(as_pdf(drawing))[page].get_textpage().get_text_range()
    return [line.replace("\u200b", "").strip() for line in text.splitlines()]


def picture(text: str) -> Image.Image:
    """A text as it is drawn, past all that leaves out characters."""
    drawing = Drawing("picture", "", {"heading": text, "brand": ""}, [0] * 64)
    return Image.open(io.BytesIO(as_png(drawing))).convert("RGB").crop((0, 200, 1200, 420))


def apart(first: Image.Image, second: Image.Image) -> float:
    """How different two pictures are, per pixel, of 255."""
    difference = ImageChops.difference(first, second).convert("L")
    return sum(level * count for level, count in enumerate(difference.histogram())) / (difference.width * difference.height)
