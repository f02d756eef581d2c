"""Typesetting: typst renders one template (card.typ) as PDF, SVG or PNG, with our own fonts only.

Texts reach typst as data, never as source. It releases the GIL while it works, so pages are served meanwhile.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import typst

from i18n import spoken
from integrations.lettering.faces import FAMILIES, FONTS_FOLDER, SHAPES, drawable, families_for
from settings import settings

_TEMPLATE = Path(__file__).parent / "card.typ"
# typst caches measurements until they were not used for so many documents: up to 340 MB for hostile texts. There is no
# call to clear that cache, so a drawing is followed by empty documents, 0.7 ms each.
REMEMBERED = 10


@dataclass(frozen=True)
class Drawing:
    """One of the template's designs and what it shows. `texts` are in what our fonts can draw."""

    kind: Literal["a4", "a6", "picture", "art", "cover"]
    title: str
    texts: dict[str, str]
    peaks: list[int]
    url: str = ""
    code: list[str] = field(default_factory=list)  # rows of the QR code, "1" for dark
    language: str = field(default_factory=spoken)


def as_pdf(drawing: Drawing) -> bytes:
    """Every page. Letters are embedded and stay text that can be searched and copied; the code is a link."""
    return _typeset(drawing, "pdf")


def as_png(drawing: Drawing) -> bytes:
    """A point of the page is a pixel."""
    return _typeset(drawing, "png")


def in_few_colours(png: bytes, colours: int = 24) -> bytes:
    """A flat drawing as a PNG with a palette: 3.7 KB instead of 9.4 for a cover."""
    from PIL import Image

    small = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def as_svg(drawing: Drawing) -> str:
    """One standalone file of paths, with its texts in <title> and <desc>. It contains no script."""
    head, end, shapes = _typeset(drawing, "svg").decode().partition(">")
    words = "\n".join(text for name, text in drawing.texts.items() if text and name != "signed")
    return f'{head} role="img"{end}<title>{escape(drawing.title)}</title><desc>{escape(words)}</desc>{shapes}'


def _typeset(drawing: Drawing, form: Literal["pdf", "png", "svg"]) -> bytes:
    data: dict[str, Any] = {
        "kind": drawing.kind,
        "title": drawing.title,
        "lang": drawing.language,
        "brand": drawable(settings.brand_name),
        "fonts": FAMILIES,
        "texts": {
            name: {"said": text, "backwards": _is_backwards(text), "fonts": families_for(text)}
            for name, text in drawing.texts.items()
        },
        "peaks": drawing.peaks,
        "code": drawing.code,
        "url": drawing.url if form == "pdf" else "",  # typst 0.15 does not escape a link's address in SVG
    }
    made = _compile(SHAPES.read_bytes() + _TEMPLATE.read_bytes(), form, {"data": json.dumps(data)})
    for _ in range(REMEMBERED + 1):
        _compile(b"", "svg", {})
    return made


def _compile(source: bytes, form: Literal["pdf", "png", "svg"], inputs: dict[str, str]) -> bytes:
    made = typst.compile(
        source,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format=form,
        ppi=72,
        sys_inputs=inputs,
        timestamp=0,
    )
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS_FOLDER])


def _is_backwards(text: str) -> bool:
    """A line runs from right to left where its first letter does."""
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"
