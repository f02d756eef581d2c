"""Errors to Sentry and traces by OpenTelemetry, each only where the operator asks for it; both are off otherwise.

The packages are not ours: requirements-observability.txt. What leaves this machine is picked, not cleaned: kinds of errors,
places in our code, durations and shortened ids; no message of an error, no request, no value of a variable (docs/privacy.md).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from logs import context_id, shown
from settings import settings

log = logging.getLogger("serenade.observability")
_PLAIN = ("event_id", "timestamp", "level", "platform", "logger", "environment", "release", "sdk", "tags")
_OF_A_FRAME = ("filename", "function", "module", "lineno", "in_app")
_IDS = ("request", "job", "form")
_FLUSH_SECONDS = 2
_started: dict[str, Any] = {}  # "sentry": its module; "tracer", "provider": OpenTelemetry's


def start_reporting(process: str) -> None:
    """Begin, as settings say. `process` is this process's part: web, worker, clock, studio, demo."""
    if settings.sentry_dsn:
        _start_sentry(process)
        log.info("errors are sent to Sentry")
    if settings.otlp_endpoint:
        _start_traces(process)
        log.info("traces are sent by OpenTelemetry")


def _start_sentry(process: str, **more: Any) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration
    from sentry_sdk.integrations.threading import ThreadingIntegration

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.env,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        default_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            ThreadingIntegration(),
            DedupeIntegration(),
        ],
        before_send=picked_event,
        before_send_transaction=lambda event, hint: None,
        **more,
    )
    sentry_sdk.set_tag("process", process)
    _started["sentry"] = sentry_sdk


def picked_event(event: dict[str, Any], hint: object = None) -> dict[str, Any]:
    """What of an event is sent: names that stand in our code, and ids as log lines show them."""
    picked = {name: event[name] for name in _PLAIN if name in event}
    picked["tags"] = {**(event.get("tags") or {}), **{name: found for name in _IDS if (found := context_id(name))}}
    template = (event.get("logentry") or {}).get("message")
    if template and str(event.get("logger", "")).startswith("serenade"):  # of other programs it may hold anything
        picked["logentry"] = {"message": template}
    errors = (event.get("exception") or {}).get("values") or []
    if errors:
        picked["exception"] = {"values": [_picked_error(one) for one in errors]}
    return picked


def _picked_error(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    places = [{name: frame[name] for name in _OF_A_FRAME if name in frame} for frame in frames]
    return {"type": error.get("type"), "module": error.get("module"), "stacktrace": {"frames": places}}


def _start_traces(process: str, exporter: Any = None) -> None:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"serenade-{process}"}))
    provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))  # it reads OTEL_EXPORTER_OTLP_… itself
    _started["provider"], _started["tracer"] = provider, provider.get_tracer("serenade")


@contextmanager
def span(name: str, **ids: str | None) -> Iterator[None]:
    """A piece of work, timed where traces are on. `name` is a word of ours; `ids` are shortened as in log lines."""
    if "tracer" not in _started:
        yield
        return
    from opentelemetry.trace import Status, StatusCode

    about = {f"serenade.{key}": shown(value) for key, value in ids.items() if value}
    tracer = _started["tracer"]
    with tracer.start_as_current_span(name, attributes=about, record_exception=False, set_status_on_exception=False) as made:
        try:
            yield
        except BaseException:
            made.set_status(Status(StatusCode.ERROR))  # without the error's message
            raise


def flush() -> None:
    """Send what waits: before a process ends that was forked for one job."""
    if "sentry" in _started:
        _started["sentry"].flush(_FLUSH_SECONDS)
    if "provider" in _started:
        _started["provider"].force_flush(_FLUSH_SECONDS * 1000)
