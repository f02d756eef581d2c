"""POST /api/stripe/checkout and /api/stripe/webhook."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

import checkout
from api.forms import FormId, Strict

router = APIRouter(tags=["payment"])
LARGEST_EVENT = 1_000_000  # bytes; Stripe's events are a few kilobytes


class Checkout(Strict):
    """The price is never the client's to say."""

    form_id: FormId
    selected_variations: dict[str, Annotated[int, Field(ge=1, le=3)]] | None = None


@router.post("/stripe/checkout")
def open_checkout(body: Checkout) -> dict[str, Any]:
    """Where to pay; the same open session on a second call."""
    if any(not song.isdigit() for song in body.selected_variations or {}):
        raise HTTPException(422, "selectedVariations must look like {'0': 2}")
    opened = checkout.open_checkout(body.form_id, body.selected_variations)
    return {"success": True, "url": opened.url, "sessionId": opened.session_id}


@router.post("/stripe/webhook")
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
