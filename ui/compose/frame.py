"""The frame that all NiceGUI pages share: head, brand, the four steps, and the main column."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, cast

from nicegui import Client, ui

from i18n import N_, SOURCE, _, speaking, spoken
from settings import settings
from ui.components.elements import box, text
from ui.components.languages import choices, here
from ui.components.theme import head_html, storage_html
from ui.demo.visitors import VISITOR_COOKIE as DEMO_COOKIE
from ui.templates import render

_HERE = "(e) => { e.currentTarget.search = new URLSearchParams({ next: location.pathname + location.search }) }"
_STEPS = (N_("Tell"), N_("Listen"), N_("Pay"), N_("Give"))


@contextmanager
def compose_frame(title: str, step: int, *scripts: str, first: tuple[str, str] = ("", "")) -> Iterator[None]:
    """`with frame("Your songs", 2):` puts what follows into the main column. `step` is 1..4, 0 for none.

    `first`: heading and lead that stand in the HTML itself, at the place where the page's own will be a second later.
    """
    remember_language(ui.context.client)
    ui.page_title(f"{title} · {settings.brand_name}")
    ui.add_head_html(storage_html())
    ui.add_head_html(head_html("compose.css", *scripts, *_director()))
    ui.add_body_html(render("first_paint.html", steps=[_(name) for name in _STEPS], now=step, heading=first[0], lead=first[1]))
    text("a", _("Skip to the content"), "skip", href="#main")
    with box("header", "sitehead"):
        text("a", settings.brand_name, "brand", href="/")
        if step:
            _steps(step)
    with box("div", "page stack", id="main"):  # Quasar around it is the main landmark already
        yield
    with box("div", "sitefoot", role="group", aria_label=_("About this site")):
        for name, path in ((_("Terms"), "/terms"), (_("Privacy"), "/privacy"), (_("Contact"), "/contact")):
            text("a", name, href=path)
        _languages()


def remember_language(client: Client) -> None:
    """Handle a page's events in the language it was requested in: they arrive outside of any request."""
    language, handle = spoken(), client.handle_event

    def handle_event(message: dict[str, Any]) -> None:
        with speaking(language):
            handle(message)

    client.handle_event = handle_event  # type: ignore[method-assign,assignment] # all its events pass here
    client.page = copy(client.page)  # it is shared by all who open this address
    client.page.language = cast(Any, "en-US" if language == SOURCE else language)


def _languages() -> None:
    """Language links that lead back to this page, with the address as it is when they are pressed."""
    with box("nav", "languages", aria_label=_("Language")):
        for choice in choices(here()):
            current = "true" if choice["code"] == spoken() else None
            link = text("a", choice["name"], href=choice["url"], lang=choice["code"], aria_current=current)
            link.on("click", js_handler=_HERE)


def _director() -> tuple[str, ...]:
    """The demo bar, in a browser that shows a demo; the bar itself asks the server whether this form is one."""
    return ("demo-director.js",) if settings.demo and DEMO_COOKIE in ui.context.client.request.cookies else ()


def _steps(now: int) -> None:
    with box("nav", "stepper", aria_label=_("Progress")), box("ol"):
        for number, name in enumerate(_STEPS, 1):
            done, current = number < now, number == now
            text("li", _(name), "done" if done else "", aria_current="step" if current else None)
