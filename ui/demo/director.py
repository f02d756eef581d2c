"""/demo/director: the API of the director's bar, for demo forms of this browser. Everything else is a 404."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException

from customer_texts import refusal_in_words
from i18n import _
from jobs.demo.director import demo_state, set_speed
from jobs.demo.forms import form_of_token, own
from jobs.payments.checkout import PaymentsError
from jobs.rate_limits import TooManyError
from models import PAID, ComposeForm, NotFoundError, WrongMomentError, in_database
from settings import settings
from ui.demo.jumps import STEPS, fail, reach, replay
from ui.demo.starting import start
from ui.demo.visitors import require_demo, visitor_of
from ui.middleware.client_ip import caller

router = APIRouter(prefix="/demo/director", include_in_schema=False, dependencies=[Depends(require_demo)])
_FormId = Annotated[str, Body(embed=True, max_length=100)]
NOTHING = HTTPException(404)


@router.get("")
def state(request: Request, formId: str = "", token: str = "") -> JSONResponse:
    """The demo's state; 404 tells the bar that this form is no demo."""
    try:
        form_id = in_database(form_of_token, token) if token else formId
        found = in_database(demo_state, form_id, visitor_of(request))
    except NotFoundError:
        raise NOTHING from None
    here = "localhost" in settings.public_url or "127.0.0.1" in settings.public_url
    shown = {to_camel(name): value for name, value in asdict(found).items()}
    return JSONResponse({**shown, "title": _(found.title), "local": here}, headers=_FRESH)


_FRESH = {"Cache-Control": "no-store"}


@router.get("/qr.svg")
def second_device(request: Request, formId: str, page: str = "") -> Response:
    """A QR code of the current page, for a phone. The phone gets the customer's view, without the bar."""
    form_id = _own(request, formId)
    path = page if page.startswith("/s/") and len(page) < 100 else f"/compose/variations?formId={form_id}"
    code = segno.make(settings.public_url + path, error="m", micro=False)
    drawn = code.svg_inline(border=2, scale=6, dark="#2a1721", light="#fff")
    drawn = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return Response(drawn, media_type="image/svg+xml; charset=utf-8", headers=_FRESH)


@router.post("/speed")
def speed(request: Request, formId: _FormId, speed: Annotated[float, Body(embed=True)]) -> dict[str, Any]:
    """Set the speed of the waiting times."""
    return {"speed": in_database(set_speed, _own(request, formId), visitor_of(request), speed)}


@router.post("/jump")
async def jump(request: Request, formId: _FormId, step: Annotated[str, Body(embed=True)]) -> dict[str, str]:
    """Bring the form to a step. Backwards from a paid form means a new form of the same scene."""
    if step not in STEPS:
        raise HTTPException(422, f"step is one of {', '.join(STEPS)}")
    visitor = visitor_of(request)
    try:
        return {"go": await reach(formId, visitor, step)}
    except NotFoundError:
        raise NOTHING from None
    except PaymentsError as error:
        raise HTTPException(503, _("The demo's sandbox does not answer.")) from error
    except TooManyError as error:
        raise HTTPException(429, _("Too much at once. Please wait a moment.")) from error
    except WrongMomentError as error:
        if not await asyncio.to_thread(in_database, _is_paid, formId):
            raise HTTPException(409, refusal_in_words(error).capitalize() + ".") from error
    fresh = await _restart(request, formId)
    new_id = fresh.partition("formId=")[2].partition("&")[0]
    return {"go": fresh if step == "tell" else await reach(new_id, visitor, step)}


@router.post("/fail")
async def break_one(request: Request, formId: _FormId) -> dict[str, int]:
    """Let a recording fail on purpose."""
    return {"variation": await _answer(fail(_own(request, formId), visitor_of(request)))}


@router.post("/replay")
async def webhook_again(request: Request, formId: _FormId) -> dict[str, int]:
    """Send the payment's signed events once more."""
    return await _answer(replay(_own(request, formId), visitor_of(request)))  # type: ignore[no-any-return]


@router.post("/reset")
async def reset(request: Request, formId: _FormId) -> dict[str, str]:
    """Start the same scene again; the old form is removed within a day."""
    _own(request, formId)
    return {"go": await _restart(request, formId)}


def _is_paid(form_id: str) -> bool:
    return ComposeForm.find(form_id).status in PAID


async def _restart(request: Request, form_id: str) -> str:
    visitor = visitor_of(request)
    demo = await asyncio.to_thread(in_database, own, form_id, visitor)
    try:
        return await asyncio.to_thread(
            start, demo.scene, visitor, address=caller(request.scope), name=demo.told.get("name", ""),
            lang=demo.told.get("lang", "en"), speed=demo.speed, mode="drive",
        )  # fmt: skip
    except TooManyError as error:
        raise HTTPException(429, _("Many scenes began here just now. Please wait a few minutes.")) from error


async def _answer(work: Any) -> Any:
    try:
        return await work
    except NotFoundError:
        raise NOTHING from None
    except TooManyError as error:
        raise HTTPException(429, _("Too much at once. Please wait a moment.")) from error
    except WrongMomentError as error:
        raise HTTPException(409, refusal_in_words(error).capitalize() + ".") from error


def _own(request: Request, form_id: str) -> str:
    """The id, if the form belongs to this browser."""
    try:
        return in_database(own, form_id, visitor_of(request)).form_id
    except NotFoundError:
        raise NOTHING from None
