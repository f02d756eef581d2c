"""Crash points: named places in the money code where a test lets the process die, as in a power failure.

`CRASH_AT=name,name` arms them, outside production only. `CRASH_ODDS=0.05` makes a point die that often; `CRASH_LOG=file` notes
each death there, and lets every point die at its first pass, so that none is missed.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

from settings import settings

POINTS = (
    "checkout_claimed",
    "checkout_created",
    "checkout_stored",
    "webhook_before_insert",
    "webhook_after_insert",
    "webhook_after_enqueue",
    "event_begun",
    "event_acted_on",
    "event_handled",
    "fulfil_before_update",
    "fulfil_after_update",
    "fulfil_after_outbox",
    "fulfil_after_commit",
    "fulfil_after_enqueue",
    "mail_claimed",
    "mail_sent",
    "mail_marked",
    "refund_before_call",
    "refund_after_call",
    "refund_after_commit",
)
_armed = frozenset(filter(None, os.environ.get("CRASH_AT", "").split(","))) if not settings.is_production else frozenset()
_odds = float(os.environ.get("CRASH_ODDS") or 1)
_log = os.environ.get("CRASH_LOG")

if _armed - set(POINTS):
    raise ValueError(f"CRASH_AT names unknown points: {sorted(_armed - set(POINTS))}")


def crash_at(name: str) -> None:
    """Die here, with nothing cleaned up, where this point is armed and its turn has come."""
    if name in _armed and _its_turn(name):
        os._exit(137)


def _its_turn(name: str) -> bool:
    if _log is None:
        return random.random() < _odds  # noqa: S311 no secret
    known = Path(_log).read_text().split() if Path(_log).exists() else []
    if name in known and random.random() >= _odds:  # noqa: S311 no secret
        return False
    with Path(_log).open("a") as log:
        log.write(name + "\n")
    return True
