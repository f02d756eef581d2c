"""Log lines: the ids of what is worked on follow it everywhere, keys and personal text never stand in one."""

from __future__ import annotations

import json
import logging
import secrets
import sys
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from jobs.worker import _row_ids
from logs import JsonFormatter, TextFormatter, context_id, log_context
from settings import settings
from settings_checks import Environment, log_format
from tests.support.stack import Stack, example_form_data
from ui.middleware.request_ids import RequestIds

KEY = "form_1765898400713_0123456789abcdef"


def a_record(message: str, **more: Any) -> logging.LogRecord:
    return logging.LogRecord("serenade.test", logging.WARNING, __file__, 1, message, (), more.get("exc_info"))


def as_object(record: logging.LogRecord) -> dict[str, Any]:
    return dict(json.loads(JsonFormatter("web").format(record)))


def test_a_line_for_programs_is_one_object_in_utc() -> None:
    line = as_object(a_record('two\nlines, "quoted" 🎁'))
    assert line["message"] == 'two\nlines, "quoted" 🎁'
    assert (line["level"], line["logger"], line["process"]) == ("warning", "serenade.test", "web")
    assert line["time"].endswith("Z")
    assert "\n" not in JsonFormatter().format(a_record("two\nlines"))


def test_a_traceback_is_a_field_of_its_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        line = as_object(a_record("it broke", exc_info=sys.exc_info()))
    assert "ValueError: broken" in line["exception"]


def test_the_ids_of_what_is_worked_on_stand_in_each_line_and_no_longer() -> None:
    with log_context(request="abc", form=None):
        with log_context(job="j1"):
            assert as_object(a_record("inside"))["request"] == "abc"
            assert "[request=abc job=j1]" in TextFormatter().format(a_record("inside"))
        assert "job" not in as_object(a_record("between"))
    assert "request" not in as_object(a_record("outside"))
    assert context_id("request") is None


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_no_key_stands_whole_in_a_line(formatter: logging.Formatter) -> None:
    with log_context(form=KEY):
        line = formatter.format(a_record(f"about {KEY} at /s/abcdefghijklmnop"))
    assert KEY not in line
    assert "abcdefghij" not in line
    assert "form_1765898400713_01234…" in line


def test_an_id_from_outside_breaks_no_line() -> None:
    with log_context(task='x"\n[admin=1]'):
        assert "\n" not in TextFormatter().format(a_record("one"))
        assert "admin=1" not in TextFormatter().format(a_record("one")).replace("?admin?1", "")


@pytest.mark.parametrize(
    ("environ", "format_name"),
    [({}, "text"), ({"ENV": "production"}, "json"), ({"ENV": "production", "LOG_FORMAT": "text"}, "text")],
)
def test_production_writes_for_programs_unless_told_otherwise(environ: dict[str, str], format_name: str) -> None:
    assert log_format(Environment(environ)) == format_name


def test_a_format_that_there_is_not_is_named() -> None:
    environment = Environment({"LOG_FORMAT": "xml"})
    log_format(environment)
    assert environment.problems == ["LOG_FORMAT is 'xml'; it must be 'text' or 'json'"]


def test_rows_are_named_by_a_job_s_arguments_and_nothing_else_is() -> None:
    assert _row_ids({"form_id": "form_1", "demo": False, "name": "Mia", "email_id": 7}) == {"form": "form_1"}


@pytest.fixture
def said() -> TestClient:
    """An application that answers with the ids that its lines would carry."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = json.dumps({name: context_id(name) for name in ("request", "form")}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return TestClient(RequestIds(app), client=("203.0.113.9", 1))


def test_every_request_gets_an_id_that_the_answer_says(said: TestClient) -> None:
    first, second = said.get("/"), said.get(f"/api/status/{KEY}")
    assert first.headers["X-Request-ID"] == first.json()["request"] != second.json()["request"]
    assert second.json()["form"] == KEY[:24]


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        ((), "from-anybody-1", False),
        (("203.0.113.0/24",), "from-the-proxy", True),
        (("203.0.113.0/24",), "a b\tc" * 3, False),
        (("203.0.113.0/24",), "x" * 65, False),
    ],
)
def test_an_id_is_believed_from_a_trusted_proxy_alone(
    said: TestClient, proxies: tuple[str, ...], given: str, taken: bool
) -> None:
    with settings.override(trusted_proxies=tuple(ip_network(one) for one in proxies)):
        answer = said.get("/", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is taken


def test_an_order_can_be_followed_by_its_ids_and_its_story_stands_in_no_line(stack: Stack) -> None:
    canary = f"zq{secrets.token_hex(6)}"
    story = example_form_data(1)
    story["senderEmail"] = f"{canary}@example.com"
    story["songs"][0] |= {"storySummary": f"We met at {canary}.", "recipientName": canary.title(), "mustInclude": canary}
    made = stack.call("POST", "/api/compose/forms", json={"packageType": "solo-serenade", "formData": story})
    form_id = made.json()["form"]["id"]
    stack.await_status(form_id, "prompts_generated")  # else the job that the next request asks for may write them first
    started = stack.call("POST", "/api/generate", json={"formId": form_id})
    assert started.status_code == 202, started.text
    stack.await_status(form_id, "variations_ready", "variations_generated", "ready")
    log = stack.read_log()
    mine = [line for line in log.splitlines() if form_id[:24] in line]
    request = made.headers["X-Request-ID"]
    assert any(f"request={request}" in line and "job=" in line for line in mine), "from the page into a job"
    assert any("made a task of it" in line and "variation=task_" in line for line in mine), "from a job to the provider"
    assert any("task=studio_" in line for line in mine), "and back"
    assert canary not in log.lower()
    assert form_id not in log
