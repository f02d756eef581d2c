"""The frame that all NiceGUI pages share: head, brand, the four steps, and the main column."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from settings import settings
from ui.components.elements import box, text
from ui.demo.visitors import COOKIE as DEMO_COOKIE
from ui.plain import render
from ui.theme import head_html

STEPS = ("Tell", "Listen", "Pay", "Give")


@contextmanager
def frame(title: str, step: int, *scripts: str, first: tuple[str, str] = ("", "")) -> Iterator[None]:
    """`with frame("Your songs", 2):` puts what follows into the main column. `step` is 1..4, 0 for none.

    `first`: heading and lead that stand in the HTML itself, at the place where the page's own will be a second later.
    """
    ui.page_title(f"{title} · {settings.brand_name}")
    ui.add_head_html(head_html("compose.css", *scripts, *_director()))
    ui.add_body_html(render("first_paint.html", steps=STEPS, now=step, heading=first[0], lead=first[1]))
    text("a", "Skip to the content", "skip", href="#main")
    with box("header", "sitehead"):
        text("a", settings.brand_name, "brand", href="/")
        if step:
            _steps(step)
    with box("div", "page stack", id="main"):  # Quasar around it is the main landmark already
        yield
    with box("div", "sitefoot", role="group", aria_label="About this site"):
        for name, path in (("Terms", "/terms"), ("Privacy", "/privacy"), ("Contact", "/contact")):
            text("a", name, href=path)


def _director() -> tuple[str, ...]:
    """In a browser that shows a demo: its bar, which asks for itself whether this form is one."""
    return ("demo-director.js",) if settings.demo and DEMO_COOKIE in ui.context.client.request.cookies else ()


def _steps(now: int) -> None:
    with box("nav", "stepper", aria_label="Progress"), box("ol"):
        for number, name in enumerate(STEPS, 1):
            done, current = number < now, number == now
            text("li", name, "done" if done else "", aria_current="step" if current else None)
