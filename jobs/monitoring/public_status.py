"""What /status tells the public: whether each part works, what was made today, and incidents. All of it is read from rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.generation.providers import paused_providers
from models import Incident, database, now
from settings import settings

SLOW_AFTER = 600.0  # seconds that work may wait before a part counts as slow
_SHOWN_DAYS = 30
MADE_TODAY = """
SELECT count(*) FROM variations v JOIN compose_forms f ON f.id = v.form_id
WHERE v.ready_at >= date_trunc('day', now() AT TIME ZONE 'utc') AND v.status = 'ready' AND NOT f.demo
"""
FIRST_PLAY = """
SELECT count(seconds), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM (
    SELECT extract(epoch FROM min(v.ready_at) - f.submitted_at) AS seconds
    FROM compose_forms f JOIN variations v ON v.form_id = f.id AND v.ready_at IS NOT NULL
    WHERE f.submitted_at > %s AND NOT f.demo AND f.purpose IS NULL GROUP BY f.id) firsts
"""
_OLDEST = {
    "lyrics": "SELECT min(submitted_at) FROM compose_forms WHERE status = 'created' AND submitted_at IS NOT NULL AND NOT demo",
    "songs": "SELECT min(v.queued_at) FROM variations v JOIN compose_forms f ON f.id = v.form_id"
    " WHERE v.status = 'queued' AND NOT f.demo AND f.status = 'variations_generating'",
    "payments": "SELECT min(received_at) FROM stripe_events WHERE handled_at IS NULL",
    "emails": "SELECT min(next_try_at) FROM emails WHERE status = 'queued'",
}


@dataclass(frozen=True)
class StatusPart:
    """One part of the service. `state`: works, slow (work has waited for more than ten minutes), or stopped."""

    name: str
    state: str


@dataclass(frozen=True)
class PublicStatus:
    """Everything that the page shows. `first_play` is seconds, None where nothing was made in the last day."""

    parts: tuple[StatusPart, ...]
    made_today: int
    first_play: float | None
    incidents: tuple[Incident, ...]

    @property
    def all_works(self) -> bool:
        """Whether every part works and no incident is open."""
        return all(part.state == "works" for part in self.parts) and all(one.ended_at for one in self.incidents)


def read_public_status() -> PublicStatus:
    """The state of this moment; a handful of indexed reads. For inside of `in_database`."""
    (made,) = database.execute_sql(MADE_TODAY).fetchone()
    count, seconds = database.execute_sql(FIRST_PLAY, (now() - timedelta(days=1),)).fetchone()
    return PublicStatus(tuple(_parts()), made, float(seconds) if count else None, shown_incidents())


def shown_incidents() -> tuple[Incident, ...]:
    """What is open, and what began in the last thirty days; the newest first. For inside of `in_database`."""
    recent = Incident.began_at > now() - timedelta(days=_SHOWN_DAYS)
    return tuple(Incident.select().where(recent | Incident.ended_at.is_null()).order_by(Incident.began_at.desc()).limit(20))


def _parts() -> Iterator[StatusPart]:
    providers, paused = set(settings.music_providers), set(paused_providers())
    for name, query in _OLDEST.items():
        (oldest,) = database.execute_sql(query).fetchone()
        state = "slow" if _has_waited(oldest) else "works"
        yield StatusPart(name, "stopped" if name == "songs" and providers <= paused else state)


def _has_waited(oldest: datetime | None) -> bool:
    return oldest is not None and (now() - oldest).total_seconds() > SLOW_AFTER
