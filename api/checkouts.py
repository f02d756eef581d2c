"""POST /api/stripe/checkout and /api/stripe/webhook."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.answer_shapes import Opened, Received
from api.answers import errors
from api.callers import Trusted
from api.request_shapes import FormId, Selections, Strict
from jobs.payments import checkout

router = APIRouter(tags=["payment"])
LARGEST_EVENT = 1_000_000  # bytes; Stripe's events are a few kilobytes
SLOWEST_BODY = 10.0  # seconds
LONGEST_STORING = 3.0  # seconds; then 503, and Stripe comes again


class Checkout(Strict):
    """The price is never the client's to say."""

    form_id: FormId
    selected_variations: Selections | None = None
    consent: bool | None = Field(None, description="The customer agreed to immediate supply; false is refused.")


@router.post(
    "/stripe/checkout",
    response_model=None,
    responses={
        200: {"model": Opened, "description": "The open session"},
        **errors(400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 503),
    },
)
async def open_checkout(body: Checkout, trusted: Trusted) -> dict[str, Any]:
    """Where to pay; the same open session on a second call."""
    opened = await checkout.apart(checkout.open_checkout, body.form_id, body.selected_variations, consent=body.consent)
    return {"success": True, "url": opened.url, "sessionId": opened.session_id}


@router.post(
    "/stripe/webhook",
    response_model=None,
    responses={200: {"model": Received, "description": "Stored"}, **errors(400, 408, 413, 503)},
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True}},
)
@router.post("/stripe/webhook/", include_in_schema=False)  # Stripe follows no redirect
async def take_webhook(request: Request) -> JSONResponse:
    """2xx once the event is stored; 400 for any bad signature or shape."""
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            raw = await _whole_body(request)
    except TimeoutError:
        raise HTTPException(408, "request timeout") from None
    signature = request.headers.get("stripe-signature", "")
    try:
        async with asyncio.timeout(LONGEST_STORING):
            await run_in_threadpool(checkout.take_event, raw, signature)
    except TimeoutError:
        raise HTTPException(503, "busy") from None
    except checkout.BadEvent:
        raise HTTPException(400, "bad signature or shape") from None
    return JSONResponse({"received": True})


async def _whole_body(request: Request) -> bytes:
    """The body as it came, or 413 before anything is computed over it."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:12]) > LARGEST_EVENT:
        raise HTTPException(413, "too large")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_EVENT:
            raise HTTPException(413, "too large")
    return bytes(raw)
