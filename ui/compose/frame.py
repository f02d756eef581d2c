"""The frame that all NiceGUI pages share: head, brand, the four steps, and the main column."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, cast

from nicegui import Client, ui

from i18n import N_, SOURCE, _, speaking, spoken
from settings import settings
from ui.components.elements import box, still, text
from ui.components.theme import head_html, storage_html
from ui.compose.answered import let_go_once_answered
from ui.compose.unreached import say_what_is_unreached
from ui.demo.visitors import VISITOR_COOKIE as DEMO_COOKIE
from ui.templates import render

_HERE = """(e) => {
  const link = e.target.closest("[lang]");
  if (link) link.search = new URLSearchParams({ next: location.pathname + location.search });
}"""  # a language link leads back to the page as its address is when it is pressed
_STEPS = (N_("Tell"), N_("Listen"), N_("Pay"), N_("Give"))


@contextmanager
def compose_frame(title: str, step: int, *scripts: str, first: tuple[str, str] = ("", "")) -> Iterator[None]:
    """`with frame("Your songs", 2):` puts what follows into the main column. `step` is 1..4, 0 for none.

    `first`: heading and lead that stand in the HTML itself, at the place where the page's own will be a second later.
    """
    remember_language(ui.context.client)
    let_go_once_answered(ui.context.client)
    ui.page_title(f"{title} · {settings.brand_name}")
    steps = [_(name) for name in _STEPS]
    ui.add_head_html(storage_html())
    ui.add_head_html(head_html("compose.css", *scripts, *_director()))
    ui.add_body_html(render("first_paint.html", steps=steps, now=step, heading=first[0], lead=first[1]))
    text("a", _("Skip to the content"), "skip", href="#main")
    still("header", render("frame_head.html", steps=steps, now=step), "sitehead")
    with box("div", "page stack", id="main"):  # Quasar around it is the main landmark already
        yield
    say_what_is_unreached(ui.context.client)
    foot = still("div", render("frame_foot.html"), "sitefoot", role="group", aria_label=_("About this site"))
    foot.on("click", js_handler=_HERE)


def remember_language(client: Client) -> None:
    """Handle a page's events in the language it was requested in: they arrive outside of any request."""
    language, handle = spoken(), client.handle_event

    def handle_event(message: dict[str, Any]) -> None:
        with speaking(language):
            handle(message)

    client.handle_event = handle_event  # type: ignore[method-assign,assignment] # all its events pass here
    client.page = copy(client.page)  # it is shared by all who open this address
    client.page.language = cast(Any, "en-US" if language == SOURCE else language)


def _director() -> tuple[str, ...]:
    """The demo bar, in a browser that shows a demo; the bar itself asks the server whether this form is one."""
    return ("demo-director.js",) if settings.demo and DEMO_COOKIE in ui.context.client.request.cookies else ()
