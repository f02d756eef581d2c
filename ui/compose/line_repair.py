"""One line of a song that was sung, to be changed: the lyrics line by line, and a field in place of the one that is changed.

The page needs `head_html("focus-field.js")`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from i18n import N_, _, n_
from jobs.generation.lyrics import MOST_OF_A_LINE, same_lines
from jobs.views.form_types import SongView
from ui.components.elements import box, text
from ui.components.section_names import section_name

_KEPT = N_(
    "Only that line is sung anew, in all three versions. The rest of each stays just as you heard it, "
    "unless the new line is much longer."
)
_ANEW = N_(
    "The whole song is recorded anew for it, three versions in the same style: our musicians cannot sing one line alone."
)
_Ask = Callable[[int, str, str], Awaitable[None]]  # the line's number, the line as it was seen, and what it becomes


class LineRepair:
    """A box with every line and a button beside it; it is drawn when it is opened, with the lyrics as they are then."""

    def __init__(self, element_id: str, ask: _Ask, close: Callable[[], None]) -> None:
        self.id = element_id
        self.ask, self.close = ask, close
        self.box = box("section", "card stack", id=element_id, aria_labelledby=f"{element_id}-heading")
        self.box.set_visibility(False)
        self.lines: list[str] = []
        self.places: dict[int, Element] = {}
        self.editing: int | None = None
        self.error: TextElement | None = None

    def open(self, song: SongView, payment_is_open: bool) -> None:
        """Draw the lyrics that are sung now."""
        self.song, self.payment_is_open = song, payment_is_open
        self.lines, self.places, self.editing = str(song.lyrics or "").split("\n"), {}, None
        self.box.clear()
        with self.box:
            text("h3", _("Change one line"), id=f"{self.id}-heading")
            if not song.changes_left:
                none_left = _("You have changed these words as often as we can offer. All your versions are kept below.")
                text("p", none_left, "muted")
            else:
                text("p", _(_KEPT if song.keeps_tune else _ANEW))
                self._sheet()
            with box("div", "row"):
                text("button", _("Close"), "btn quiet", type="button").on("click", self.close)

    def _sheet(self) -> None:
        """Sections as headings, each with the list of its lines."""
        part: Element | None = None
        for at, line in enumerate(self.lines):
            if line.startswith("["):
                text("h4", section_name(line.strip("[]")), "eyebrow")
                part = None
            elif line:
                part = part or box("ol", "mend")
                with part:
                    self.places[at] = box("li", "", id=f"{self.id}-{at}")
                self._as_text(at)

    def _as_text(self, at: int) -> None:
        line = self.lines[at]
        self.places[at].clear()
        with self.places[at]:
            text("p", line, dir="auto")
            change = text("button", _("Change"), "btn small quiet", type="button", id=f"{self.id}-{at}-open")
            change.props["aria-label"] = _("Change this line: {line}", line=line)
            change.on("click", lambda: self._edit(at))

    def _edit(self, at: int) -> None:
        """A field in place of this line; one at a time."""
        if self.editing is not None:
            self._as_text(self.editing)
        self.editing = at
        field = f"{self.id}-{at}-text"
        self.places[at].clear()
        with self.places[at], box("div", "stack tight field"):
            text("label", _("The new line"), for_=field)
            made = text("textarea", self.lines[at], id=field, rows=2, maxlength=MOST_OF_A_LINE, dir="auto")
            made.props.update({"autocomplete": "off", "aria-describedby": f"{field}-error {field}-cost"})
            self.error = text("p", "", "error", id=f"{field}-error", role="alert")
            self._cost(at, f"{field}-cost")
            with box("div", "row"):
                yes = text("button", _("Sing it anew"), "btn primary", type="button", id=f"{self.id}-yes")
                yes.on("click", self._asked, js_handler=f"() => emit(document.getElementById({json.dumps(field)}).value)")
                text("button", _("Leave it"), "btn quiet", type="button").on("click", lambda: self._left(at))
        self._focus(field)

    def _cost(self, at: int, element_id: str) -> None:
        """What pressing *Sing it anew* does and takes."""
        times = len(same_lines(self.lines, at, self.lines[at]))
        sentences = [_("It is sung {n} times and changes each time.", n=times)] if times > 1 else []
        sentences.append(_("The versions you have now stay one click away."))
        if self.song.selected:
            sentences.append(_("Your choice for this song is open again until you choose anew."))
        if self.payment_is_open:
            sentences.append(_("The payment page that you opened is closed; nothing is charged."))
        left = self.song.changes_left
        sentences.append(_("It costs nothing."))
        sentences.append(n_("You can do this once more.", "You can do this {n} more times.", left))
        text("p", " ".join(sentences), "muted", id=element_id)

    def _left(self, at: int) -> None:
        self.editing = None
        self._as_text(at)
        self._focus(f"{self.id}-{at}-open")

    def _focus(self, element_id: str) -> None:
        """The element may have to be drawn first."""
        self.box.client.run_javascript(f"requestAnimationFrame(() => focusField({json.dumps(element_id)}))")

    async def _asked(self, event: GenericEventArguments) -> None:
        if isinstance(event.args, str) and self.editing is not None:
            self.complain("")
            await self.ask(self.editing, self.lines[self.editing], event.args)

    def complain(self, sentence: str) -> None:
        """Show what is wrong with the new line, and focus its field."""
        if self.error is None or self.editing is None:
            return
        self.error.set_text(sentence)
        if sentence:
            self._focus(f"{self.id}-{self.editing}-text")
