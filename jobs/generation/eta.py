"""ETA: how long a song still takes and a provider usually does; when to look at a task next, and when to give it up."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from integrations.music import Capabilities
from integrations.music.adapters import ADAPTERS
from jobs.generation.providers import provider, provider_for
from models import AT_PROVIDER, ENDED, Variation, VariationStatus, VariationStep, database, now
from settings import settings

_KEPT = 10.0  # seconds that a measured figure is good for
_FRESH = 1.0  # and the number of open tasks: many submits at once must not be counted as few
MINUTE = 60.0  # a task is read at most once in each, where a status read asks for one task only
ONE_LOOK = 1.0  # seconds between two status reads of a provider: with n open tasks, each is read every n seconds
_measured: dict[str, tuple[float, tuple[float, float] | None]] = {}
_open: dict[str, tuple[float, int]] = {}


def measured(name: str) -> tuple[float, float] | None:
    """Seconds from submit to ready at this provider: (p50, p90) of its last 200, or None while there are none."""
    at, value = _measured.get(name, (-_KEPT, None))
    if time.monotonic() - at > _KEPT:
        found = database.execute_sql(
            "SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) FROM (SELECT extract(epoch FROM"
            " ready_at - submitted_at) AS seconds FROM variations WHERE provider = %s AND status = 'ready'"
            " ORDER BY ready_at DESC LIMIT 200) AS recent",
            (name,),
        ).fetchone()
        value = None if found is None or found[0] is None else (float(found[0][0]), float(found[0][1]))
        _measured[name] = (time.monotonic(), value)
    return value


def open_tasks(name: str) -> int:
    """How many tasks this provider has of ours, as of the last second."""
    at, count = _open.get(name, (-_FRESH, 0))
    if time.monotonic() - at > _FRESH:
        working = Variation.status.in_(AT_PROVIDER) & (Variation.provider == name)
        count = Variation.select(Variation.provider_task_id).where(working).distinct().count()
        _open[name] = (time.monotonic(), count)
    return count


def first_look(name: str, able: Capabilities, eta: float | None) -> datetime:
    """When to read the status of a task that starts now: single reads wait until about half of all tasks are done.

    A little sooner than measured: what is measured ends with a look, so it would never get shorter.
    """
    usual = measured(name)
    wait = usual[0] * 0.9 if usual else (eta or MINUTE)
    return now() + timedelta(seconds=_sooner(name, able, wait * 1.5 if able.callbacks else wait))


def next_look(name: str, able: Capabilities, submitted_at: datetime) -> datetime:
    """When to look again. A provider that calls back is read only in case a callback was lost; others once a minute."""
    age, usual = (now() - submitted_at).total_seconds(), measured(name)
    if able.callbacks:
        wait = 2 * max(able.poll_interval, age / 10 if usual else MINUTE)
    else:
        wait = max(able.poll_interval, MINUTE - age % MINUTE, age / 10)  # no sooner than its next minute
        if usual and wait < usual[1] - age < wait + MINUTE:
            wait = usual[1] - age  # and once when 90 % of the tasks are done
    return now() + timedelta(seconds=_sooner(name, able, wait))


def _sooner(name: str, able: Capabilities, wait: float) -> float:
    """Batch reads cost nothing; else the fewer tasks are open, the sooner each is looked at.

    Only so do we learn how fast a provider is (what we measure is never shorter than our own waiting), and a callback that was
    lost costs one customer a minute, not three.
    """
    if able.batch_status:
        return able.poll_interval
    patience = 4 if able.callbacks else 1
    return min(wait, max(able.poll_interval * patience, open_tasks(name) * ONE_LOOK))


def deadline(eta: float | None) -> datetime:
    """An attempt that starts now is given up then: max(15 min, 3 x ETA)."""
    return now() + timedelta(seconds=max(settings.attempt_minutes * 60.0, 3 * (eta or 0.0)))


def eta_seconds(row: Variation, place: int | None, demo: bool) -> int | None:
    """Seconds left: from our own measured durations, the real progress, and the place in line."""
    if row.status in ENDED:
        return None
    if is_late(row):
        return 0  # the page says that it takes longer than usual
    music = provider(row.provider) if row.provider in ADAPTERS else provider_for(row.failures, demo=demo)
    usual = measured(music.name) if music else None
    typical = usual[0] if usual else row.eta_seconds
    if typical is None or music is None:
        return None
    if row.status == VariationStatus.QUEUED:
        return (
            None
            if place is None
            else round(typical * (1 + (place - 1) // (music.capabilities.max_parallel * music.capabilities.max_n)))
        )
    elapsed = (now() - row.submitted_at).total_seconds() if row.submitted_at else 0.0
    if row.step == VariationStep.FINISHING:
        return 2
    if row.progress and row.progress >= 10:
        return max(1, round(elapsed * (100 - row.progress) / row.progress))
    return max(1, round(typical - elapsed))


def is_late(row: Variation) -> bool:
    """Whether it took longer than 90 % of the songs of this provider (p90), by our own measure."""
    usual = measured(row.provider) if row.provider and row.status in AT_PROVIDER else None
    return bool(usual and row.submitted_at and (now() - row.submitted_at).total_seconds() > usual[1])
