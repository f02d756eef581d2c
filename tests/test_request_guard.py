"""The request guard: nothing that another site's page sent changes anything, and no body is too large or too strange."""

from __future__ import annotations

import http.client
import json
import socket

import pytest
from playwright.async_api import Browser

from models import ComposeForm, in_database
from tests.support.stack import Stack, example_form_data

EVIL = {"Origin": "https://evil.example"}

# ---------------------------------------------------------------- other sites' pages

STRANGERS = [
    EVIL,
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": "http://["},
]
VERBS = [
    "POST /api/compose/forms",
    "PATCH /api/compose/forms",
    "POST /api/generate",
    "POST /api/stripe/checkout",
    "POST /api/stripe/extras",
    "POST /login",
    "POST /logout",
    "POST /logout/everywhere",
    "POST /library/claim",
    "POST /sandbox/stripe/pay/cs_x/pay",
]


@pytest.mark.parametrize("headers", STRANGERS, ids=str)
@pytest.mark.parametrize("verb", VERBS)
def test_what_another_site_sends_is_refused_and_changes_nothing(stack: Stack, verb: str, headers: dict[str, str]) -> None:
    method, path = verb.split()
    before = in_database(ComposeForm.select().count)
    body = {"packageType": "solo-serenade", "formData": example_form_data()}
    answer = stack.call(method, path, json=body, headers=headers)
    assert answer.status_code == 403
    assert in_database(ComposeForm.select().count) == before


def test_our_own_pages_and_programs_are_let_through(stack: Stack) -> None:
    body = {"packageType": "solo-serenade", "formData": example_form_data(), "draft": True}
    for headers in ({}, {"Origin": stack.url}, {"Origin": stack.url, "Sec-Fetch-Site": "same-origin"}):
        assert stack.call("POST", "/api/compose/forms", json=body, headers=headers).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_only_json_is_json(stack: Stack, kind: str) -> None:
    """text/plain is what a foreign page may send without asking first."""
    before = in_database(ComposeForm.select().count)
    text = json.dumps({"packageType": "solo-serenade", "formData": example_form_data()}).encode()
    for method, path in (("POST", "/api/compose/forms"), ("PATCH", "/api/compose/forms"), ("POST", "/api/generate")):
        answer = stack.call(method, path, data=text, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["error"]["code"]) == (415, "json_only")
    assert in_database(ComposeForm.select().count) == before


def test_stripe_s_webhook_is_asked_for_its_signature_and_nothing_else(stack: Stack) -> None:
    answer = stack.call("POST", "/api/stripe/webhook", data=b"{}", headers={"Content-Type": "text/plain", **EVIL})
    assert answer.status_code == 400


async def test_a_socket_from_another_site_is_refused_and_ours_is_not(stack: Stack, browser: Browser) -> None:
    def handshake(origin: str) -> bytes:
        with socket.create_connection(("localhost", stack.port), timeout=30) as wire:
            wire.sendall(
                f"GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:{stack.port}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                f"Sec-WebSocket-Version: 13\r\nOrigin: {origin}\r\n\r\n".encode()
            )
            return wire.recv(200).split(b"\r\n")[0]

    assert b"403" in handshake("https://evil.example")
    assert b"403" in handshake("http://["), "no address at all"
    assert b"101" in handshake(stack.url)


# ---------------------------------------------------------------- bodies


def test_a_body_that_is_too_large_is_refused_however_it_is_sent(stack: Stack) -> None:
    large = b'{"formId": "' + b"x" * 300_000 + b'"}'
    answer = stack.call("PATCH", "/api/compose/forms", data=large, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    in_pieces = http.client.HTTPConnection("localhost", stack.port, timeout=30)
    pieces = iter([large[at : at + 10_000] for at in range(0, len(large), 10_000)])
    in_pieces.request("PATCH", "/api/compose/forms", pieces, {"Content-Type": "application/json"}, encode_chunked=True)
    assert in_pieces.getresponse().status == 413


def test_a_body_in_pieces_of_a_usual_size_arrives_whole(stack: Stack) -> None:
    text = json.dumps({"packageType": "solo-serenade", "formData": example_form_data(), "draft": True}).encode()
    wire = http.client.HTTPConnection("localhost", stack.port, timeout=30)
    wire.request(
        "POST", "/api/compose/forms", iter([text[:40], text[40:]]), {"Content-Type": "application/json"}, encode_chunked=True
    )
    assert wire.getresponse().status == 201


@pytest.mark.parametrize(
    "body", ["[" * 3000, '{"formId": ' + "9" * 5000 + "}", '{"formId": NaN}', "{", '{"formId": 1, "formId": 2}']
)
def test_strange_json_is_named_and_breaks_nothing(stack: Stack, body: str) -> None:
    answer = stack.call("POST", "/api/generate", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
