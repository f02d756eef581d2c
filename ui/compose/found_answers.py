"""Answers that were found in the story: below each field the words it came from, and a button that removes the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from i18n import _
from jobs.forms.told_story import BETWEEN_WORDS
from ui.components.elements import box, text
from ui.compose.fields import Field

Remove = Callable[[str], Awaitable[None]]


class Origins:
    """The marks of one song's fields, as the row has them."""

    def __init__(self, prefix: str, fields: dict[str, Field], remove: Remove) -> None:
        self.prefix, self.fields, self.remove = prefix, fields, remove
        self.shown: dict[str, str | None] = {}  # per field: the words below it; None where the customer has changed it since
        self.places: dict[str, Element] = {}

    def show(self, answers: dict[str, Any]) -> None:
        """Follow the row. A field that was once found keeps its place, also when the customer has changed it."""
        marks = answers.get("foundInStory") or {}
        for name, field in self.fields.items():
            mark, answer = marks.get(name.removeprefix(self.prefix)), answers.get(name.removeprefix(self.prefix))
            words = None if mark is None or mark.get("own") else str(mark.get("words") or "")
            words = "" if words and words.replace(BETWEEN_WORDS, " ") == answer else words
            is_found = mark is not None and bool(mark.get("words"))
            if is_found != ("data-found" in field.box.props):
                field.box.props.set_bool("data-found", is_found)
            if words != self.shown.get(name):
                self.shown[name] = words
                self._draw(name, field, words)

    def _draw(self, name: str, field: Field, words: str | None) -> None:
        if name in self.places:
            self.places.pop(name).delete()
        if words is None:
            return
        with field.box, box("div", "origin") as self.places[name]:
            said = _("From your story: “{words}”", words=words) if words else _("Word for word from your story.")
            text("p", said, dir="auto")
            if field.input is None:
                _button(_("Change"), field).props["data-change"] = ""
            remove = _button(_("Remove"), field)
            remove.on("click", lambda name=name: self.remove(name))


def _button(verb: str, field: Field) -> TextElement:
    return text("button", verb, "btn quiet small", type="button", aria_label=f"{verb}: {field.label}")
