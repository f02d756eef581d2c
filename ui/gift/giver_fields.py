"""The pieces of the giver panel: a card with a heading, a checkbox, a local date and time with its time zone."""

from __future__ import annotations

from html import escape

from nicegui.element import Element

from i18n import _
from jobs.gifts.local_time import zones
from ui.components.elements import box, text


def fold(name: str, heading: str) -> Element:
    """A card that is folded to its heading, so that link, sending and song come first on the page."""
    with box("details", "card stack fold", id=f"fold-{name}") as card, box("summary"):
        text("h2", heading)
    return card


def tick(name: str, label: str, value: bool) -> None:
    """Yes or no."""
    with box("div", "chips"), box("label"):
        tick = box("input", type="checkbox", name=name, id=f"giver-{name}")
        tick.props["^checked"] = "" if value else None
        text("span", label)


def zone_list() -> None:
    """What every time zone field suggests, once on a page."""
    options = "".join(f'<option value="{escape(zone)}"></option>' for zone in zones())
    box("datalist", id="zones", innerHTML=options)  # one element: six hundred would each be remembered for this browser


def when(name: str, on: str, zone: str, hint: str) -> None:
    """A local date and time and its zone; zones.js fills in this browser's own."""
    with box("div", "pairs"):
        with box("div", "field"):
            text("label", _("Date and time"), for_=f"giver-{name}-on")
            hinted = f"giver-{name}-hint"
            moment = box("input", type="datetime-local", id=f"giver-{name}-on", name="on", aria_describedby=hinted)
            moment.props["^value"] = on
            text("p", hint, "hint", id=hinted)
        with box("div", "field"):
            text("label", _("Where they are (time zone)"), for_=f"giver-{name}-zone")
            place = box("input", "zone", type="text", id=f"giver-{name}-zone", name="zone", list="zones", autocomplete="off")
            place.props["^value"] = zone
