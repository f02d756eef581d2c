"""HTTP details of the sandbox: limited bodies, the API key, idempotency keys, and Stripe's headers."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse

from integrations.payments.sandbox.book import Object
from integrations.payments.sandbox.objects import API_VERSION, new_sandbox_id
from integrations.payments.sandbox.parameters import ParameterRefusal, nested
from integrations.payments.sandbox.stripe_sandbox import Sandbox

_LONGEST_BODY = 65_536  # bytes; our longest request has about 3,000


async def _capped_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            break
    return bytes(body)


Body = Annotated[bytes, Depends(_capped_body)]  # routes are plain functions: they run in threads and cannot await it


def form_of(body: bytes) -> dict[str, Any]:
    """The body's parameters as nested dictionaries. Raises Refusal."""
    if len(body) > _LONGEST_BODY:
        raise ParameterRefusal("The request is too large", status=413)
    try:
        return nested(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise ParameterRefusal("Invalid form encoding") from None


def replied(sandbox: Sandbox, request: Request, ask: Callable[[], tuple[int, Object, bool]]) -> JSONResponse:
    """The answer of `ask` (status, body, whether it is a stored one), or an error in Stripe's format."""
    replayed = False
    try:
        _check_key(request.headers.get("authorization", ""), sandbox.key)
        status, body, replayed = ask()
    except ParameterRefusal as refusal:
        status, body = refusal.status, {"error": refusal.error}
    headers = {"Request-Id": new_sandbox_id("req_", 14), "Stripe-Version": API_VERSION}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    if status >= 500:
        headers["Stripe-Should-Retry"] = "false"  # as for most errors of Stripe: the same key would return the same answer
    return JSONResponse(body, status, headers)


def idempotency_key(request: Request) -> str:
    """'' when there is none. Raises Refusal."""
    key = request.headers.get("idempotency-key", "")
    if len(key) > 255:
        raise ParameterRefusal("Idempotency keys are at most 255 characters long.")
    return key


def _check_key(header: str, key: str) -> None:
    """`Bearer key`, or `Basic` with the key as user name and no password. Raises Refusal 401."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode("latin-1").partition(":")[0]
        except (binascii.Error, ValueError):
            given = ""
    elif scheme.lower() != "bearer":
        given = ""
    if not secrets.compare_digest(given.strip().encode("utf-8", "replace"), key.encode()):
        raise ParameterRefusal("Invalid API Key provided" if given else "You did not provide an API key.", status=401)
