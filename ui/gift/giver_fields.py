"""The pieces of the giver panel: a card with a heading, a checkbox, a local date and time with its time zone."""

from __future__ import annotations

from nicegui.element import Element

from i18n import _
from ui.components.elements import box, text


def section(heading_id: str, heading: str) -> Element:
    """A card with a heading."""
    section = box("section", "card stack", aria_labelledby=heading_id)
    with section:
        text("h2", heading, id=heading_id)
    return section


def tick(name: str, label: str, value: bool) -> None:
    """Yes or no."""
    with box("div", "chips"), box("label"):
        tick = box("input", type="checkbox", name=name, id=f"desk-{name}")
        tick.props["^checked"] = "" if value else None
        text("span", label)


def when(name: str, on: str, zone: str, hint: str) -> None:
    """A local date and time and its zone; zones.js suggests all zones, and this browser's own first."""
    with box("div", "pairs"):
        with box("div", "field"):
            text("label", _("Date and time"), for_=f"desk-{name}-on")
            moment = box("input", type="datetime-local", id=f"desk-{name}-on", name="on", aria_describedby=f"desk-{name}-hint")
            moment.props["^value"] = on
            text("p", hint, "hint", id=f"desk-{name}-hint")
        with box("div", "field"):
            text("label", _("Where they are (time zone)"), for_=f"desk-{name}-zone")
            place = box("input", "zone", type="text", id=f"desk-{name}-zone", name="zone", list="zones", autocomplete="off")
            place.props["^value"] = zone
