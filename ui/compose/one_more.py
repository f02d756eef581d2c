"""One more version of a song with the same lyrics: which place it takes, and how many there may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.events import GenericEventArguments

from i18n import _, n_
from jobs.views.form_types import CellView, SongView
from models import VariationStatus
from ui.components.elements import box, text


class OneMore:
    """A box with the three places to choose from; it is drawn when it is opened."""

    def __init__(self, element_id: str, ask: Callable[[int], Awaitable[None]], close: Callable[[], None]) -> None:
        self.id = element_id
        self.ask, self.close = ask, close
        self.box = box("section", "card stack", id=element_id, aria_labelledby=f"{element_id}-heading")
        self.box.set_visibility(False)
        self.place: int | None = None

    def open(self, song: SongView, payment_is_open: bool) -> None:
        """Draw the places as they are now. One that is not chosen is offered first."""
        ready = [row for row in song.variations if row.status == VariationStatus.READY]
        ready.sort(key=lambda row: (row.variation == song.selected, row.variation))
        self.place = ready[0].variation if ready else None
        self.box.clear()
        with self.box:
            text("h3", _("One more version"), id=f"{self.id}-heading")
            if not song.more_left or not ready:
                none = _("This song has had all the extra versions that we can offer.") if ready else _("None is ready yet.")
                text("p", f"{none} {_('All your versions are kept.')}", "muted")
                text("button", _("Close"), "btn quiet", type="button").on("click", self.close)
                return
            text("p", _("The same words, recorded once more. The version whose place it takes stays one click away."))
            if payment_is_open:
                text("p", _("The payment page that you opened is closed; nothing is charged."))
            with box("fieldset", "chips"):
                text("legend", _("It takes the place of"))
                for row in sorted(ready, key=lambda row: row.variation):
                    self._choice(row, song)
            left = song.more_left
            text(
                "p",
                n_("One extra version is left for this song.", "{n} extra versions are left.", left),
                "muted",
            )
            with box("div", "row"):
                yes = text("button", _("Make one more version"), "btn primary", type="button", id=f"{self.id}-yes")
                yes.on("click", self._asked)
                text("button", _("Not now"), "btn quiet", type="button").on("click", self.close)

    def _choice(self, row: CellView, song: SongView) -> None:
        number = row.variation
        with box("label"):
            radio = box("input", type="radio", name=f"{self.id}-place", value=number)
            radio.props["^checked"] = "" if number == self.place else None
            name = _("Version {number}", number=number)
            text("span", _("{name} (your choice, which is then open again)", name=name) if number == song.selected else name)

        def changed(event: GenericEventArguments) -> None:
            self.place = number

        radio.on("change", changed, ["type"])

    async def _asked(self) -> None:
        if self.place is not None:
            await self.ask(self.place)
