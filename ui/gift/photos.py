"""The photos of a gift: sent by its giver (`POST /s/photos`, a plain form), shown to its recipient and to its giver."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.http_audio import stored_answer
from customer_texts import NO_ROOM, refusal_in_words, refused_picture
from i18n import N_, _
from integrations.lettering.faces import one_line
from integrations.pictures import MOST_BYTES, RefusedPictureError
from integrations.storage import StorageError
from integrations.storage.signed_links import is_signed
from jobs.forms.drafts import find_form
from jobs.gifts.photos import add_photo, kept_photo, photo_in_gift
from models import PAID, CodedError, in_database
from ui.components.methods import READ
from ui.gift.access import NOT_YET
from ui.middleware.client_ip import is_from_our_page
from ui.middleware.request_guard import PHOTOS_PATH
from ui.site.error_pages import error_page

log = logging.getLogger("serenade.photos")
router = APIRouter()
_AN_HOUR = "private, max-age=3600"
_AT_ONCE = asyncio.Semaphore(3)  # uploads that are being decoded; more would wait in the threads that pages are served by
_NONE = N_("Choose a photo first.")


@dataclass(frozen=True)
class PhotoRefused:
    """A file that was not taken: by its name, with a code and a sentence."""

    name: str
    code: str
    message: str


@router.post(PHOTOS_PATH)
async def send_photos(request: Request) -> Response:
    """Add the files `photos` to the order `formId`, whose id is the key to it. Each is taken or refused by itself."""
    form = await _form(request)
    form_id = form.get("formId")
    form_id = form_id if isinstance(form_id, str) else ""
    paid = (await run_in_threadpool(in_database, find_form, form_id)).status in PAID
    files = [one for one in form.getlist("photos") if isinstance(one, UploadFile) and one.filename]
    refused = [failed for file in files if (failed := await _keep(form_id, file))]
    if not files:
        refused = [PhotoRefused("", "no_photos", _(_NONE))]
    return _answer(request, f"/compose/{'success' if paid else 'variations'}?formId={form_id}", len(files), refused)


async def _form(request: Request) -> FormData:
    if not is_from_our_page(request):
        raise HTTPException(403, _("This did not come from the gift's own page."))
    if not request.headers.get("content-length", "").isdigit():
        raise HTTPException(411, _("How large is it?"))
    try:
        return await request.form(max_files=60, max_fields=10, max_part_size=20_000)
    except OSError as error:  # large files wait in a temporary folder
        log.warning("photos could not be received: %s", error.strerror)
        raise HTTPException(503, _(NO_ROOM)) from None


async def _keep(form_id: str, file: UploadFile) -> PhotoRefused | None:
    """None where it was taken. It is decoded in a thread that waits for another process."""
    name = one_line(file.filename or "")[:60]
    try:
        if (file.size or 0) > MOST_BYTES:
            raise RefusedPictureError("too_large")
        async with _AT_ONCE:
            await run_in_threadpool(add_photo, form_id, await file.read())
    except RefusedPictureError as error:
        return PhotoRefused(name, error.code, refused_picture(error.code))
    except CodedError as error:
        return PhotoRefused(name, error.code, refusal_in_words(error))
    except (StorageError, OSError) as error:
        log.warning("a photo could not be kept: %s", error.__class__.__name__)
        return PhotoRefused(name, "no_room", _(NO_ROOM))
    return None


def _answer(request: Request, back: str, sent: int, refused: Sequence[PhotoRefused]) -> Response:
    """JSON for our script, a page for a plain form."""
    status = 200 if not refused else 503 if any(one.code == "no_room" for one in refused) else 422
    if "application/json" in request.headers.get("accept", ""):
        listed = [{"name": one.name, "code": one.code, "message": one.message} for one in refused]
        return JSONResponse({"success": not refused, "added": max(0, sent - len(refused)), "refused": listed}, status)
    if not refused:
        return RedirectResponse(f"{back}#photos", 303)
    said = " ".join(f"{one.name}: {one.message}" if one.name else one.message for one in refused)
    return error_page(status, _("Not every photo could be added"), said, f"{back}#photos", _("Back to your gift"))


@router.api_route("/s/{token}/photo/{photo_id}.jpg", methods=READ)
def photo(request: Request, token: str, photo_id: str) -> Response:
    """One photo of an opened gift."""
    row, sealed = in_database(photo_in_gift, token, photo_id)
    if sealed:
        raise HTTPException(403, _(NOT_YET))
    return stored_answer(request, row.key, _AN_HOUR, may_leave=False)


@router.api_route("/media/photo/{photo_id}.jpg", methods=READ)
def own_photo(request: Request, photo_id: str, expires: str = "", signature: str = "") -> Response:
    """One photo, for the giver's page."""
    if not is_signed(f"/media/photo/{photo_id}.jpg", expires, signature):
        raise HTTPException(403, _("This link is not valid, or not any more."))
    row = in_database(kept_photo, photo_id)
    return stored_answer(request, row.key, _AN_HOUR, may_leave=False)
