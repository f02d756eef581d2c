"""The lyrics of one song, line by line: change one, ask for another, mark what must stay, see where it came from."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from i18n import N_, _
from jobs.views.form_types import SongView
from ui.components.elements import box, text
from ui.components.section_names import section_name
from ui.compose.draft import PageDraft
from ui.compose.questions import MORE, NAME, NICKNAMES, NOTE, RELATION, STORY, WORDS

_Do = Callable[..., Awaitable[None]]  # verb, song index, and what it needs
QUESTIONS = (NAME, RELATION, *NICKNAMES, *STORY, *MORE, *WORDS, NOTE)
_LABELS = {question.name: question.label for question in QUESTIONS} | {
    "theme": N_("the occasion"),
    "emotions": N_("what they should feel"),
    "senderName": N_("your name"),
    "vibe": N_("the mood"),
    "faithBased": N_("that faith may be part of it"),
    "childFriendly": N_("that it is for a child"),
    "festiveLyricsLevel": N_("how festive it may be"),
    "yours": "you",
}
WRITING = N_("We are writing. The words stand here in a moment.")
DONE = N_("This one is written. You can change it as soon as the others are, too.")
ENTER_ENDS_THE_LINE = "(e) => { e.preventDefault(); e.target.blur(); }"


class LyricLines:
    """One song. It follows the row; `do` runs a verb of jobs.lyrics."""

    def __init__(self, index: int, label: str, do: _Do) -> None:
        self.index = index
        self.do = do
        self.drawn: list[str] = []  # which lines are sections, sung, or empty
        self.shown: list[str] = []
        self.shown_title = ""
        self.marks: dict[int, Element] = {}
        self.origins: dict[int, TextElement] = {}
        with box("section", "card stack", aria_label=label):
            text("h2", label, "eyebrow")
            with box("div", "title"):
                self.title = _words(f"lyrics.{index}.title", _("Title"), 80)
                self.title.on("change", self._retitle, js_handler="(e) => emit(e.target.value)")
            self.waiting = box("div", "stack tight writing", aria_busy="true")
            with self.waiting:
                self.writing = text("p", _(WRITING), "lead", role="status")
                self.draft = PageDraft()
                self.bones = box("div", "bones", aria_hidden="true")
                with self.bones:
                    for width in (82, 64, 74, 58, 70):
                        box("span", "bone").style(f"inline-size:{width}%")
            self.sheet = box("div", "sheet")
            self.rest = text("button", _("Write all unmarked lines anew"), "btn quiet small", type="button")
            self.rest.on("click", self._anew)

    def show(self, song: SongView, answers: dict[str, Any]) -> None:
        """Follow the row: redraw where lines came or went, else change only those that differ."""
        lines = str(song.lyrics or "").split("\n") if song.lyrics else []
        sources = song.lyric_sources if len(song.lyric_sources) == len(lines) else [""] * len(lines)
        self.waiting.set_visibility(not lines)
        if lines:
            self.sheet.classes("read-before" if self.draft.title else "")  # no second entrance animation
        else:
            self.draft.show(song.lyric_draft)
            done = bool(song.lyric_draft and song.lyric_draft.done)
            self.writing.set_text(_(DONE if done else WRITING))
            self.bones.set_visibility(not done)
        self.rest.set_visibility(bool(lines))
        self.title.set_visibility(bool(lines))
        drawn = [line if line.startswith("[") else line[:1] and "sung" for line in lines]
        if drawn != self.drawn:
            self._draw(lines)
        self._catch_up(lines, str(song.title or ""))
        for at, mark in self.marks.items():
            pressed = "true" if at in song.lyric_kept else "false"
            if mark.props["aria-pressed"] != pressed:
                mark.props["aria-pressed"] = pressed
            self.origins[at].set_text(_origin(sources[at], answers))
        self.drawn, self.shown = drawn, lines

    def _catch_up(self, lines: list[str], title: str) -> None:
        """The browser waits with a line until nobody types in it (ui/static/follow-fields.js)."""
        changed = {
            f"lyrics.{self.index}.{at}": line
            for at, (line, before) in enumerate(zip(lines, self.shown, strict=False))
            if line != before
        }
        if title != self.shown_title:
            self.shown_title = changed[f"lyrics.{self.index}.title"] = title
        if changed:
            self.sheet.client.run_javascript(f"followFields({json.dumps(changed)})")

    def _draw(self, lines: list[str]) -> None:
        self.sheet.clear()
        self.marks, self.origins = {}, {}
        number, section = 0, ""
        with self.sheet:
            for at, line in enumerate(lines):
                if line.startswith("["):
                    section, number = section_name(line.strip("[]")), 0
                    text("h3", section)
                elif line:
                    number += 1
                    self._line(at, line, _("{section}, line {number}", section=section, number=number))

    def _line(self, at: int, line: str, label: str) -> None:
        with box("div", "line").style(f"--n:{at}"):
            words = _words(f"lyrics.{self.index}.{at}", label, 160, line)
            words.on("change", lambda event: self._write(at, event), js_handler="(e) => emit(e.target.value)")
            words.on("keydown.enter", js_handler=ENTER_ENDS_THE_LINE)
            keep = text(
                "button",
                _("Must stay"),
                "keep",
                type="button",
                aria_pressed="false",
                aria_label=_("Must stay: {label}", label=label),
            )
            keep.on("click", lambda: self._keep(at, keep))
            with box("div", "does"):
                another = text("button", _("Another line here"), "btn small", type="button")
                another.props["aria-label"] = _("Another line here: {label}", label=label)
                another.on("click", lambda: self.do("another", self.index, at, self.shown[at]))
                self.origins[at] = text("p", "", "origin")
        self.marks[at] = keep

    async def _retitle(self, event: GenericEventArguments) -> None:
        await self.do("title", self.index, str(event.args))

    async def _write(self, at: int, event: GenericEventArguments) -> None:
        await self.do("line", self.index, at, self.shown[at], str(event.args))

    async def _keep(self, at: int, mark: Element) -> None:
        await self.do("keep", self.index, at, self.shown[at], mark.props["aria-pressed"] != "true")

    async def _anew(self) -> None:
        await self.do("anew", self.index)


def _words(name: str, label: str, most: int, value: str = "") -> Element:
    made = text("textarea", value, "words", name=name, rows=1, maxlength=most, aria_label=label, dir="auto", spellcheck="true")
    made.props["autocomplete"] = "off"
    return made


def _origin(source: str, answers: dict[str, Any]) -> str:
    """Where a line came from: "from “the night we missed the train” (A memory you always tell)"."""
    head, *tail = source.split("_")
    name = head + "".join(word.title() for word in tail)
    if name == "nicknames":
        name = "recipientNickname"
    label = _(_LABELS.get(name, ""))
    if not label:
        return ""
    if name == "yours":
        return _("your own words")
    words = answers.get(name) if name in {question.name for question in QUESTIONS} else ""
    words = " ".join(str(words or "").split())
    words = words if len(words) <= 70 else words[:67].rsplit(" ", 1)[0] + "…"
    return _("from “{words}” ({label})", words=words, label=label) if words else _("from {label}", label=label)
