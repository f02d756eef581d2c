"""/internal: a search field that finds any order, and the newest orders below it, live."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import Response
from nicegui import app, background_tasks
from nicegui.events import GenericEventArguments
from peewee import OperationalError

from jobs.staff.search import AGES, Cursor, Page, find
from models import FormStatus
from ui import live
from ui.components.elements import box, text
from ui.internal.staff_frame import Fragment, NotStaffError, StaffPage, enter, select, staff_frame
from ui.site.error_pages import not_there
from ui.site.live_page import live_page

_REFRESH = 1.0  # seconds between two reads of the table, at least
_ASK = """(e) => { e.preventDefault(); emit(Object.fromEntries(new FormData(e.currentTarget))); }"""
AGE_LABELS = {"day": "Last day", "week": "Last week", "month": "Last month"}


@live_page("/internal")
async def search_page() -> Response | None:
    """The search term is never part of the URL: it is often somebody's name."""
    try:
        staff_page = await enter()
        page = Search(staff_page)
        with staff_frame(staff_page, "Orders", "/internal"):
            page.build()
            await page.refresh()
    except NotStaffError:
        return not_there()
    live.changed.subscribe(page.on_change)
    await staff_page.client.connected()
    if not staff_page.client.is_deleted:
        await page.restore()
    return None


class Search:
    """The search field, the filters, and one page of the table."""

    def __init__(self, staff_page: StaffPage) -> None:
        self.staff_page = staff_page
        self.filters: dict[str, str] = {}
        self.before: list[Cursor | None] = [None]
        self.page: Page | None = None
        self.waiting = False

    def build(self) -> None:
        """Drawn once; only the table changes."""
        text("h1", "Find an order", "sr")
        with box("form", "search-form", role="search") as self.form:
            with box("div", "field wide"):
                text("label", "Name, e-mail, or any id or link", "sr", for_="term")
                box(
                    "input", id="term", name="term", type="search", autocomplete="off", spellcheck="false", maxlength="300",
                    placeholder="Name, e-mail, order, task, Stripe id, share link", autofocus="",
                )  # fmt: skip
            with box("div", "field"):
                select("status", "Status", {"": "Any status"} | {str(one): one.replace("_", " ") for one in FormStatus})
            with box("div", "field"):
                select("age", "Age", {"": "Any age"} | {name: AGE_LABELS[name] for name in AGES})
            with text("label", "", "tick"):
                box("input", type="checkbox", name="attention", value="1")
                text("span", "Needs attention")
            text("button", "Search", "btn primary", type="submit")
        self.form.on("submit", self._ask, js_handler=_ASK)
        self.form.on("change", self._ask, js_handler=_ASK)
        self.summary = text("p", "", "muted", role="status")
        self.table = Fragment("search.html")
        with box("div", "row pager"):
            self.newer = text("button", "← Newer", "btn", type="button", id="newer")
            self.older = text("button", "Older →", "btn", type="button", id="older")
        self.newer.on("click", self._newer)
        self.older.on("click", self._older)

    async def refresh(self) -> None:
        """Read and show this page of the table."""
        filters = self.filters
        try:
            page = await self.staff_page.read(
                lambda: find(
                    filters.get("term", ""),
                    status=filters.get("status", ""),
                    age=filters.get("age", ""),
                    attention=bool(filters.get("attention")),
                    after=self.before[-1],
                )
            )
        except OperationalError:
            self.summary.set_text("Too many orders match. Add a status, an age, or more of the name.")
            return
        self.page = page
        self.table.show(rows=page.rows)
        self.summary.set_text(_summary(page, bool(filters.get("term")), len(self.before)))
        self.newer.set_visibility(len(self.before) > 1)
        self.older.set_visibility(page.after is not None)

    async def _ask(self, event: GenericEventArguments) -> None:
        fields = event.args if isinstance(event.args, dict) else {}
        self.filters = {name: str(fields[name])[:300] for name in ("term", "status", "age", "attention") if fields.get(name)}
        self.before = [None]
        app.storage.tab["filters"] = self.filters  # in this process's memory, for the way back from an order
        await self._refresh_or_leave()

    async def restore(self) -> None:
        """Restore the filters for somebody who comes back from an order."""
        kept: Any = app.storage.tab.get("filters")
        if isinstance(kept, dict) and kept:
            self.filters = kept
            self.staff_page.client.run_javascript(f"staff.fill({json.dumps(kept)})")
            await self._refresh_or_leave()

    async def _older(self) -> None:
        if self.page and self.page.after:
            self.before.append(self.page.after)
            await self._refresh_or_leave()

    async def _newer(self) -> None:
        if len(self.before) > 1:
            self.before.pop()
            await self._refresh_or_leave()

    async def _refresh_or_leave(self) -> None:
        try:
            await self.refresh()
        except NotStaffError:
            self.staff_page.leave()

    def on_change(self, form_id: str | None) -> None:
        """Some form changed: read the table again, once a second at most, and only its first page."""
        shown = {row.form_id for row in self.page.rows} if self.page else set()
        if self.waiting or len(self.before) > 1 or (self.filters.get("term") and form_id and form_id not in shown):
            return
        self.waiting = True
        background_tasks.create(self._soon(), name="refresh the orders")

    async def _soon(self) -> None:
        await asyncio.sleep(_REFRESH)
        self.waiting = False
        if not self.staff_page.client.is_deleted:
            with self.staff_page.client:
                await self._refresh_or_leave()


def _summary(page: Page, asked: bool, number: int) -> str:
    if not page.rows:
        return "No matches." if asked else "No orders yet."
    if page.by == "id":
        return "Found by id."
    return f"Page {number}, newest first." if number > 1 else "Newest first; updates live."
