"""/status: whether everything works, for anybody. Plain, without a script, read from rows at most every half minute."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from peewee import OperationalError

from i18n import N_, _, day, n_
from jobs.monitoring.public_status import PublicStatus, read_public_status
from models import in_database
from ui.components.methods import READ
from ui.templates import duration, render

router = APIRouter(include_in_schema=False)
_KEPT = 30.0  # seconds that one reading is shown to everybody
_PARTS = {"lyrics": N_("Writing lyrics"), "songs": N_("Making songs"), "payments": N_("Payments"), "emails": N_("E-mails")}
_STATES = {"works": N_("Works"), "slow": N_("Slower than usual"), "stopped": N_("Stopped for now")}


class _Kept:
    """The last reading of this process."""

    status: PublicStatus | None = None
    until = 0.0


@router.api_route("/status", methods=READ)
async def status_page() -> HTMLResponse:
    """Real figures and what staff wrote; a database that is away is said, not hidden."""
    if time.monotonic() > _Kept.until:
        try:
            _Kept.status = await asyncio.to_thread(in_database, read_public_status)
        except OperationalError:
            _Kept.status = None
        _Kept.until = time.monotonic() + _KEPT
    found = _Kept.status
    content = render("status.html", status=found, lines=_lines(found) if found else [], moment=_moment)
    headers = {"Cache-Control": f"public, max-age={_KEPT:.0f}"}
    return HTMLResponse(content, 200 if found else 503, headers=headers if found else {"Cache-Control": "no-store"})


def _lines(status: PublicStatus) -> list[tuple[str, str, str]]:
    """(what, how it is in words, `works` or another state)."""
    parts = [(_(_PARTS[part.name]), _(_STATES[part.state]), part.state) for part in status.parts]
    made = n_("{n} version of a song made today", "{n} versions of songs made today", status.made_today)
    if status.first_play is None:
        return [*parts, (made, _("Nothing was asked for in the last day"), "figure")]
    first = _("Half of them could be played after {time}", time=duration(int(status.first_play * 1000)))
    return [*parts, (made, first, "figure")]


def _moment(moment: datetime) -> str:
    """A day and a time in UTC, for readers anywhere."""
    return f"{day(moment)}, {moment:%H:%M} UTC"
