"""The figures of the dashboard. Every query reads one window of time through an index, never whole tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis
from rq import Queue, Worker
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from jobs.generation.authors import last_written
from jobs.generation.balances import balance_of
from jobs.generation.providers import paused_providers
from jobs.queue_names import QUEUES
from jobs.staff.order_report import price_of
from models import Alert, database, now
from pubsub import connection
from settings import settings

SAMPLE = 500  # newest orders whose times are measured
_MOST = 20  # rows of a list
_STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Step:
    """One step of the funnel. `p50` and `p90`: seconds since the step before; None where no order came this far."""

    name: str
    count: int
    p50: float | None = None
    p90: float | None = None


@dataclass(frozen=True)
class Provider:
    """One provider in the window. `p50`, `p90`: seconds from submit to ready. `cost` in mills, None without a known price.

    `credits_left`: the balance and when it was read.
    """

    name: str
    submits: int
    ready: int
    p50: float
    p90: float
    cost: int | None
    paused: bool
    credits_left: tuple[float, datetime] | None

    @property
    def success(self) -> float:
        """The share of submits that became a recording."""
        return min(1.0, self.ready / self.submits) if self.submits else 1.0


@dataclass(frozen=True)
class Queues:
    """Each queue's depth and the age of its oldest job, the workers, the failed jobs, and the recordings not yet submitted."""

    depths: list[tuple[str, int, float]]
    workers: int
    failed: list[tuple[str, str, datetime | None]]
    recordings: int
    oldest: float
    redis_is_up: bool = True


COHORT = """
SELECT count(*), count(submitted_at), count(*) FILTER (WHERE status NOT IN ('created', 'composing', 'expired')),
    count(*) FILTER (WHERE status NOT IN ('created', 'composing', 'expired', 'prompts_generated', 'variations_generating')),
    count(paid_at), count(*) FILTER (WHERE status IN ('delivered', 'completed'))
FROM compose_forms WHERE created_at > %s AND purpose IS NULL AND NOT demo
"""
GAPS = ", ".join(f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {gap}) FILTER (WHERE {gap} >= 0)" for gap in "abcde")
_TIMES = f"""
WITH newest AS MATERIALIZED (SELECT id, created_at, submitted_at, paid_at FROM compose_forms
    WHERE created_at > %s AND purpose IS NULL AND NOT demo AND submitted_at IS NOT NULL ORDER BY created_at DESC LIMIT %s),
firsts AS (SELECT n.id, n.created_at, n.submitted_at, n.paid_at,
    min(e.at) FILTER (WHERE e.to_status = 'prompts_generated') AS written,
    min(e.at) FILTER (WHERE e.to_status = 'variations_ready') AS ready,
    min(e.at) FILTER (WHERE e.to_status = 'delivered') AS delivered
    FROM newest n LEFT JOIN form_events e ON e.form_id = n.id AND e.noun = 'form'
    GROUP BY 1, 2, 3, 4),
gaps AS (SELECT extract(epoch FROM submitted_at - created_at) AS a, extract(epoch FROM written - submitted_at) AS b,
    extract(epoch FROM ready - written) AS c, extract(epoch FROM paid_at - ready) AS d,
    extract(epoch FROM delivered - paid_at) AS e
    FROM firsts)
SELECT {GAPS} FROM gaps
"""  # noqa: S608 our own text
_NAMES = ("created", "submitted", "written", "ready", "paid", "delivered")


def funnel(hours: int) -> list[Step]:
    """How far the orders of this window got, and how long each step took."""
    since = now() - timedelta(hours=hours)
    counts = database.execute_sql(COHORT, (since,)).fetchone()
    times = [(None, None), *(gap or (None, None) for gap in database.execute_sql(_TIMES, (since, SAMPLE)).fetchone())]
    return [Step(name, count, *pair) for name, count, pair in zip(_NAMES, counts, times, strict=True)]


def by_hour(hours: int) -> list[tuple[datetime, int, int]]:
    """(hour, orders created, of those paid), oldest first, empty hours included; by day beyond 48 hours."""
    step = "hour" if hours <= 48 else "day"
    rows = database.execute_sql(
        "SELECT slot, count(f.id), count(f.paid_at) FROM generate_series(date_trunc(%s, %s::timestamp), %s, %s::interval) slot"
        " LEFT JOIN (SELECT id, paid_at, date_trunc(%s, created_at) AS slot FROM compose_forms"
        " WHERE created_at > %s AND purpose IS NULL AND NOT demo) f USING (slot) GROUP BY slot ORDER BY slot",
        (step, now() - timedelta(hours=hours), now(), f"1 {step}", step, now() - timedelta(hours=hours)),
    )
    return [(row[0], row[1], row[2]) for row in rows.fetchall()]


def payments(hours: int) -> list[tuple[str, int, int, int]]:
    """(currency, payments, received, refunded) of the window, what was bought beside orders included."""
    since = now() - timedelta(hours=hours)
    rows = database.execute_sql(
        "SELECT currency, count(*), sum(amount_paid), sum(amount_refunded) FROM ("
        " SELECT currency, amount_paid, amount_refunded FROM checkout_sessions WHERE created_at > %s"
        " AND form_id NOT IN (SELECT id FROM compose_forms WHERE demo)"
        " UNION ALL SELECT currency, amount_paid, amount_refunded FROM extra_purchases WHERE created_at > %s"
        ") all_payments WHERE amount_paid > 0 GROUP BY 1 ORDER BY 1",
        (since, since),
    )
    return [(row[0], row[1], int(row[2]), int(row[3])) for row in rows.fetchall()]


SUBMITS = """
SELECT why, count(*) FROM form_events
WHERE at > %s AND noun = 'variation' AND to_status = 'submitted' AND moved_by = 'dispatch' GROUP BY 1
"""
RECORDINGS = """
SELECT (SELECT count(*) FROM variations WHERE provider = %(name)s AND status = 'ready' AND ready_at > %(since)s),
    (SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds)
    FROM (SELECT extract(epoch FROM ready_at - submitted_at) AS seconds FROM variations
        WHERE provider = %(name)s AND status = 'ready' AND ready_at > %(since)s ORDER BY ready_at DESC LIMIT 1000) newest)
"""


def providers(hours: int) -> list[Provider]:
    """Every provider of MUSIC_PROVIDERS: its submits, recordings, times and cost."""
    since, paused = now() - timedelta(hours=hours), paused_providers()
    submits = dict(database.execute_sql(SUBMITS, (since,)).fetchall())
    found = []
    for name in settings.music_providers:
        ready, times = database.execute_sql(RECORDINGS, {"name": name, "since": since}).fetchone()
        p50, p90 = times or (0.0, 0.0)
        price = price_of(name)
        count = submits.get(name, 0)
        cost = None if price is None else price * count
        found.append(Provider(name, count, ready, p50 or 0.0, p90 or 0.0, cost, name in paused, balance_of(name)))
    return found


def failures(hours: int) -> list[tuple[str, int]]:
    """Why attempts failed or were retried, the most frequent reason first."""
    rows = database.execute_sql(
        "SELECT why, count(*) FROM form_events WHERE at > %s AND noun = 'variation' AND moved_by = 'generation'"
        " AND to_status IN ('failed', 'queued') GROUP BY 1 ORDER BY 2 DESC LIMIT 8",
        (now() - timedelta(hours=hours),),
    )
    return [(row[0], row[1]) for row in rows.fetchall()]


def queues() -> Queues:
    """The queues in Redis, and the recordings that wait to be submitted; those of demos are not counted."""
    recordings = database.execute_sql(
        "SELECT count(*), coalesce(extract(epoch FROM localtimestamp - min(v.queued_at)), 0)"
        " FROM variations v JOIN compose_forms f ON f.id = v.form_id WHERE v.status = 'queued' AND NOT f.demo"
    ).fetchone()
    try:
        found = [Queue(name, connection=connection(), serializer=JSONSerializer) for name in QUEUES]
        depths = [(queue.name, queue.count, oldest_age(queue)) for queue in found]
        workers = Worker.count(connection=connection())
        failed = [one for queue in found for one in _failed(queue)]
    except redis.RedisError:
        return Queues([], 0, [], recordings[0], float(recordings[1]), redis_is_up=False)
    return Queues(depths, workers, failed[:_MOST], recordings[0], float(recordings[1]))


def oldest_age(queue: Queue) -> float:
    """Seconds that the first job of this queue has waited."""
    job = next(iter(queue.get_jobs(0, 1)), None)
    return (now() - job.enqueued_at.replace(tzinfo=None)).total_seconds() if job and job.enqueued_at else 0.0


def _failed(queue: Queue) -> list[tuple[str, str, datetime | None]]:
    """(job, kind of error, when): never the message, which may hold a customer's text."""
    registry = FailedJobRegistry(queue=queue)
    found = []
    for job_id in registry.get_job_ids(0, 4, desc=True):
        job = queue.fetch_job(job_id)
        if job is not None:
            last = (job.exc_info or "").strip().rpartition("\n")[2].partition(":")[0][:80]
            found.append((str(job.func_name), last, job.ended_at))
    return found


STUCK_ORDERS = """
(SELECT id, status, attention, updated_at, 'paid, not delivered' FROM compose_forms
    WHERE status = 'payment_completed' AND paid_at < %(late)s AND NOT demo ORDER BY created_at DESC LIMIT 20)
UNION ALL (SELECT id, status, attention, updated_at, 'still being recorded' FROM compose_forms
    WHERE status = 'variations_generating' AND updated_at < %(late)s AND created_at > %(week)s AND NOT demo
    ORDER BY created_at DESC LIMIT 20)
UNION ALL (SELECT id, status, attention, updated_at, 'needs attention' FROM compose_forms
    WHERE attention IS NOT NULL AND created_at > %(week)s AND NOT demo ORDER BY created_at DESC, id DESC LIMIT 20)
"""


def stuck() -> list[tuple[str, str, str, datetime, str]]:
    """(form, status, attention, since, why) of orders without progress; only of the last week, so that old ones drop out."""
    times = {"late": now() - _STUCK_AFTER, "week": now() - timedelta(days=7)}
    rows = database.execute_sql(STUCK_ORDERS, times).fetchall()
    return [(row[0], row[1], row[2] or "", row[3], row[4]) for row in {row[0]: row for row in reversed(rows)}.values()][:_MOST]


def alerts() -> list[Alert]:
    """The latest alerts, newest first."""
    return list(Alert.select().order_by(Alert.id.desc()).limit(_MOST))


def by_day(days: int = 30) -> list[dict[str, Any]]:
    """The CSV export: one row for each day, newest first."""
    rows = database.execute_sql(
        "SELECT created_at::date, count(*), count(submitted_at), count(paid_at),"
        " count(*) FILTER (WHERE status IN ('delivered', 'completed')), count(*) FILTER (WHERE status = 'refunded'),"
        " coalesce(sum(amount_paid), 0) FROM compose_forms WHERE created_at > %s AND purpose IS NULL AND NOT demo"
        " GROUP BY 1 ORDER BY 1 DESC",
        (now() - timedelta(days=days),),
    )
    names = ("day", "created", "submitted", "paid", "delivered", "refunded", "amount_paid_minor_units")
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


SECTIONS: dict[str, Callable[[int], Any]] = {
    "funnel": funnel,
    "by_hour": by_hour,
    "payments": payments,
    "providers": providers,
    "failures": failures,
    "written": lambda hours: last_written(),
    "queues": lambda hours: queues(),
    "stuck": lambda hours: stuck(),
    "alerts": lambda hours: alerts(),
}


def read_dashboard(hours: int) -> dict[str, Any]:
    """Everything the dashboard shows, by section."""
    return {name: read(hours) for name, read in SECTIONS.items()}
