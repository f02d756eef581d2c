"""/internal/health: the dashboard: funnel with p50 and p90, payments, queues, providers, stuck orders, alerts, invariants."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from nicegui import background_tasks
from nicegui.events import GenericEventArguments
from peewee import OperationalError

from jobs.monitoring.invariants import findings
from jobs.staff.dashboard import by_day, read_dashboard
from models import in_database
from ui import live
from ui.components.elements import box, text
from ui.internal.incidents import Incidents
from ui.internal.staff_frame import Fragment, NotStaffError, StaffPage, enter, select, staff_frame
from ui.site.error_pages import not_there
from ui.site.live_page import live_page

router = APIRouter(include_in_schema=False)
_REFRESH = 5.0  # seconds between two reads, at least
WINDOWS = {"24": "Last day", "168": "Last week"}


@live_page("/internal/health")
async def dashboard_page() -> Any:
    """Refreshed when something changes, every few seconds at most."""
    try:
        staff_page = await enter()
        page = Dashboard(staff_page)
        with staff_frame(staff_page, "Dashboard", "/internal/health"):
            page.build()
            await page.refresh()
    except NotStaffError:
        return not_there()
    live.changed.subscribe(page.on_change)
    return None


@router.get("/internal/health.csv")
def export_by_day() -> Response:
    """The last 30 days by day, for a spreadsheet. The middleware admits only staff."""
    rows = in_database(by_day)
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(rows[0]) if rows else ["day"])
    writer.writeheader()
    writer.writerows(rows)
    named = {"Content-Disposition": 'attachment; filename="orders-by-day.csv"'}
    return Response(sheet.getvalue(), media_type="text/csv", headers=named)


class Dashboard:
    """The figures of one window of time."""

    def __init__(self, staff_page: StaffPage) -> None:
        self.staff_page, self.hours, self.waiting = staff_page, 24, False

    def build(self) -> None:
        """Drawn once; only the fragments change."""
        with box("div", "top"):
            text("h1", "Dashboard")
            with box("div", "row"):
                window = select("window", "Window", WINDOWS)
                text("a", "Export as CSV", "btn small", href="/internal/health.csv", download="")
        window.on("change", self._window, js_handler="(e) => emit(e.target.value)")
        self.figures = Fragment("dashboard.html")
        with box("section", "card stack tight", aria_labelledby="invariants"):
            with box("div", "top"):
                text("h2", "Invariants", id="invariants")
                self.check = text("button", "Check now", "btn small", type="button", id="check")
            self.invariants = Fragment("invariants.html")
        self.check.on("click", self._check)
        self.incidents = Incidents(self.staff_page)

    async def refresh(self) -> None:
        """Read and show the figures."""
        self.figures.show(**await self.staff_page.read(read_dashboard, self.hours), hours=self.hours)
        await self.incidents.refresh()

    async def _window(self, event: GenericEventArguments) -> None:
        self.hours = int(event.args) if str(event.args) in WINDOWS else 24
        await self._refresh_or_leave()

    async def _check(self) -> None:
        """The invariants read every row: only on request, not on every refresh."""
        try:
            self.invariants.show(findings=await self.staff_page.read(findings), failed=False)
        except OperationalError:
            self.invariants.show(findings=[], failed=True)
        except NotStaffError:
            self.staff_page.leave()

    async def _refresh_or_leave(self) -> None:
        try:
            await self.refresh()
        except NotStaffError:
            self.staff_page.leave()

    def on_change(self, form_id: str | None) -> None:
        """Some form changed."""
        if not self.waiting:
            self.waiting = True
            background_tasks.create(self._soon(), name="refresh the dashboard")

    async def _soon(self) -> None:
        await asyncio.sleep(_REFRESH)
        self.waiting = False
        if not self.staff_page.client.is_deleted:
            with self.staff_page.client:
                await self._refresh_or_leave()
