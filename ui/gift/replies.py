"""What a gift page sends back: opened and played (after a real gesture), hearts, thanks, voice notes, reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from customer_texts import refusal_in_words
from i18n import _
from jobs.gifts import replies
from jobs.gifts.gift import OpenedGift, find_gift, mark_opened, mark_played
from jobs.gifts.replies import UnusableReplyError
from jobs.outbox import ResendTooSoonError
from models import in_database
from ui.components.methods import READ
from ui.middleware.client_ip import is_from_our_page
from ui.site.error_pages import error_page
from ui.templates import render

router = APIRouter()
FORM_BYTES = replies.VOICE_BYTES + 10_000


async def _form(request: Request, most: int = 20_000) -> FormData:
    if not is_from_our_page(request):
        raise HTTPException(403, _("This did not come from the gift's own page."))
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise HTTPException(411, _("How large is it?"))
    if int(length) > most:
        raise HTTPException(413, _("That is too large."))
    return await request.form(max_files=1, max_fields=10, max_part_size=20_000)


@router.post("/s/{token}/opened", status_code=204)
def opened(request: Request, token: str) -> None:
    """A person opened the gift."""
    if is_from_our_page(request):
        in_database(mark_opened, token)


@router.post("/s/{token}/played", status_code=204)
def played(request: Request, token: str) -> None:
    """A person pressed play."""
    if is_from_our_page(request):
        in_database(mark_played, token)


@router.post("/s/{token}/heart")
async def heart(request: Request, token: str) -> Response:
    """A heart at a moment: `number` of the song, `at_ms`."""
    moment = _moment(await _form(request))
    return await _answer(request, token, "heart", lambda gift: replies.leave_heart(gift, moment))


@router.post("/s/{token}/words")
async def words(request: Request, token: str) -> Response:
    """Typed thanks: `words`, and the moment at which they came where the page knows it."""
    form = await _form(request)
    text, moment = _text(form), _moment(form) if "at_ms" in form else None
    return await _answer(request, token, "words", lambda gift: replies.leave_words(gift, text, moment))


@router.post("/s/{token}/voice")
async def voice_reply(request: Request, token: str) -> Response:
    """A voice note: the file `voice`, and the moment as for words."""
    form = await _form(request, FORM_BYTES)
    upload, moment = form.get("voice"), _moment(form) if "at_ms" in form else None
    content = await upload.read() if isinstance(upload, UploadFile) else b""
    return await _answer(request, token, "voice", lambda gift: replies.leave_voice(gift, content, moment))


@router.post("/s/{token}/report")
async def report_reply_page(request: Request, token: str) -> Response:
    """This gift is abuse: `words`."""
    text = _text(await _form(request))
    return await _answer(request, token, "report", lambda gift: replies.report_reply(gift, text))


@router.api_route("/s/{token}/report", methods=READ)
def report_page(token: str) -> HTMLResponse:
    """The form to report with."""
    return HTMLResponse(render("report.html", gift=in_database(find_gift, token)))


def _text(form: FormData) -> str:
    words = form.get("words")
    return words if isinstance(words, str) else ""  # a file where text belongs


def _moment(form: FormData) -> replies.ReplyMoment:
    return replies.ReplyMoment(_whole(form.get("number")) or 0, _whole(form.get("at_ms")))


def _whole(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 9 else None


async def _answer(request: Request, token: str, kind: str, leave: Callable[[OpenedGift], None]) -> Response:
    """JSON for our script, a page for a plain form; a refusal changes nothing."""
    wants_json = "application/json" in request.headers.get("accept", "")

    def work() -> None:
        gift = find_gift(token)
        if gift.sealed and kind != "report":
            raise UnusableReplyError("still_sealed")
        leave(gift)

    try:
        await run_in_threadpool(in_database, work)
    except (UnusableReplyError, ResendTooSoonError) as error:
        status, code = (429, "too_many") if isinstance(error, ResendTooSoonError) else (422, "unusable_reply")
        if wants_json:
            body: dict[str, Any] = {"success": False, "error": {"code": code, "message": refusal_in_words(error)}}
            return JSONResponse(body, status)
        return error_page(status, _("This did not work"), refusal_in_words(error), f"/s/{token}#gift", _("Back to the gift"))
    if wants_json:
        return JSONResponse({"success": True})
    return RedirectResponse(f"/s/{token}?sent={kind}#gift", 303)
