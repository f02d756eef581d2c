"""What one process counts of itself as it happens: requests, open pages, and how long a change takes to reach them.

Everything else that /metrics shows is read from rows and queues at the scrape (api/metrics.py). Each process counts alone and
is scraped alone: a sum over instances is Prometheus's work.
"""

from __future__ import annotations

from functools import cache

from prometheus_client import Gauge, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.registry import CollectorRegistry

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS = Histogram(
    "serenade_http_request_seconds",
    "Requests by method, part of the site, and class of status (2xx, 4xx); their count and time to the end of the answer.",
    ("method", "part", "status"),
    buckets=_SECONDS,
    registry=None,
)
PUSHES = Histogram(
    "serenade_push_seconds",
    "From a change notification until every open page of that form was sent what is new.",
    buckets=_SECONDS,
    registry=None,
)
OPEN_PAGES = Gauge("serenade_open_pages", "Pages whose browser is connected to this process.", registry=None)
_PARTS = (
    "/api/",
    "/compose/",
    "/s/",
    "/media/",
    "/static/",
    "/internal",
    "/demo",
    "/sandbox/",
    "/library",
    "/login",
    "/_nicegui",
)
_METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")


def count_request(method: str, path: str, status: int, seconds: float) -> None:
    """One request that was answered. Labels come from fixed lists: nobody makes a new series by asking for a new address."""
    _series(known_method(method), part_of(path), status // 100).observe(seconds)


@cache
def _series(method: str, part: str, hundreds: int) -> Histogram:
    return REQUESTS.labels(method, part, f"{hundreds}xx")


def part_of(path: str) -> str:
    """The part of the site that an address is in: one word of a fixed list."""
    return next((one.strip("/") for one in _PARTS if path.startswith(one)), "site")


def known_method(method: str) -> str:
    """A method of HTTP that is in use, or "other"."""
    return method if method in _METHODS else "other"


def register_process(registry: CollectorRegistry) -> None:
    """Memory, CPU, descriptors and garbage collection of this process, and what it counted."""
    for kind in (ProcessCollector, PlatformCollector, GCCollector):
        kind(registry=registry)
    for ours in (REQUESTS, PUSHES, OPEN_PAGES):
        registry.register(ours)
