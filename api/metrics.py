"""/metrics for Prometheus, by hand: a dozen gauges need no library. For this machine, or with METRICS_TOKEN."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator

import redis
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from rq import Queue, Worker
from starlette.exceptions import HTTPException

from jobs.monitoring.invariants import Finding, findings, waiting_jobs
from jobs.queue_names import QUEUES
from models import Alert, database, in_database
from pubsub import connection
from settings import settings

router = APIRouter()
KEPT = 15.0  # seconds that the invariants, the dearest part, are not asked again
LAG = "SELECT coalesce(extract(epoch FROM localtimestamp - min(received_at)), 0) FROM stripe_events WHERE handled_at IS NULL"
_kept: tuple[float, list[Finding]] = (float("-inf"), [])


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> PlainTextResponse:
    """The text format of Prometheus."""
    if not _may_read(request):
        raise HTTPException(404, "There is nothing here.")
    lines = [*in_database(lambda: list(_rows())), *_queues()]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _may_read(request: Request) -> bool:
    """A process of this machine that no proxy stands before, or whoever has the token."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and hmac.compare_digest(token.encode(), settings.metrics_token.encode()):
        return True
    proxied = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip", "via"))
    return not proxied and request.client is not None and request.client.host in ("127.0.0.1", "::1")


def _rows() -> Iterator[str]:
    yield "# HELP serenade_broken Rows that break an invariant; zero is healthy."
    yield "# TYPE serenade_broken gauge"
    for one in _findings():
        yield f'serenade_broken{{invariant="{one.name}"}} {one.count}'
    for metric, table in (("forms", "compose_forms"), ("checkout_sessions", "checkout_sessions"), ("emails", "emails")):
        form_id = "id" if metric == "forms" else "form_id"
        yield f"# TYPE serenade_{metric} gauge"
        orders = f"{table} WHERE {form_id} NOT IN (SELECT id FROM compose_forms WHERE demo)"  # noqa: S608 our own names
        query = f"SELECT status, count(*) FROM {orders} GROUP BY 1"  # noqa: S608 our own names
        for status, count in database.execute_sql(query).fetchall():
            yield f'serenade_{metric}{{status="{status}"}} {count}'
    yield "# HELP serenade_webhook_lag_seconds Age of the oldest Stripe event nobody acted on."
    yield "# TYPE serenade_webhook_lag_seconds gauge"
    yield f"serenade_webhook_lag_seconds {float(database.execute_sql(LAG).fetchone()[0]):.3f}"
    yield "# TYPE serenade_alerts_untold gauge"
    yield f"serenade_alerts_untold {Alert.select().where(Alert.sent_at.is_null()).count()}"


def _findings() -> list[Finding]:
    global _kept
    if time.monotonic() - _kept[0] > KEPT:
        _kept = (time.monotonic(), [*findings(), waiting_jobs()])
    return _kept[1]


def _queues() -> Iterator[str]:
    try:
        depths = [(name, Queue(name, connection=connection()).count) for name in QUEUES]
        workers = Worker.count(connection=connection())
    except redis.RedisError:
        yield "serenade_redis_up 0"
        return
    yield "serenade_redis_up 1"
    yield "# TYPE serenade_queue_depth gauge"
    for name, depth in depths:
        yield f'serenade_queue_depth{{queue="{name}"}} {depth}'
    yield f"serenade_workers {workers}"
