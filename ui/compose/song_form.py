"""The questions about one song that come first: its story in one box, and what is required. The others: long_form.py.

Each `step` is one screen on a phone (ui/static/guided-form.js); on a desktop all steps of a song stand in sections. What is
marked `data-more` is shown in the long form, and wherever the story has answered it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from nicegui.element import Element

from i18n import _, n_
from jobs.forms.choices import FESTIVE_THEMES, THEMES
from jobs.price_text import price
from settings import settings
from ui.components.elements import box, drawn_apart, text
from ui.compose.fields import Field, OnChange, choice_field, question_field
from ui.compose.found_answers import Origins, Remove
from ui.compose.questions import NAME, RELATION, TOLD, Question
from ui.compose.story_box import Tell
from ui.compose.strength import Strength

Options = dict[str, tuple[str, str]]
Kind = Literal["tell", "found", "must", "enough", "package", "more"]


def package_options() -> Options:
    """What is sold: each package's name with its price, and how many songs it is."""
    return {
        key: (
            f"{_(package.label)} · {price(package.amount, package.currency)}",
            n_("one song, three versions to choose from", "{n} songs, three versions of each", package.song_count),
        )
        for key, package in settings.packages.items()
    }


@contextmanager
def step(name: str, label: str, kind: Kind = "more") -> Iterator[Element]:
    """One screen of a phone. `name` is its fragment in the address, `kind` decides when it comes."""
    more = "" if kind == "more" else None
    about = {"role": "group", "aria_label": label, "data_kind": kind, "data_more": more}
    with box("div", "step stack", id=name, tabindex="-1", **about) as made:
        yield made


def translated_options(options: Options) -> Options:
    """The names and hints of a choice, in the language that is spoken."""
    return {key: (_(name), _(hint)) for key, (name, hint) in options.items()}


class SongForm:
    """One song's panel and its tab. `asked` reads its story; `remove` takes out an answer that was found there."""

    strength: Strength | None = None
    festive: Element | None = None

    def __init__(
        self, index: int, answers: dict[str, Any], on_change: OnChange, asked: Callable[[], Awaitable[None]], remove: Remove
    ) -> None:
        self.index = index
        self.answers = answers
        self.fields: dict[str, Field] = {}
        self.origins = Origins(f"songs.{index}.", self.fields, remove)
        self.on_change, self._asked = on_change, asked
        self.panel = drawn_apart(
            "section",
            "stack",
            role="tabpanel",
            id=f"song-{index}",
            aria_labelledby=f"tab-{index}",
            data_part=_("Song {number}", number=index + 1),
        )
        with self.panel:
            self._tell()
            self._who()
            self.rest = box("div", "stack rest", data_more="")

    def make_tab(self) -> None:
        """The button that opens this song's panel, in the browser alone."""
        controls = f"song-{self.index}"
        self.tab = text("button", "", role="tab", id=f"tab-{self.index}", type="button", aria_controls=controls)
        self.show(self.answers)

    def show(self, answers: dict[str, Any]) -> None:
        """Follow the row: the tab shows the name, what was found its words, the story what it lacks."""
        self.answers = answers
        name = str(answers.get("recipientName") or "").strip()
        self.tab.set_text(f"{self.index + 1}. {name[:24]}" if name else _("Song {number}", number=self.index + 1))
        self.origins.show(answers)
        self.show_festive(str(answers.get("theme") or ""))
        if self.strength:
            self.strength.show(answers)

    def offer(self, is_offered: bool) -> None:
        """Hide the tabs of songs that the package does not have."""
        self.tab.set_visibility(is_offered)

    def mark(self) -> None:
        """A tab says when something inside is missing."""
        wrong = any(field.error.text for field in self.fields.values())
        if wrong != ("has-error" in self.tab.classes):
            self.tab.classes(add="has-error") if wrong else self.tab.classes(remove="has-error")

    def path(self, name: str) -> str:
        """Where an answer of this song lives in the form's data."""
        return f"songs.{self.index}.{name}"

    def step(self, name: str, label: str, kind: Kind = "more") -> Any:
        """One screen of this song."""
        return step(f"song-{self.index}-{name}", label, kind)

    def add(self, field: Field) -> Field:
        """A field of this song that stands in the page now."""
        self.fields[field.path] = field
        return field

    def text(self, question: Question, required: bool = False) -> Field:
        """A question that is answered in words."""
        value = str(self.answers.get(question.name) or "")
        return self.add(question_field(self.path(question.name), question, value, self.on_change, required=required))

    def choice(self, name: str, label: str, options: Options, **how: Any) -> None:
        """A question that is answered by one of several."""

        async def chosen(path: str, value: Any) -> None:
            if name == "theme":
                self.show_festive(str(value))
            await self.on_change(path, value)

        value = str(self.answers.get(name) or ("en" if name == "language" else ""))
        self.add(choice_field(self.path(name), label, value, options, chosen, **how))

    def show_festive(self, theme: str) -> None:
        """How festive it may be is asked where the occasion is."""
        if self.festive:
            self.festive.set_visibility(theme in FESTIVE_THEMES)

    def _tell(self) -> None:
        with drawn_apart("section", "card stack telling"):
            with self.step("story", _(TOLD.label), "tell") as first:
                first.props.set_optional("data-now", None if self.index else "")
                value = str(self.answers.get("story") or "")
                self.tell = Tell(self.path("story"), value, self.on_change, self._asked)
                self.add(self.tell.field)
            with self.step("found", _("What we found"), "found"):
                text("h2", _("What we found"))
                self.tell.make_found()
                if self.answers.get("foundInStory"):
                    self.tell.say_found(self.answers["foundInStory"])

    def _who(self) -> None:
        with drawn_apart("section", "card stack"):
            text("h2", _("Who is the song for?"))
            with box("div", "pairs"):
                with self.step("name", _(NAME.label), "must"):
                    self.text(NAME, required=True)
                    self.pronunciation = box("div", "later")
                with self.step("relation", _(RELATION.label), "must"):
                    self.text(RELATION, required=True)
                self.names = box("div", "later")
            with self.step("occasion", _("What is the occasion?"), "must"):
                self.choice("theme", _("What is the occasion?"), translated_options(THEMES), compact=True, required=True)
