"""Plain HTML elements with text: what the pages are made of, styled by serenade.css and by nothing else."""

from __future__ import annotations

import sys
from typing import Any, Literal

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from ui.components.plain_element import PlainElement, PlainText


def text(tag: str, content: str, classes: str = "", **attributes: Any) -> TextElement:
    """An element whose content is text, escaped whatever it holds. `for_` becomes `for`, `aria_label` `aria-label`."""
    made = PlainText(tag=tag, text=content)
    _dress(made, classes, attributes)
    return made


def box(tag: str, classes: str = "", **attributes: Any) -> Element:
    """An element to put others into: `with box("section", "card"):`."""
    made = PlainElement(tag)
    _dress(made, classes, attributes)
    return made


def drawn_apart(tag: Literal["div", "section"], classes: str = "", **attributes: Any) -> Element:
    """A box that is a component of Vue's (ui/static/quasar-lite.js, so on the pages below /compose): after a change in it the
    browser goes through what is in it, not through the whole page (the form has 1,600 elements)."""
    return box(f"drawn-apart-{tag}", classes, **attributes)


def still(tag: str, html: str, classes: str = "", **attributes: Any) -> Element:
    """A box of which nothing changes any more: one element here, however many the browser has. `html` is a rendered template.

    Events of what is in it reach the box; who asks for it anew draws it anew.
    """
    return box(tag, classes, innerHTML=html, **attributes)


def _dress(made: Element, classes: str, attributes: dict[str, Any]) -> None:
    made.classes(classes)
    for name, value in attributes.items():
        if value is not None and value is not False:
            made.props[sys.intern(name.rstrip("_").replace("_", "-"))] = value  # one string for all pages
