"""Local date and time ('2026-12-24T18:00' in 'Europe/Berlin') as a moment in UTC, daylight saving included."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from models import CodedError

ON = re.compile(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d")


class NoSuchMomentError(CodedError):
    """Not a date and time, or not a time zone."""


@cache
def zones() -> tuple[str, ...]:
    """Every zone that this machine knows: cities first, in alphabetical order, then what is no place (UTC, CET, Etc/GMT+5)."""
    known = available_timezones()  # of the system, and of the package tzdata where the system has none
    places = {name for name in known if "/" in name and not name.startswith("Etc/")}
    return (*sorted(places), *sorted(known - places))


def checked_zone(zone: str) -> str:
    """The zone as the database spells it, whatever the case of its letters. Raises NoSuchMomentError."""
    written = "_".join(zone.split())  # shown with spaces: America/New York
    known = written if written in zones() else _by_lower_case().get(written.lower())
    if known is None:
        raise NoSuchMomentError("unknown_time_zone")
    return known


@cache
def _by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in zones()}


def moment_of(on: str, zone: str) -> datetime:
    """UTC without a time zone, as columns hold it. A time that the clock skips in spring becomes the same time span later;
    one that it shows twice in autumn is the first. Raises NoSuchMomentError."""
    known = checked_zone(zone)
    try:
        if not ON.fullmatch(on):
            raise ValueError
        local = datetime.fromisoformat(on)
    except ValueError:
        raise NoSuchMomentError("no_date_and_time") from None
    return local.replace(tzinfo=ZoneInfo(known)).astimezone(UTC).replace(tzinfo=None)
