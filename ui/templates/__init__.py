"""Server-rendered pages: Jinja2, autoescaped, right without JavaScript, fit for a strict CSP (nothing inline)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from i18n import _, n_, spoken
from ui.components.languages import choices, here
from ui.components.legal_texts import operator_text, songs_are_heard
from ui.components.section_names import readable_cell, readable_sections, section_name
from ui.components.sound_names import sound_name
from ui.components.theme import BRAND, head_html, static_url


def duration(milliseconds: int | None) -> str:
    """161000 -> 2:41."""
    seconds = (milliseconds or 0) // 1000
    return f"{seconds // 60}:{seconds % 60:02}"


def markup(text: str, **values: Any) -> Markup:
    """A text that has tags in it; what is filled in is escaped."""
    return Markup(_(text, **{name: escape(value) for name, value in values.items()}))  # noqa: S704 our own catalogues


def markup_n(one: str, many: str, n: int, **values: Any) -> Markup:
    """A text with tags in it that depends on a number."""
    return Markup(n_(one, many, n, **{name: escape(value) for name, value in values.items()}))  # noqa: S704 our own catalogues


def as_cell(cell: Mapping[str, Any]) -> str:
    """The cell attribute of <song-compare mode=listen> on a plain page; autoescape makes it safe in an attribute."""
    known = {name: value for name, value in readable_cell(cell).items() if value is not None}
    return json.dumps({"variation": 1, **known}, ensure_ascii=False, separators=(",", ":"))


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(
    duration=duration, as_cell=as_cell, readable_sections=readable_sections, section_name=section_name, sound_name=sound_name
)
_environment.globals.update(
    brand=BRAND, head_html=head_html, static_url=static_url, operator_text=operator_text, _=_, n_=n_, markup=markup,
    markup_n=markup_n, language_choices=lambda: choices(here()), songs_are_heard=songs_are_heard,
)  # fmt: skip


def page(content: str) -> HTMLResponse:
    """A response that sets its own language header: a language chosen in a thread is unknown to the middleware."""
    return HTMLResponse(content, headers={"Content-Language": spoken()})


def render(name: str, **context: Any) -> str:
    """One page as HTML: `render("landing.html", packages=..., samples=...)`."""
    return _environment.get_template(name).render({"lang": spoken(), **context})
