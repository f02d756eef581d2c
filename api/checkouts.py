"""POST /api/stripe/checkout and /api/stripe/webhook."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

import checkout
from api.answers import errors
from api.callers import Trusted
from api.shapes import FormId, Opened, Received, Selections, Strict

router = APIRouter(tags=["payment"])
LARGEST_EVENT = 1_000_000  # bytes; Stripe's events are a few kilobytes


class Checkout(Strict):
    """The price is never the client's to say."""

    form_id: FormId
    selected_variations: Selections | None = None


@router.post(
    "/stripe/checkout",
    response_model=None,
    responses={
        200: {"model": Opened, "description": "The open session"},
        **errors(400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 503),
    },
)
def open_checkout(body: Checkout, trusted: Trusted) -> dict[str, Any]:
    """Where to pay; the same open session on a second call."""
    opened = checkout.open_checkout(body.form_id, body.selected_variations)
    return {"success": True, "url": opened.url, "sessionId": opened.session_id}


@router.post(
    "/stripe/webhook",
    response_model=None,
    responses={200: {"model": Received, "description": "Stored"}, **errors(400, 413, 503)},
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True}},
)
async def take_webhook(request: Request) -> JSONResponse:
    """2xx once the event is stored; 400 for any bad signature or shape."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_EVENT:
            raise HTTPException(413, "too large")
    signature = request.headers.get("stripe-signature", "")
    try:
        await run_in_threadpool(checkout.take_event, bytes(raw), signature)
    except checkout.BadEvent:
        raise HTTPException(400, "bad signature or shape") from None
    return JSONResponse({"received": True})
