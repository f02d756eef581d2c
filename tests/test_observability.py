"""Sentry and OpenTelemetry: off unless asked for, refused where they cannot work, and nothing personal leaves."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import observability
import settings_checks
from logs import log_context
from settings import SettingsError, read_settings, settings
from tests.support.overrides import Override

STORY = "Mia and the night we missed the last train"
FORM = "form_1765898400713_9f86d081884c7d659a2feaa0c55ad015"
ASKED = {"SENTRY_DSN": "https://key@sentry.example.com/1", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.fixture(autouse=True)
def nothing_is_started() -> Iterator[None]:
    yield
    observability._started.clear()


def test_both_are_off_and_cost_nothing() -> None:
    assert (settings.sentry_dsn, settings.otlp_endpoint) == ("", "")
    observability.start_reporting("web")
    with observability.span("GET api", form=FORM):
        pass
    observability.flush()
    assert observability._started == {}


@pytest.mark.parametrize("name", ASKED)
def test_asked_for_without_its_packages_nothing_starts_and_it_says_what_to_install(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_checks, "find_spec", lambda package: None)
    with pytest.raises(SettingsError, match=f"{name} is set.*pip install -r requirements-observability.txt"):
        read_settings({"DATA_DIR": str(tmp_path), name: ASKED[name]})
    monkeypatch.setattr(settings_checks, "find_spec", lambda package: "there")
    read = read_settings({"DATA_DIR": str(tmp_path), name: ASKED[name]})
    assert ASKED[name] in (read.sentry_dsn, read.otlp_endpoint)
    with pytest.raises(SettingsError, match=f"{name} must begin with https"):
        read_settings({"DATA_DIR": str(tmp_path), name: STORY})


def test_of_an_error_only_names_of_our_code_and_short_ids_are_sent() -> None:
    frame = {"filename": "jobs/a.py", "function": "write", "lineno": 7, "vars": {"story": STORY}, "context_line": STORY}
    event = {
        "event_id": "1", "level": "error", "logger": "serenade.worker", "server_name": STORY, "extra": {"story": STORY},
        "request": {"url": f"https://x/{STORY}", "data": STORY, "query_string": STORY, "cookies": {"a": STORY}},
        "user": {"email": STORY}, "breadcrumbs": {"values": [{"message": STORY}]}, "contexts": {"trace": {"data": STORY}},
        "logentry": {"message": "could not write %s", "formatted": STORY, "params": [STORY]},
        "exception": {"values": [{"type": "ValueError", "module": "jobs", "value": STORY, "stacktrace": {"frames": [frame]}}]},
        "tags": {"process": "worker"},
    }  # fmt: skip
    with log_context(form=FORM, request="abcdef0123456789"):
        sent = observability.picked_event(event)
    assert STORY not in json.dumps(sent)
    assert FORM not in json.dumps(sent)
    assert sent["exception"]["values"][0]["stacktrace"]["frames"] == [
        {"filename": "jobs/a.py", "function": "write", "lineno": 7}
    ]
    assert (sent["exception"]["values"][0]["type"], sent["logentry"]) == ("ValueError", {"message": "could not write %s"})
    assert sent["tags"] == {"process": "worker", "form": FORM[:24], "request": "abcdef0123456789"}
    assert "logentry" not in observability.picked_event({**event, "logger": "rq.worker"}), "theirs may hold anything"


def test_what_sentry_is_given_holds_nothing_of_a_story(override_settings: Override) -> None:
    sentry_sdk = pytest.importorskip("sentry_sdk", reason="requirements-observability.txt is not installed")
    sent: list[dict[str, Any]] = []

    class Kept(sentry_sdk.transport.Transport):  # type: ignore[name-defined, misc]
        def capture_envelope(self, envelope: Any) -> None:
            sent.extend(item.payload.json for item in envelope.items)

    override_settings(sentry_dsn=ASKED["SENTRY_DSN"])
    observability._start_sentry("worker", transport=Kept())
    try:
        story = STORY
        int(story)
    except ValueError:
        logging.getLogger("serenade.worker").exception("could not sing %s", STORY)
    observability.flush()
    sentry_sdk.init()
    (event,) = sent
    assert "last train" not in json.dumps(event)
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert (event["logentry"]["message"], event["tags"]["process"]) == ("could not sing %s", "worker")


def test_a_trace_holds_names_and_short_ids_and_not_what_went_wrong() -> None:
    memory = pytest.importorskip(
        "opentelemetry.sdk.trace.export.in_memory_span_exporter", reason="requirements-observability.txt is not installed"
    )
    exporter = memory.InMemorySpanExporter()
    observability._start_traces("web", exporter)
    with pytest.raises(ValueError, match="train"), observability.span("GET api", form=FORM, request="abc"):
        raise ValueError(STORY)
    observability.flush()
    (made,) = exporter.get_finished_spans()
    assert (made.name, dict(made.attributes)) == ("GET api", {"serenade.form": FORM[:24], "serenade.request": "abc"})
    assert (made.status.status_code.name, made.status.description, made.events) == ("ERROR", None, ())
    assert made.resource.attributes["service.name"] == "serenade-web"
