"""The OpenAPI document is true: whatever it allows is answered as it says, and whatever is answered stands in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser
from starlette.testclient import TestClient

from api import create_api, http_error
from tests.support.forms import a_form, a_variation
from tests.support.stack import Stack

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "35"))  # per call; `make schemathesis` makes two thousand of all
WHOLE = FastAPI(openapi_url=None)
WHOLE.mount("/api", create_api())
WHOLE.add_exception_handler(404, http_error)  # as ui/app.py does for an address with a line break in it
CALLS = [(method, path) for path, methods in create_api().openapi()["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def known(migrated: None) -> dict[str, str]:
    """A form and a task that exist: otherwise all that is ever seen is 404."""
    form_id = a_form(status="variations_ready", package_type="holiday-hamper", song_count=3)
    return {"formId": form_id, "taskId": a_variation(form_id, variation=1, status="ready")}


@pytest.fixture(scope="module")
def document() -> Any:
    """The document as schemathesis reads it. Imported here: it costs every process that collects this file two seconds."""
    import schemathesis

    return schemathesis.openapi.from_asgi("/api/openapi.json", WHOLE)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_answer_stands_in_the_document(document: Any, known: dict[str, str], method: str, path: str) -> None:
    from hypothesis import HealthCheck, given, settings
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    conform = [checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=document[path][method.upper()].as_strategy())
    def ask(case: Any) -> None:
        for place in (case.body, case.query, case.path_parameters):
            for name, real in known.items():
                if isinstance(place, dict) and isinstance(place.get(name), str) and len(place[name]) % 2:
                    place[name] = real
        if len(str(case.body)) % 3 == 0:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {os.environ['SERVICE_TOKEN']}"}
        case.call_and_validate(checks=[not_a_server_error, *conform])

    ask()


def test_every_field_of_an_answer_stands_in_the_document(known: dict[str, str]) -> None:
    http = TestClient(WHOLE)
    openapi = http.get("/api/openapi.json").json()
    asked = {
        "/compose/forms": ("get", http.get("/api/compose/forms", params={"formId": known["formId"]})),
        "/status/{taskId}": ("get", http.get(f"/api/status/{known['taskId']}")),
        "/compose/extras": ("get", http.get("/api/compose/extras", params={"formId": known["formId"]})),
        "/generate": ("post", http.post("/api/generate", json={"formId": known["formId"]})),
    }
    for path, (method, answer) in asked.items():
        schema = openapi["paths"][path][method]["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
        assert list(unnamed(answer.json(), schema, openapi["components"]["schemas"])) == [], path


def unnamed(value: Any, schema: dict[str, Any], schemas: dict[str, Any], path: str = "") -> Iterator[str]:
    """The fields of an answer that its schema does not name, all the way down."""
    schema = next((one for one in schema.get("anyOf", []) if one.get("type") != "null"), schema)
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(value, list):
        for one in value:
            yield from unnamed(one, schema.get("items", {}), schemas, path)
    elif isinstance(value, dict) and "properties" in schema:
        for name, one in value.items():
            if name in schema["properties"]:
                yield from unnamed(one, schema["properties"][name], schemas, f"{path}.{name}")
            else:
                yield f"{path}.{name}"


def test_the_document_has_an_example_for_every_body_and_names_every_error() -> None:
    openapi = TestClient(WHOLE).get("/api/openapi.json").json()
    assert openapi["servers"] == [{"url": "/api"}]
    for path, methods in openapi["paths"].items():
        for method, call in methods.items():
            assert call["description"], (method, path)
            assert set(call["responses"]) & {"400", "404", "422"}, (method, path)
            for status, answer in call["responses"].items():
                content = answer["content"]["application/json"]
                assert status < "400" or content["example"]["success"] is False


async def test_the_docs_are_read_without_a_script_or_anything_from_elsewhere(stack: Stack, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    answer = await page.goto(f"{stack.url}/api/docs")
    assert answer is not None
    assert answer.status == 200
    assert {url.split("/")[2] for url in asked} == {stack.url.split("/")[2]}
    for call in ("POST /api/compose/forms", "PATCH /api/compose/forms", "GET /api/status/{taskId}"):
        assert await page.get_by_role("heading", name=call).count() == 1
    assert complaints == []
    await context.close()
