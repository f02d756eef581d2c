"""/internal: one box that finds any order, and the newest orders below it, live."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import Response
from nicegui import app, background_tasks, ui
from nicegui.events import GenericEventArguments
from peewee import OperationalError

from jobs.staff.search import AGES, Cursor, Page, find
from models import FormStatus
from ui import live
from ui.components.elements import box, text
from ui.internal.staff_frame import Fragment, NotStaffError, StaffPage, enter, select, staff_frame
from ui.site.error_pages import not_there

CALM = 1.0  # seconds between two readings of a table that many orders change
ASK = """(e) => { e.preventDefault(); const told = Object.fromEntries(new FormData(e.currentTarget)); emit(told); }"""
WORDS = {"day": "Last day", "week": "Last week", "month": "Last month"}


@ui.page("/internal")
async def find_page() -> Response | None:
    """What is asked for never stands in the address: it is often somebody's name."""
    try:
        desk = await enter()
        page = Finder(desk)
        with staff_frame(desk, "Find", "/internal"):
            page.build()
            await page.look()
    except NotStaffError:
        return not_there()
    live.changed.subscribe(page.heard)
    await desk.client.connected()
    if not desk.client.is_deleted:
        await page.remember()
    return None


class Finder:
    """The box, the filters, and one page of the table."""

    def __init__(self, desk: StaffPage) -> None:
        self.desk = desk
        self.asked: dict[str, str] = {}
        self.before: list[Cursor | None] = [None]
        self.page: Page | None = None
        self.waiting = False

    def build(self) -> None:
        """Drawn once; the table alone changes."""
        text("h1", "Find an order", "sr")
        with box("form", "finder", role="search") as self.form:
            with box("div", "field wide"):
                text("label", "Name, e-mail, or any id or link", "sr", for_="asked")
                box(
                    "input", id="asked", name="asked", type="search", autocomplete="off", spellcheck="false", maxlength="300",
                    placeholder="Name, e-mail, order, task, Stripe id, share link", autofocus="",
                )  # fmt: skip
            with box("div", "field"):
                select("status", "Status", {"": "Any status"} | {str(one): one.replace("_", " ") for one in FormStatus})
            with box("div", "field"):
                select("age", "Age", {"": "Any age"} | {name: WORDS[name] for name in AGES})
            with text("label", "", "tick"):
                box("input", type="checkbox", name="attention", value="1")
                text("span", "Needs attention")
            text("button", "Find", "btn primary", type="submit")
        self.form.on("submit", self._ask, js_handler=ASK)
        self.form.on("change", self._ask, js_handler=ASK)
        self.said = text("p", "", "muted", role="status")
        self.table = Fragment("search.html")
        with box("div", "row pager"):
            self.newer = text("button", "← Newer", "btn", type="button", id="newer")
            self.older = text("button", "Older →", "btn", type="button", id="older")
        self.newer.on("click", self._newer)
        self.older.on("click", self._older)

    async def look(self) -> None:
        """Read this page of the table and draw it."""
        asked = self.asked
        try:
            page = await self.desk.read(
                lambda: find(
                    asked.get("asked", ""),
                    status=asked.get("status", ""),
                    age=asked.get("age", ""),
                    attention=bool(asked.get("attention")),
                    after=self.before[-1],
                )
            )
        except OperationalError:
            self.said.set_text("That fits too many orders to look through. Add a status, an age, or more of the name.")
            return
        self.page = page
        self.table.show(rows=page.rows)
        self.said.set_text(_said(page, bool(asked.get("asked")), len(self.before)))
        self.newer.set_visibility(len(self.before) > 1)
        self.older.set_visibility(page.after is not None)

    async def _ask(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        self.asked = {name: str(told[name])[:300] for name in ("asked", "status", "age", "attention") if told.get(name)}
        self.before = [None]
        app.storage.tab["asked"] = self.asked  # in this process's memory, for the way back from an order
        await self._look_or_leave()

    async def remember(self) -> None:
        """Who comes back from an order finds the table as it was left."""
        asked: Any = app.storage.tab.get("asked")
        if isinstance(asked, dict) and asked:
            self.asked = asked
            self.desk.client.run_javascript(f"desk.fill({json.dumps(asked)})")
            await self._look_or_leave()

    async def _older(self) -> None:
        if self.page and self.page.after:
            self.before.append(self.page.after)
            await self._look_or_leave()

    async def _newer(self) -> None:
        if len(self.before) > 1:
            self.before.pop()
            await self._look_or_leave()

    async def _look_or_leave(self) -> None:
        try:
            await self.look()
        except NotStaffError:
            self.desk.leave()

    def heard(self, form_id: str | None) -> None:
        """Some order changed. A busy shop rings often: the table is read once a second at most, and only its first page."""
        shown = {row.form_id for row in self.page.rows} if self.page else set()
        if self.waiting or len(self.before) > 1 or (self.asked.get("asked") and form_id and form_id not in shown):
            return
        self.waiting = True
        background_tasks.create(self._soon(), name="look again")

    async def _soon(self) -> None:
        await asyncio.sleep(CALM)
        self.waiting = False
        if not self.desk.client.is_deleted:
            with self.desk.client:
                await self._look_or_leave()


def _said(page: Page, asked: bool, number: int) -> str:
    if not page.rows:
        return "Nothing fits." if asked else "No orders yet."
    if page.by == "id":
        return "Found by its id."
    return f"Page {number}, newest first." if number > 1 else "Newest first; this list is live."
