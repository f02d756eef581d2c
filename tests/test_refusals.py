"""Whoever is refused leaves a line in the log that says what was refused, and nothing of what they sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from fastapi.security import HTTPAuthorizationCredentials
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from api.answers import Refusal
from api.callers import is_trusted
from jobs.accounts.login import log_in
from ui.middleware.request_guard import RequestGuard
from ui.middleware.request_ids import RequestIds
from ui.middleware.staff_only import StaffOnly

SECRET = "s3same-s3same-s3same"
EVIL = {"Origin": f"https://{SECRET}.example"}


def a_request(method: str, path: str, body: bytes = b"", **headers: str) -> None:
    TestClient(StaffOnly(RequestGuard(Starlette()))).request(method, path, content=body, headers=headers)


def an_answer(status: int, path: str) -> None:
    """What a route refused, as everything around it sees it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(SECRET, status)(scope, receive, send)

    TestClient(RequestIds(app)).request("POST" if status == 422 else "GET", path, params={"about": SECRET}, headers=EVIL)


def a_socket() -> None:
    with pytest.raises(WebSocketDisconnect), TestClient(RequestGuard(Starlette())).websocket_connect("/x", headers=EVIL):
        pass


def a_token() -> None:
    with pytest.raises(Refusal):
        asyncio.run(is_trusted(HTTPAuthorizationCredentials(scheme="Bearer", credentials=SECRET)))


@pytest.mark.parametrize(("status", "path"), [(200, f"/api/{SECRET}"), (404, f"/{SECRET}"), (409, "/api/generate")])
def test_what_is_no_attempt_leaves_none(caplog: pytest.LogCaptureFixture, status: int, path: str) -> None:
    an_answer(status, path)
    assert [record for record in caplog.records if record.name.startswith("serenade.")] == []


@pytest.mark.parametrize(("asked", "said"), [
    (lambda: a_request("POST", "/logout", **EVIL), "refused: foreign_origin"),
    (lambda: a_request("POST", "/api/generate", SECRET.encode(), **{"Content-Type": "text/plain"}), "refused: json_only"),
    (lambda: a_request("POST", "/x", SECRET.encode() * 20_000), "refused: too_large"),
    (a_socket, "refused: a socket from another site's page"),
    (lambda: a_request("GET", f"/internal/{SECRET}"), "refused: a staff page, to somebody without a session"),
    (a_token, "refused: a service token that is not ours"),
    (lambda: log_in(SECRET), "refused: a sign-in link that was never ours"),
    (lambda: an_answer(404, f"/api/compose/forms/{SECRET}"), "refused: GET in api, answered 404"),
    (lambda: an_answer(404, f"/s/{SECRET}"), "refused: GET in s, answered 404"),
    (lambda: an_answer(403, f"/media/master/{SECRET}.mp3"), "refused: GET in media, answered 403"),
    (lambda: an_answer(422, "/api/compose/forms"), "refused: POST in api, answered 422"),
])  # fmt: skip
def test_a_refusal_leaves_a_line(caplog: pytest.LogCaptureFixture, asked: Callable[[], object], said: str) -> None:
    asked()
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("serenade.")]
    assert lines == [said]
