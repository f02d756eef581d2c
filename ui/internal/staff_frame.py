"""What all staff pages share: the frame, and reads and actions that check the session each time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from nicegui import Client, ui
from nicegui.element import Element

from jobs.price_text import price
from jobs.staff.actions import act
from jobs.staff.roles import NotAllowedError, NotStaffError, Staff, require, staff_of
from models import MONEY_KEPT, OVER, PAID, UNPAID, WITH_VARIATIONS, in_database, now
from settings import settings
from ui.components.elements import box, text
from ui.components.theme import head_html, storage_html
from ui.internal import charts
from ui.middleware.staff_only import session_in
from ui.templates import duration

_HERE = Path(__file__).parent
NAVIGATION = {
    "/internal": "Orders",
    "/internal/listen": "Review queue",
    "/internal/health": "Dashboard",
    "/internal/preview": "Preview",
}
_T = TypeVar("_T")


class StaffPage:
    """One page that a member of staff has open."""

    def __init__(self, client: Client, session: str, staff: Staff) -> None:
        self.client, self.session, self.staff = client, session, staff

    async def read(self, look: Callable[..., _T], *arguments: Any) -> _T:
        """Run `look` in a thread, if the session is still one of staff. Raises NotStaffError."""

        def checked() -> _T:
            require(self.session, "viewer")
            return look(*arguments)

        return await asyncio.to_thread(in_database, checked)

    async def act(self, name: str, /, **arguments: Any) -> str:
        """See jobs.staff.actions.act."""
        return await asyncio.to_thread(lambda: act(self.session, name, **arguments))

    def leave(self) -> None:
        """The session has ended: reload, as the page of an unknown address."""
        self.client.open("/internal")


async def enter() -> StaffPage:
    """The page for the member of staff who asked for it. Raises NotStaffError: the middleware checked the session only once."""
    client = ui.context.client
    session = session_in(client.request.headers.get("cookie", ""))
    staff = await asyncio.to_thread(in_database, staff_of, session)
    if staff is None:
        raise NotStaffError
    return StaffPage(client, session, staff)


@contextmanager
def staff_frame(staff_page: StaffPage, title: str, here: str) -> Iterator[None]:
    """`with staff_frame(staff_page, "Orders", "/internal"):` the main column below the navigation."""
    ui.page_title(f"{title} · {settings.brand_name} staff")
    ui.add_head_html(storage_html())
    ui.add_head_html(head_html("song-compare.js"))
    ui.add_head_html(_head())
    text("a", "Skip to the content", "skip", href="#main")
    with box("header", "sitehead staff-head"):
        text("a", f"{settings.brand_name} staff", "brand", href="/internal")
        with box("nav", "staff-nav", aria_label="Staff pages"):
            for address, name in NAVIGATION.items():
                text("a", name, href=address, aria_current="page" if address == here else None)
        text("span", f"{staff_page.staff.email} · {staff_page.staff.role}", "signed-in")
        with box("form", method="post", action="/logout"):
            text("button", "Sign out", "btn quiet small", type="submit")
    with box("div", "page stack staff-page", id="main"):
        yield


def select(name: str, label: str, options: dict[str, str]) -> Element:
    """A filter: a label for screen readers, and {value: text} as options."""
    text("label", label, "sr", for_=name)
    with box("select", id=name, name=name) as made:
        for value, label_of in options.items():
            text("option", label_of, value=value)
    return made


@cache
def _head() -> Markup:
    """Style and script are inlined: as public files they would show everybody that these pages exist."""
    style = "".join((_HERE / name).read_text() for name in ("staff.css", "charts.css"))
    script = (_HERE / "staff.js").read_text()
    return Markup(f"<style>{style}</style><script type=module>{script}</script>")  # noqa: S704 our own files


class Fragment:
    """A piece of HTML from a template; sent to the browser only when it changed."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.element = ui.html("", sanitize=False)

    def show(self, **context: Any) -> None:
        """Render the template and update the page."""
        content = draw(self.template, **context)
        if content != self.element.content:
            self.element.set_content(content)


def draw(template: str, **context: Any) -> str:
    """A template of this folder as HTML; everything in it is escaped."""
    return _environment.get_template(template).render(**context)


def ago(moment: datetime | None) -> str:
    """4 min, 3 h, 12 d: how long ago, short enough for a table."""
    if moment is None:
        return ""
    seconds = max(0.0, (now() - moment).total_seconds())
    if seconds < 60:
        return "now"
    return next(f"{int(seconds // size)} {unit}" for size, unit in ((86400, "d"), (3600, "h"), (60, "min")) if seconds >= size)


def utc_time(moment: datetime | None) -> str:
    """22 Nov, 14:05:09, in UTC."""
    return f"{moment:%-d %b, %H:%M:%S}" if moment else ""


def lasts(seconds: float | None) -> str:
    """4.2 s, 12 min, 3.1 h: how long something takes."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def slot(moment: datetime, hours: int) -> str:
    """The label of one column: an hour, or a day."""
    return f"{moment:%H:00}" if hours <= 48 else f"{moment:%-d %b}"


def readable_name(name: str) -> str:
    """recipientName -> recipient name."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name)


def mills(cost: int | None) -> str:
    """What a recording cost: tenths of a cent as dollars."""
    return "" if cost is None else "free" if cost == 0 else f"${cost / 1000:.3f}"


_environment = Environment(
    loader=FileSystemLoader(_HERE),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(
    lasts=lasts, slot=slot, readable_name=readable_name, zip_with=lambda a, b: list(zip(a, b, strict=True))
)
_environment.filters.update(
    duration=duration, ago=ago, utc_time=utc_time, mills=mills, spaced=lambda one: str(one).replace("_", " ")
)
_environment.globals.update(price=price, wave=charts.wave, charts=charts)
_environment.globals.update(PAID=PAID, UNPAID=UNPAID, WITH_VARIATIONS=WITH_VARIATIONS, OVER=OVER, MONEY_KEPT=MONEY_KEPT)


__all__ = ["Fragment", "NotAllowedError", "NotStaffError", "StaffPage", "ago", "draw", "enter", "staff_frame"]
