"""What can be kept beside a paid order: GET /api/compose/extras and POST /api/stripe/extras."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from api.answer_shapes import Extras, Opened
from api.answers import Json, Refusal, errors
from api.callers import Trusted
from api.form_json import extras_json
from api.request_shapes import FormId, Strict
from api.threads import in_thread
from customer_texts import refusal_in_words
from jobs.forms.drafts import FORM_ID, find_form
from jobs.payments.checkout import apart
from jobs.payments.extra_checkout import open_extra
from jobs.views.extras_view import ExtrasView, read_extras
from models import NotFoundError, WrongMomentError

router = APIRouter(tags=["payment"])


class ExtraCheckout(Strict):
    """One thing more of one song. The price is never the client's to say."""

    form_id: FormId
    song_index: Annotated[int, Field(ge=0, le=4, strict=True)]
    what: Literal["versions", "instrumental"]
    consent: bool = Field(False, description="The customer agreed to immediate supply; without it nothing is sold.")


@router.get(
    "/compose/extras",
    response_model=None,
    responses={
        200: {"model": Extras, "description": "What is offered, and what is kept"},
        **errors(401, 404, 410, 422, 429, 503),
    },
)
async def offers(
    trusted: Trusted,
    request: Request,
    form_id: Annotated[FormId, Query(alias="formId", description="The customer's key")],
) -> JSONResponse:
    """What of a paid order can be kept as well, with its prices, and what is kept. Both are empty before it is paid."""
    return Json({"success": True, **extras_json(await in_thread(request, _read, form_id))})


def _read(form_id: str) -> ExtrasView:
    if not FORM_ID.fullmatch(form_id):
        raise NotFoundError("no such form")
    return read_extras(find_form(form_id).id)


@router.post(
    "/stripe/extras",
    response_model=None,
    responses={
        200: {"model": Opened, "description": "The open session"},
        **errors(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
    },
)
async def open_extra_session(body: ExtraCheckout, trusted: Trusted) -> dict[str, Any]:
    """Where to pay for it; the same open session on a second call. The code of a 409 says why it cannot be kept."""
    try:
        opened = await apart(open_extra, body.form_id, body.song_index, body.what, consent=body.consent)
    except WrongMomentError as error:
        raise Refusal(409, error.code, refusal_in_words(error)) from None
    return {"success": True, "url": opened.url, "sessionId": opened.session_id}
