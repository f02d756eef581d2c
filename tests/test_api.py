"""The REST contract: what goes in, what comes out, and a clear answer to everything that does not fit."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import pytest

from tests.support.forms import sql
from tests.support.stack import MIA, Stack, example_form_data

HOSTILE = {
    "empty": "",
    "blank": "   ",
    "over-long": "x" * 10_001,
    "emoji": "❤️‍🔥👩‍👩‍👧" * 5,
    "right-to-left": "‮مِيا‬ שלום",
    "NUL": "Mi\0a",
    "lone surrogate": "Mi\ud83da",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "SQL": "'; DROP TABLE compose_forms; --",
    "template": "{{7*7}}${7*7}%(x)s",
    "brackets": "[Chorus] ]]> -->",
}
TEXT_FIELDS = (
    "recipientName",
    "pronunciation",
    "recipientNickname",
    "relationship",
    "theme",
    "storySummary",
    "style",
    "mustInclude",
)
WRONG_TYPES: dict[str, Any] = {"number": 7, "null": None, "list": ["a"], "object": {"a": 1}, "true": True, "huge": 10**400}


def post(stack: Stack, body: Any) -> Any:
    return stack.call(
        "POST", "/api/compose/forms", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )


def assert_error(answer: Any, *statuses: int) -> dict[str, Any]:
    """One error shape for everything."""
    assert answer.status_code in statuses, answer.text[:300]
    body = answer.json()
    assert body["success"] is False
    assert set(body["error"]) <= {"code", "message", "fields"}
    assert body["error"]["code"]
    assert body["error"]["message"]
    return dict(body["error"])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_whatever_stands_in_a_field_is_stored_harmlessly_or_named(stack: Stack, field: str, text: str) -> None:
    answer = post(stack, {"packageType": "solo-serenade", "formData": {**example_form_data(), "songs": [{**MIA, field: text}]}})
    if answer.status_code == 201:
        assert "\0" not in json.dumps(answer.json(), ensure_ascii=False)
    else:
        assert f"songs.0.{field}" in assert_error(answer, 422)["fields"]


@pytest.mark.parametrize("value", WRONG_TYPES.values(), ids=WRONG_TYPES)
@pytest.mark.parametrize("field", ["recipientName", "emotions", "childFriendly", "theme"])
def test_a_value_of_the_wrong_kind_is_named(stack: Stack, field: str, value: Any) -> None:
    answer = post(
        stack, {"packageType": "solo-serenade", "formData": {**example_form_data(), "songs": [{**MIA, field: value}]}}
    )
    assert answer.status_code in (201, 422)
    if answer.status_code == 422:
        assert_error(answer, 422)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"packageType": "gold", "formData": example_form_data()}, 422),
        ({"packageType": "solo-serenade", "formData": example_form_data(3)}, 422),
        ({"packageType": "solo-serenade", "formData": example_form_data(), "amount": 1}, 422),
        ({"packageType": "solo-serenade", "formData": {}}, 422),
        ({"packageType": "solo-serenade", "formData": []}, 422),
        ({"packageType": "solo-serenade"}, 422),
        ({"packageType": "solo-serenade", "formData": example_form_data(), "formId": "form_1_short"}, 422),
        ({"packageType": "solo-serenade", "formData": example_form_data(), "formId": "../../etc/passwd"}, 422),
        ({"packageType": "solo-serenade", "formData": example_form_data(), "generatedPrompts": []}, 422),
        ([], 422),
        ("text", 422),
    ],
)
def test_a_form_that_does_not_fit_changes_nothing(stack: Stack, body: Any, status: int) -> None:
    assert_error(post(stack, body), status)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"a":' * 3000, b"[" * 100_000, b"nul"])
def test_a_body_that_is_no_json_is_refused(stack: Stack, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert_error(stack.call("POST", "/api/compose/forms", data=raw, headers=headers), 400, 422)
    assert_error(stack.call("PATCH", "/api/compose/forms", data=raw, headers=headers), 400, 422)


@pytest.mark.parametrize("form_id", ["form_1_" + "a" * 32, "x", "", "form_%00", "../x", "form_1_" + "é" * 30, "a" * 5000])
def test_an_unknown_form_is_not_found_and_says_nothing_else(stack: Stack, form_id: str) -> None:
    assert_error(stack.call("GET", "/api/compose/forms", params={"formId": form_id}), 404, 422)
    assert_error(stack.call("PATCH", "/api/compose/forms", json={"formId": form_id}), 404, 422)
    assert_error(stack.call("POST", "/api/generate", json={"formId": form_id}), 404, 422)
    assert_error(stack.call("POST", "/api/stripe/checkout", json={"formId": form_id}), 404, 422)
    page = stack.call("GET", "/compose/variations", params={"formId": form_id})
    assert page.status_code == 404
    assert "cannot find this order" in page.text


@pytest.mark.parametrize(
    "path", ["/nope", "/s/nope", "/s/%00", "/media/preview/x.mp3", "/media/preview/%00.mp3", "/compose/nope"]
)
def test_a_page_that_is_not_there_is_kind(stack: Stack, path: str) -> None:
    answer = stack.call("GET", path)
    assert answer.status_code == 404
    assert "text/html" in answer.headers["Content-Type"]


def test_an_address_that_misses_the_api_gets_its_error_shape_too(stack: Stack) -> None:
    assert assert_error(stack.call("GET", "/api/status/a%0Ab"), 404)["code"] == "not_found"


def test_a_client_made_id_is_taken_once(stack: Stack) -> None:
    form_id = f"form_{time.time_ns() // 10**6}_{secrets.token_hex(16)}"
    body = {"packageType": "solo-serenade", "formData": example_form_data(), "formId": form_id}
    assert post(stack, body).json()["form"]["id"] == form_id
    assert assert_error(post(stack, body), 409)["code"] == "form_exists"


def test_a_draft_takes_what_is_there_and_starts_nothing(stack: Stack) -> None:
    body = {"packageType": "solo-serenade", "formData": {"songs": [{"recipientName": "Mia"}]}, "draft": True}
    form = post(stack, body).json()["form"]
    assert form["status"] == "created"
    assert form["formData"]["songs"][0]["recipientName"] == "Mia"
    assert_error(stack.call("POST", "/api/generate", json={"formId": form["id"]}), 409)
    more = {**example_form_data(), "senderName": "Dad"}
    changed = stack.call("PATCH", "/api/compose/forms", json={"formId": form["id"], "formData": more})
    assert changed.json()["form"]["formData"]["senderName"] == "Dad"


@pytest.mark.parametrize(
    "field", ["status", "amountPaid", "paidAt", "userId", "stripeSessionId", "variationAudioUrls", "expiresAt"]
)
def test_what_belongs_to_the_server_cannot_be_written(stack: Stack, field: str) -> None:
    form_id = stack.create()
    error = assert_error(stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, field: "x"}), 403)
    assert field in error["message"]


def test_an_unknown_field_is_named(stack: Stack) -> None:
    error = assert_error(stack.call("PATCH", "/api/compose/forms", json={"formId": stack.create(), "colour": "red"}), 422)
    assert "colour" in error["message"]


@pytest.mark.parametrize(
    ("method", "path", "body", "message", "fields"),
    [
        ("GET", "/api/nothing", None, "No hay nada en esta dirección.", {}),
        ("PUT", "/api/compose/forms", {}, "Esta dirección no acepta este método.", {}),
        ("GET", "/api/compose/forms?formId=form_1_nobody", None, "No hay nada aquí con este identificador.", {}),
        ("POST", "/api/compose/forms", {}, "La petición no tiene la forma esperada.", {"packageType": "Esto falta."}),
        ("POST", "/api/compose/forms", {"packageType": "x", "formData": {}}, None, {"packageType": "Vendemos "}),
        (
            "PATCH",
            "/api/compose/forms",
            {"status": "x"},
            "status es cosa del servidor.",
            {"status": "Esto es cosa del servidor."},
        ),
        ("PATCH", "/api/compose/forms", {"colour": 1}, "No hay ningún campo 'colour'.", {"colour": "Ese campo no existe."}),
        ("POST", "/api/generate", {"songIndex": 9}, None, {"songIndex": "Esto es 4 como mucho."}),
        ("POST", "/api/generate", {}, "El pedido todavía es un borrador.", {}),
        ("POST", "/api/stripe/checkout", {"consent": False}, "debe aceptar", {}),
    ],
)
def test_who_asks_in_spanish_is_refused_in_spanish(
    stack: Stack, method: str, path: str, body: dict[str, Any] | None, message: str | None, fields: dict[str, str]
) -> None:
    if method == "PATCH" or path in ("/api/generate", "/api/stripe/checkout"):
        drafted = post(stack, {"packageType": "solo-serenade", "formData": {}, "draft": True}).json()["form"]
        body = {"formId": drafted["id"], **(body or {})}
    error = stack.call(method, path, json=body, headers={"Accept-Language": "es"}).json()["error"]
    assert (message or "") in error["message"]
    assert all(error["fields"][name].startswith(sentence) for name, sentence in fields.items()), error


def test_the_whole_journey_by_http_alone(stack: Stack) -> None:
    """Create, generate, choose, pay at the sandbox, share: what the pages do, without a browser. Twice is harmless."""
    form_id = stack.create()
    first, again = stack.generate(form_id), stack.generate(form_id)
    assert first["variationTaskIds"] == again["variationTaskIds"]
    tasks = first["variationTaskIds"]["0"]
    assert len(set(tasks)) == 3
    early = stack.call("POST", "/api/stripe/checkout", json={"formId": form_id, "selectedVariations": {"0": 1}})
    assert early.status_code in (200, 409)
    form = stack.await_status(form_id, "variations_ready")
    assert form["variationTaskIds"] == {"0": tasks}
    assert set(form["variationAudioUrls"]["0"]) == {"1", "2", "3"}
    status = stack.call("GET", f"/api/status/{tasks[1]}").json()
    assert (status["status"], status["songIndex"], status["variation"]) == ("ready", 0, 2)
    preview = stack.call("GET", f"/media/preview/{tasks[1]}.mp3", headers={"Range": "bytes=0-99"})
    assert (preview.status_code, len(preview.content)) == (206, 100)
    assert stack.call("HEAD", f"/media/preview/{tasks[0]}.mp3").status_code == 200
    met = sql("SELECT id FROM variations WHERE form_id = %s AND played_at IS NOT NULL", form_id)
    assert met == [(tasks[1],)], "who fetches a preview has met it; who only asks for its length has not"
    assert_error(stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, "selectedVariations": {"0": 4}}), 422)
    chosen = stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, "selectedVariations": {"0": 2}})
    assert chosen.json()["form"]["selectedVariations"] == {"0": 2}
    opened = stack.call("POST", "/api/stripe/checkout", json={"formId": form_id}).json()
    assert stack.call("POST", "/api/stripe/checkout", json={"formId": form_id}).json() == opened, "one session however often"
    declined = stack.call("POST", opened["url"].removeprefix(stack.url) + "/pay", data={"outcome": "declined"})
    assert declined.status_code == 402
    assert stack.form(form_id)["status"] == "payment_initiated"
    paid = stack.call("POST", opened["url"].removeprefix(stack.url) + "/pay", data={"outcome": "paid"}, allow_redirects=False)
    assert paid.status_code == 303
    form = stack.await_status(form_id, "delivered")
    assert (form["amountPaid"], form["currency"]) == (999, "usd")
    gift = stack.call("GET", form["shareUrls"]["0"].removeprefix(stack.url))
    assert gift.status_code == 200
    whole = form["songs"][0]["variations"][1]["audioUrl"]
    assert stack.call("GET", whole).status_code == 200
    assert [one["audioUrl"] is not None for one in form["songs"][0]["variations"]] == [False, True, False], "one was bought"
    for late in ({"selectedVariations": {"0": 1}}, {"formData": example_form_data()}):
        assert_error(stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, **late}), 409)
    assert_error(stack.call("POST", "/api/stripe/checkout", json={"formId": form_id}), 409)


def test_the_contract_describes_itself(stack: Stack) -> None:
    paths = stack.call("GET", "/api/openapi.json").json()["paths"]
    assert {"/compose/forms", "/generate", "/status/{taskId}", "/stripe/checkout", "/stripe/webhook"} <= set(paths)


def test_health(stack: Stack) -> None:
    assert stack.call("GET", "/healthz").status_code == 200
    assert stack.call("HEAD", "/healthz").status_code == 200
    assert stack.call("GET", "/readyz").json() == dict.fromkeys(
        ("database", "migrations", "redis", "worker", "notifications"), True
    )


def test_styles_and_scripts_are_spared_the_rules_of_pages(stack: Stack) -> None:
    headers = stack.call("GET", "/static/serenade.css").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in headers, "half a KB for each file of a gift's first visit"


@pytest.mark.parametrize("path", ["/", "/compose/create", "/terms", "/s/nope", "/api/openapi.json"])
def test_every_answer_carries_its_security_headers(stack: Stack, path: str) -> None:
    headers = stack.call("GET", path).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Referrer-Policy" in headers
