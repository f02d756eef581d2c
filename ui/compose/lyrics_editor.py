"""The lyrics of one song, to be changed after they were sung. What is typed stays in the browser until it is sent.

The page needs `head_html("kept-words.js", "focus-field.js")`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from i18n import _, n_
from jobs.generation.revisions import LONGEST_TITLE, longest_lyrics
from jobs.views.form_types import SongView
from ui.components.elements import box, text

_Ask = Callable[[str, str], Awaitable[None]]


class LyricsEditor:
    """A box with title, lyrics and the question; it is drawn when it is opened, with the lyrics as they are then."""

    def __init__(self, element_id: str, ask: _Ask, close: Callable[[], None]) -> None:
        self.id = element_id
        self.ask, self.close = ask, close
        self.box = box("section", "card stack", id=element_id, aria_labelledby=f"{element_id}-heading")
        self.box.set_visibility(False)
        self.errors: dict[str, TextElement] = {}
        self.inputs: dict[str, Element] = {}

    def open(self, song: SongView, payment_is_open: bool) -> None:
        """Draw the lyrics that are sung now."""
        self.box.clear()
        with self.box:
            text("h3", _("The words of this song"), id=f"{self.id}-heading")
            if not song.changes_left:
                text(
                    "p", _("You have changed these words as often as we can offer. All your versions are kept below."), "muted"
                )
                self._button(_("Close"), "btn quiet").on("click", self.close)
                return
            self._field("title", _("Title"), song.title or "")
            self._field("lyrics", _("Words"), song.lyrics or "")
            self._question(song, payment_is_open)
        self.box.client.run_javascript(f"bringWords({json.dumps(self.id)})")

    def drop(self) -> None:
        """Forget what was typed: it was sent, or given up."""
        self.box.client.run_javascript(f"dropWords({json.dumps(self.id)})")

    def _field(self, name: str, label: str, value: str) -> None:
        place = f"{self.id}-{name}"
        with box("div", "field"):
            text("label", label, for_=place)
            made: Element
            if name == "lyrics":
                made = text("textarea", value, rows=12, maxlength=longest_lyrics())
            else:
                made = box("input", type="text", maxlength=LONGEST_TITLE)
                made.props["^value"] = value
            made.props.update(
                {"id": place, "dir": "auto", "autocomplete": "off", "data-kept": "1", "aria-describedby": f"{place}-error"}
            )
            self.inputs[name] = made
            self.errors[name] = text("p", "", "error", id=f"{place}-error", role="alert")

    def _question(self, song: SongView, payment_is_open: bool) -> None:
        sentences = [_("Make three new versions with these words? The versions you have now stay one click away.")]
        if song.selected:
            sentences.append(_("Your choice for this song is open again until you choose anew."))
        if payment_is_open:
            sentences.append(_("The payment page that you opened is closed; nothing is charged."))
        left = song.changes_left
        with box("div", "stack tight notice", role="group", aria_labelledby=f"{self.id}-question"):
            with box("div", "stack tight", id=f"{self.id}-question"):
                for sentence in sentences:
                    text("p", sentence)
            text("p", n_("You can do this once more.", "You can do this {n} more times.", left), "muted")
            with box("div", "row"):
                yes = self._button(_("Make three new versions"), "btn primary", id=f"{self.id}-yes")
                ids = json.dumps([f"{self.id}-title", f"{self.id}-lyrics"])
                yes.on("click", self._asked, js_handler=f"() => emit({ids}.map((id) => document.getElementById(id).value))")
                self._button(_("Keep the words"), "btn quiet").on("click", self._given_up)

    def _button(self, label: str, classes: str, **more: Any) -> TextElement:
        return text("button", label, classes, type="button", **more)

    def _given_up(self) -> None:
        self.drop()
        self.close()

    async def _asked(self, event: GenericEventArguments) -> None:
        typed = event.args if isinstance(event.args, list) and len(event.args) == 2 else []
        if all(isinstance(one, str) for one in typed) and typed:
            self.complain({})
            await self.ask(*typed)

    def complain(self, sentences: dict[str, str]) -> None:
        """Show the error beside each field, and focus the first one."""
        for name, error in self.errors.items():
            error.set_text(sentences.get(name, ""))
            self.inputs[name].props.set_optional("aria-invalid", "true" if name in sentences else None)
        first = next((name for name in self.errors if name in sentences), None)
        if first:
            self.box.client.run_javascript(f"focusField({json.dumps(f'{self.id}-{first}')})")
