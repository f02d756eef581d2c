"""/internal/health: how the house is doing: the funnel and its times, providers, queues, what stands still."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments
from peewee import OperationalError

from jobs.monitoring.invariants import findings
from jobs.staff.dashboard import board, by_day
from models import in_database
from ui import live
from ui.components.elements import box, text
from ui.internal.staff_frame import Fragment, NotStaffError, StaffPage, enter, select, staff_frame
from ui.site.error_pages import not_there

router = APIRouter(include_in_schema=False)
CALM = 5.0  # seconds between two readings
WINDOWS = {"24": "Last day", "168": "Last week"}


@ui.page("/internal/health")
async def health_page() -> Any:
    """Drawn again when something happens, every few seconds at most."""
    try:
        desk = await enter()
        page = Dashboard(desk)
        with staff_frame(desk, "Health", "/internal/health"):
            page.build()
            await page.look()
    except NotStaffError:
        return not_there()
    live.changed.subscribe(page.heard)
    return None


@router.get("/internal/health.csv")
def export() -> Response:
    """A month by days, for a spreadsheet. The door let only staff come here."""
    rows = in_database(by_day)
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(rows[0]) if rows else ["day"])
    writer.writeheader()
    writer.writerows(rows)
    named = {"Content-Disposition": 'attachment; filename="orders-by-day.csv"'}
    return Response(sheet.getvalue(), media_type="text/csv", headers=named)


class Dashboard:
    """The board of one window of time."""

    def __init__(self, desk: StaffPage) -> None:
        self.desk, self.hours, self.waiting = desk, 24, False

    def build(self) -> None:
        """Drawn once; the board changes."""
        with box("div", "top"):
            text("h1", "Health")
            with box("div", "row"):
                window = select("window", "Window", WINDOWS)
                text("a", "Export as CSV", "btn small", href="/internal/health.csv", download="")
        window.on("change", self._window, js_handler="(e) => emit(e.target.value)")
        self.board = Fragment("dashboard.html")
        with box("section", "card stack tight", aria_labelledby="truths"):
            with box("div", "top"):
                text("h2", "Is everything true?", id="truths")
                self.check = text("button", "Check now", "btn small", type="button", id="check")
            self.truths = Fragment("invariants.html")
        self.check.on("click", self._check)

    async def look(self) -> None:
        """Read and draw."""
        self.board.show(**await self.desk.read(board, self.hours), hours=self.hours)

    async def _window(self, event: GenericEventArguments) -> None:
        self.hours = int(event.args) if str(event.args) in WINDOWS else 24
        await self._look_or_leave()

    async def _check(self) -> None:
        """The invariants look at every row there is: asked for, not on every drawing."""
        try:
            self.truths.show(findings=await self.desk.read(findings), failed=False)
        except OperationalError:
            self.truths.show(findings=[], failed=True)
        except NotStaffError:
            self.desk.leave()

    async def _look_or_leave(self) -> None:
        try:
            await self.look()
        except NotStaffError:
            self.desk.leave()

    def heard(self, form_id: str | None) -> None:
        """Something happened somewhere."""
        if not self.waiting:
            self.waiting = True
            background_tasks.create(self._soon(), name="figures again")

    async def _soon(self) -> None:
        await asyncio.sleep(CALM)
        self.waiting = False
        if not self.desk.client.is_deleted:
            with self.desk.client:
                await self._look_or_leave()
