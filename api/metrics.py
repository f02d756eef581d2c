"""/metrics for Prometheus: what rows and queues say at the moment of the scrape, and what this process counted.

For this machine, or with METRICS_TOKEN. deploy/prometheus and deploy/grafana read these names.
"""

from __future__ import annotations

import hmac
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

import redis
from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from starlette.exceptions import HTTPException

from jobs.generation.authors import last_written
from jobs.monitoring.invariants import Finding, findings, waiting_jobs
from jobs.monitoring.process_metrics import register_process
from jobs.queue_names import QUEUES
from jobs.staff import dashboard
from models import Alert, database, in_database
from pubsub import connection
from settings import settings

_DAY = 24  # hours
_KEPT = 15.0  # seconds that the invariants, the slowest part, are not asked again
LAG = "SELECT coalesce(extract(epoch FROM localtimestamp - min(received_at)), 0) FROM stripe_events WHERE handled_at IS NULL"
BY_STATUS = (  # metric, help, table, its column with the id of the form
    ("serenade_forms", "Orders by status, demos left out.", "compose_forms", "id"),
    ("serenade_checkout_sessions", "Payments by status, demos left out.", "checkout_sessions", "form_id"),
    ("serenade_extra_purchases", "Purchases beside an order by status.", "extra_purchases", "form_id"),
    ("serenade_emails", "Mails by status, demos left out.", "emails", "form_id"),
)


def create_router() -> APIRouter:
    """The route of one application, with the collector that remembers what it found."""
    router = APIRouter()
    registry = CollectorRegistry()
    registry.register(OrderCollector())
    register_process(registry)

    @router.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        """Prometheus's text format, or OpenMetrics where the scraper asks for it."""
        if not _may_read(request):
            raise HTTPException(404, "There is nothing here.")
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=content_type)

    return router


def _may_read(request: Request) -> bool:
    """A process of this machine without a proxy in between, or whoever has the token."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and hmac.compare_digest(token.encode(), settings.metrics_token.encode()):
        return True
    proxied = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip", "via"))
    return (
        not proxied
        and request.client is not None
        and request.client.host in ("127.0.0.1", "::1", "::ffff:127.0.0.1", settings.host)
    )


class OrderCollector(Collector):
    """Orders, money and providers are not counted as they happen: the rows are the truth, and are asked at each scrape."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._found_at = float("-inf")  # by the monotonic clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every metric, with what it is now."""
        yield from in_database(lambda: list(self.from_rows()))
        yield from _from_queues()

    def from_rows(self) -> Iterator[GaugeMetricFamily]:
        """Those that the database knows; for inside of `in_database`."""
        broken = ((one.name, one.count) for one in self._findings())
        yield _gauge("serenade_broken", "Rows that break an invariant; zero is healthy.", "invariant", broken)
        for name, help_text, table, form_id in BY_STATUS:
            orders = f"{table} WHERE {form_id} NOT IN (SELECT id FROM compose_forms WHERE demo)"  # noqa: S608 our own names
            query = f"SELECT status, count(*) FROM {orders} GROUP BY 1"  # noqa: S608 our own names
            yield _gauge(name, help_text, "status", database.execute_sql(query).fetchall())
        lag = float(database.execute_sql(LAG).fetchone()[0])
        yield GaugeMetricFamily("serenade_webhook_lag_seconds", "Age of the oldest Stripe event not handled yet.", lag)
        twice = database.execute_sql("SELECT provider, count(*) FROM repeated_submits GROUP BY 1").fetchall()
        what = "Submits repeated since their answer was lost: each may have been bought twice."
        yield _gauge("serenade_possibly_bought_twice", what, "provider", twice)
        written = Counter(song.by for song in last_written())
        by = [(name, written[name]) for name in ("model", "lyricist")]
        yield _gauge("serenade_last_lyrics", "Who wrote the last ten songs: a chat model or the built-in lyricist.", "by", by)
        yield from _of_the_last_day()
        unsent = Alert.select().where(Alert.sent_at.is_null()).count()
        yield GaugeMetricFamily("serenade_alerts_untold", "Alerts that staff were not mailed yet.", unsent)

    def _findings(self) -> list[Finding]:
        if time.monotonic() - self._found_at > _KEPT:
            self._found_at, self._found = time.monotonic(), [*findings(), waiting_jobs()]
        return self._found


def _of_the_last_day() -> Iterator[GaugeMetricFamily]:
    made = dashboard.providers(_DAY)
    yield _gauge("serenade_provider_submits", "Submits of the last day.", "provider", ((one.name, one.submits) for one in made))
    yield _gauge("serenade_provider_ready", "Recordings of the last day.", "provider", ((one.name, one.ready) for one in made))
    seconds = GaugeMetricFamily(
        "serenade_provider_seconds", "From submit to a playable song, last day.", labels=["provider", "quantile"]
    )
    for one in made:
        seconds.add_metric([one.name, "0.5"], one.p50)
        seconds.add_metric([one.name, "0.9"], one.p90)
    yield seconds
    costs = ((one.name, one.cost / 1000) for one in made if one.cost is not None)
    yield _gauge("serenade_provider_cost", "What the submits of the last day cost, where a price is known.", "provider", costs)
    yield _gauge("serenade_provider_paused", "Whether it gets no work.", "provider", ((one.name, one.paused) for one in made))
    left = ((one.name, one.credits_left[0]) for one in made if one.credits_left)
    yield _gauge("serenade_provider_balance", "What it said is left, in its own unit.", "provider", left)
    yield _gauge("serenade_failed_attempts", "Attempts of the last day that failed.", "reason", dashboard.failures(_DAY))
    money = GaugeMetricFamily(
        "serenade_money", "Paid and given back in the last day, minor units.", labels=["currency", "kind"]
    )
    for currency, _, received, refunded in dashboard.payments(_DAY):
        money.add_metric([currency, "received"], received)
        money.add_metric([currency, "refunded"], refunded)
    yield money
    yield GaugeMetricFamily(
        "serenade_stuck_orders", "Orders without progress, as the dashboard lists them.", len(dashboard.stuck())
    )


def _from_queues() -> Iterator[GaugeMetricFamily]:
    depths: list[tuple[str, int]] = []
    ages: list[tuple[str, float]] = []
    failed: list[tuple[str, int]] = []
    workers = None  # unknown while Redis is away
    with suppress(redis.RedisError):
        queues = [Queue(name, connection=connection(), serializer=JSONSerializer) for name in QUEUES]
        depths = [(queue.name, queue.count) for queue in queues]
        ages = [(queue.name, dashboard.oldest_age(queue)) for queue in queues]
        failed = [(queue.name, queue.failed_job_registry.count) for queue in queues]
        workers = Worker.count(connection())
    yield GaugeMetricFamily("serenade_redis_up", "Whether Redis answers.", int(workers is not None))
    yield _gauge("serenade_queue_depth", "Jobs that wait in a queue.", "queue", depths)
    yield _gauge("serenade_queue_age_seconds", "Age of the oldest job that waits in a queue.", "queue", ages)
    yield _gauge("serenade_failed_jobs", "Jobs that raised an error, kept for seven days.", "queue", failed)
    yield GaugeMetricFamily("serenade_workers", "Workers that are alive.", workers)


def _gauge(name: str, help_text: str, label: str, values: Iterable[tuple[str, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for said, value in values:
        family.add_metric([said], value)
    return family
