"""POST /api/stripe/webhook: Stripe's signed events are stored, and handled by a job."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.answer_shapes import Received
from api.answers import errors
from jobs.payments import checkout

router = APIRouter(tags=["payment"])
LARGEST_EVENT = 1_000_000  # bytes; Stripe's events are a few kilobytes
SLOWEST_BODY = 10.0  # seconds
LONGEST_STORING = 3.0  # seconds; then 503, and Stripe comes again


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
