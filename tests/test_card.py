"""The card to print and the picture of a preview: rendered, looked at by a machine, its code read by a reader."""

from __future__ import annotations

import io
import math
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from jobs.gifts import OpenedGift, Song
from ui.drawing.card import a4, a6, heading, preview
from ui.drawing.lettering import drawable
from ui.drawing.pdf import as_pdf
from ui.drawing.picture import as_png
from ui.drawing.sheet import Rect, Sheet
from ui.drawing.svg import as_svg

NAMES = [
    "Mia",
    "Łukasz Žižek-Ångström",
    "Мария",
    "מיה",
    "محمد",
    "美咲",
    "Mia 🎁❤️",
    "<b>&\"'",
    "x" * 100,
    "W" * 100,
    "\u202eevil",
    " ",
]


def gift(name: str = "Mia", message: str = "Play it loud.") -> OpenedGift:
    peaks = tuple(int(50 + 45 * math.sin(index / 5)) for index in range(200))
    song = Song(0, 0, name, "Song", "", "en", 60_000, peaks, (), (), "a/b", "a/b")
    return OpenedGift("t" * 30, "form", 0, name, message, True, True, False, None, None, (song,))


def painted(sheet: Sheet, scale: int = 6) -> Image.Image:
    """A sheet as pixels."""
    shapes = [
        Rect(shape.x * scale, shape.y * scale, shape.w * scale, shape.h * scale, shape.colour)
        for shape in sheet.shapes
        if isinstance(shape, Rect)
    ]
    return Image.open(io.BytesIO(as_png(Sheet(sheet.w * scale, sheet.h * scale, list(shapes)))))


def test_the_code_leads_to_the_gift() -> None:
    for sheet in (a4(gift()), a6(gift())[1]):
        (code,) = zxingcpp.read_barcodes(painted(sheet))
        assert code.text == gift().url


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs poppler-utils")
def test_the_pdf_as_a_printer_sees_it_has_the_code_too(tmp_path: Path) -> None:
    (tmp_path / "card.pdf").write_bytes(as_pdf([a4(gift()), *a6(gift())], "card"))
    subprocess.run(["pdftoppm", "-r", "110", "-png", tmp_path / "card.pdf", tmp_path / "page"], check=True)
    pages = [Image.open(path) for path in sorted(tmp_path.glob("page*.png"))]
    assert [(round(p.width / 110 * 25.4), round(p.height / 110 * 25.4)) for p in pages] == [(210, 297), (210, 148), (210, 148)]
    found = [[code.text for code in zxingcpp.read_barcodes(page)] for page in pages]
    assert found == [[gift().url], [], [gift().url]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("message", ["", "One line.", "word " * 100, "w" * 500])
def test_nothing_is_written_outside_the_sheet_or_over_the_code(name: str, message: str) -> None:
    from ui.drawing.lettering import width
    from ui.drawing.sheet import Text

    for sheet in (a4(gift(name, message)), *a6(gift(name, message)), preview(gift(name, message))):
        texts = [shape for shape in sheet.shapes if isinstance(shape, Text)]
        for text in texts:
            half = width(text.content, text.size) / 2
            assert text.x - half >= 0
            assert text.x + half <= sheet.w + 0.01
            assert text.size < text.y < sheet.h
            for place, _ in sheet.links:
                beside = text.x + half < place.x or text.x - half > place.x + place.w
                assert beside or text.y < place.y or text.y - text.size > place.y + place.h


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_drawn_in_every_form(name: str) -> None:
    one = gift(name)
    assert as_pdf([a4(one), *a6(one)], heading(one)).startswith(b"%PDF")
    assert Image.open(io.BytesIO(as_png(preview(one)))).size == (1200, 630)
    assert "<b>" not in as_svg(a4(one), heading(one))
    assert heading(one) == f"A song for {drawable(name) or 'you'}"


def test_the_picture_shows_a_name_only_where_it_may() -> None:
    from dataclasses import replace

    secret = replace(gift("Mia"), name_in_preview=False)
    assert as_png(preview(secret)) == as_png(preview(replace(secret, songs=gift("Ben").songs)))
    assert as_png(preview(gift("Mia"))) != as_png(preview(gift("Ben")))
