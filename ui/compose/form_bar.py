"""The bar of the form that is always in view, and a phone's screen that says when it is enough to begin."""

from __future__ import annotations

from nicegui.elements.mixins.text_element import TextElement

from i18n import N_, _
from ui.components.elements import box, drawn_apart, text
from ui.compose.song_form import step

ENOUGH = N_("Your words can be written from this. You read them first, then listen, and pay only if you like it.")
LACKING = N_("Something is still missing; we show you what it is when you press.")


def say_enough() -> None:
    """A phone's screen after the required questions; on a desktop the bar alone says it."""
    with drawn_apart("section", "card stack enough"), step("enough", _("Enough to begin"), "enough"):
        text("h2", _("Enough to begin"))
        text("p", _(ENOUGH))
        text("p", _(LACKING), "lacking")


def form_bar() -> tuple[TextElement, TextElement]:
    """The current step, that it is saved, and the buttons to go on. Returns what says that it is saved, and *Make it now*."""
    with drawn_apart("div", "pager stickybar", role="group", aria_label=_("Back and next")):
        text("button", _("Back"), "btn quiet", type="button", data_back="")
        with box("div", "where"):
            box("p", "count", data_count=_("{n} of {m}"), data_part_count=_("{part}: {n} of {m}"))
            saved = text("p", "", "saved", id="saved", role="status")
        with box("button", "btn", id="tell-more", type="button", data_all=""):
            text("b", _("Tell more"))
            text("small", _("it gets more personal"))
        compose = text("button", "", "btn primary", id="compose", type="button")
        text("button", _("Next"), "btn primary", id="next", type="button", data_next="")
    return saved, compose
