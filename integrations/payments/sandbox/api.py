"""The sandbox's REST calls under /v1, the part of Stripe's that we use, and the switches that inject faults."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from integrations.payments.sandbox import sessions
from integrations.payments.sandbox.book import Ledger, Object, Switches
from integrations.payments.sandbox.forms import SWITCHES
from integrations.payments.sandbox.lists import listed_page
from integrations.payments.sandbox.parameters import ParameterRefusal, nested, shape
from integrations.payments.sandbox.stripe_sandbox import Sandbox
from integrations.payments.sandbox.wire import Body, form_of, idempotency_key, replied

_KINDS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "events": "event",
    "disputes": "dispute",
}
_LISTED = ("checkout/sessions", "refunds", "events")
_no_parameters = shape({})


def api_router(sandbox: Sandbox) -> APIRouter:
    """The calls of one sandbox. Every route is a plain function, so FastAPI keeps it off the event loop."""
    router = APIRouter(include_in_schema=False)
    _add_session_calls(router, sandbox)
    for path, kind in _KINDS.items():
        _add_retrieve(router, sandbox, path, kind)
        if path in _LISTED:
            _add_list(router, sandbox, path, kind)

    @router.post("/v1/refunds")
    def create_refund(request: Request, body: Body) -> JSONResponse:
        return _posted(sandbox, request, body, sessions.refund_sandbox_payment)

    @router.post("/_switches")
    def turn_switches(request: Request, body: Body) -> JSONResponse:
        return replied(sandbox, request, lambda: (200, _turned(sandbox.switches, form_of(body)), False))

    @router.api_route("/v1/{path:path}", methods=["GET", "POST", "DELETE"])
    def unknown(request: Request, path: str) -> JSONResponse:
        def refuse() -> tuple[int, Object, bool]:
            raise ParameterRefusal(f"Unrecognized request URL ({request.method}: /v1/{path}).", status=404)

        return replied(sandbox, request, refuse)

    return router


def _add_session_calls(router: APIRouter, sandbox: Sandbox) -> None:
    @router.post("/v1/checkout/sessions")
    def create_session(request: Request, body: Body) -> JSONResponse:
        page_base = f"{sandbox.page_base}/pay"
        answer = _posted(sandbox, request, body, lambda ledger, form: sessions.open_sandbox_session(ledger, form, page_base))
        time.sleep(sandbox.switches.hang)
        return answer

    @router.post("/v1/checkout/sessions/{session_id}/expire")
    def expire_session(request: Request, body: Body, session_id: str) -> JSONResponse:
        def expire(ledger: Ledger, form: dict[str, Any]) -> Object:
            _no_parameters(form, "")
            return sessions.expire_sandbox_session(ledger, session_id)

        return _posted(sandbox, request, body, expire)


def _add_retrieve(router: APIRouter, sandbox: Sandbox, path: str, kind: str) -> None:
    @router.get(f"/v1/{path}/{{object_id}}")
    def retrieve(request: Request, object_id: str) -> JSONResponse:
        def found(ledger: Ledger) -> Object:
            _no_parameters(nested(request.url.query), "")
            return ledger.found(kind, object_id)

        return replied(sandbox, request, lambda: (200, sandbox.ask(found), False))


def _add_list(router: APIRouter, sandbox: Sandbox, path: str, kind: str) -> None:
    @router.get(f"/v1/{path}")
    def list_page(request: Request) -> JSONResponse:
        def page(ledger: Ledger) -> Object:
            return listed_page(ledger, kind, nested(request.url.query), f"/v1/{path}")

        return replied(sandbox, request, lambda: (200, sandbox.ask(page), False))


def _posted(sandbox: Sandbox, request: Request, body: bytes, verb: Callable[[Ledger, dict[str, Any]], Object]) -> JSONResponse:
    def ask() -> tuple[int, Object, bool]:
        form = form_of(body)
        return sandbox.ask_once(idempotency_key(request), request.url.path, form, lambda ledger: verb(ledger, form))

    return replied(sandbox, request, ask)


def _turned(switches: Switches, form: dict[str, Any]) -> Object:
    """Set the given switches, leave the others. Raises Refusal."""
    for name, value in SWITCHES(form, "").items():
        setattr(switches, name, value)
    return dataclasses.asdict(switches)
