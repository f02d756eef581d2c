"""POST /api/stripe/checkout."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from api.answer_shapes import Opened
from api.answers import errors
from api.callers import Trusted
from api.request_shapes import FormId, Selections, Strict
from jobs.payments import checkout

router = APIRouter(tags=["payment"])


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
    opened = await checkout.apart(checkout.start_checkout, body.form_id, body.selected_variations, consent=body.consent)
    return {"success": True, "url": opened.url, "sessionId": opened.session_id}
