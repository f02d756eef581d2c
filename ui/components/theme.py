"""The look of Serenade: where the static files are, and the tags that load them into a page.

The classes a page may use are listed at the top of static/serenade.css.
"""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

from i18n import spoken
from settings import settings
from settings_checks import PAPER_DARK, PAPER_LIGHT
from ui.components.script_texts import marked, words_tag

BRAND = settings.brand_name
STATIC_DIR = Path(__file__).parent.parent / "static"
STATIC_URL = "/static"
_FONTS = ("fonts/fraunces-latin-5.3.woff2", "fonts/figtree-latin-5.3.woff2")  # what every page shows first


@cache
def static_url(name: str) -> str:
    """The address of a static file with its content's hash, so that it may be cached for a year."""
    return f"{STATIC_URL}/{name}?v={sha256((STATIC_DIR / name).read_bytes()).hexdigest()[:10]}"


def style_source(css: str) -> str:
    """The source by which a Content-Security-Policy allows exactly this <style>, and no other."""
    return f"'sha256-{base64.b64encode(sha256(css.encode()).digest()).decode()}'"


def brand_css(light: str, dark: str) -> str:
    """The operator's own accent, in the two themes; what is derived from it is computed in CSS."""
    mixed = (
        "--accent:{0};--accent-deep:color-mix(in oklab,{0} 82%,{1});--tint:color-mix(in oklab,{0} 11%,{2});"
        "--box:{3};--box-deep:color-mix(in oklab,{3} 80%,black);--on-accent:{4}"
    )
    by_day = mixed.format(light, "black", PAPER_LIGHT, light, "#fffdfa")
    by_night = mixed.format(dark, "white", PAPER_DARK, light, PAPER_DARK)
    return f":root{{{by_day}}}@media (prefers-color-scheme:dark){{:root{{{by_night}}}}}"


def head_html(*more: str, later: tuple[str, ...] = ()) -> Markup:
    """The tags for <head>. NiceGUI: `ui.add_head_html(head_html("song-compare.js"))`; modules and sheets in ui/static.

    Scripts that are needed `later` stand in a <template id="later">, for a script of the page to put in.
    """
    return _head(spoken(), *more, later=later)


@cache
def storage_html() -> Markup:
    """The first script of a NiceGUI page, whose own scripts end with an error where the browser stores nothing.

    It stands in the page itself: a file that comes late, or not at all, would not be there for them.
    """
    return Markup(f"<script>\n{(STATIC_DIR / 'browser-storage.js').read_text()}</script>")  # noqa: S704 our own file


def script_tags(*names: str, later: tuple[str, ...] = ()) -> str:
    """These scripts, and before them their texts in the current language."""
    sources = [(STATIC_DIR / name).read_text() for name in (*names, *later)]
    loaded = ("words.js", *names) if any(map(marked, sources)) else names
    put_in = f'<template id="later">{"".join(map(_script, later))}</template>' if later else ""
    return "\n".join(filter(None, [words_tag(sources, spoken()), *map(_script, loaded), put_in]))


def _script(name: str) -> str:
    return f'<script type="module" src="{static_url(name)}"></script>'


@cache
def _head(language: str, *more: str, later: tuple[str, ...] = ()) -> Markup:
    scripts = [name for name in more if name.endswith(".js")]
    lines = [
        '<meta name="color-scheme" content="light dark">',
        f'<meta name="theme-color" content="{PAPER_LIGHT}" media="(prefers-color-scheme: light)">',
        f'<meta name="theme-color" content="{PAPER_DARK}" media="(prefers-color-scheme: dark)">',
        f'<link rel="icon" href="{static_url("favicon.svg")}" type="image/svg+xml">',
        # The font's own name carries its version: serenade.css asks for it without a hash, and so must the preload.
        *(f'<link rel="preload" href="{STATIC_URL}/{font}" as="font" type="font/woff2" crossorigin>' for font in _FONTS),
        f'<link rel="stylesheet" href="{static_url("serenade.css")}">',
        *([f"<style>{brand_css(*settings.brand_colours)}</style>"] if settings.brand_colours else []),
        *(f'<link rel="stylesheet" href="{static_url(name)}">' for name in more if name.endswith(".css")),
        script_tags(*scripts, later=later),
    ]
    return Markup("\n".join(filter(None, lines)))  # noqa: S704 built from our own file names only
