"""Audio: previews for whoever holds the task id, masters only by signed URL. Range, HEAD, ETag and download are right."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.http_audio import stored_answer
from i18n import _
from integrations.storage.signed_links import is_signed
from jobs.generation.remakes import note_played
from jobs.gifts.gift import record_use
from jobs.payments.extras import is_given
from models import PAID_STANDINGS, ExtraPurchase, Variation, VariationStatus, in_database

router = APIRouter()


@router.api_route("/media/preview/{task_id}.mp3", methods=["GET", "HEAD"], include_in_schema=False)
def preview(task_id: str, request: Request) -> Response:
    """The first 45 seconds, a separate file that really ends there."""
    row = in_database(_ready, task_id)
    if row.played_at is None and request.method == "GET":
        in_database(note_played, task_id)
    return stored_answer(request, row.preview_key, "private, max-age=3600")


@router.api_route("/media/master/{task_id}.mp3", methods=["GET", "HEAD"], include_in_schema=False)
def master(task_id: str, request: Request, expires: str = "", signature: str = "", download: str = "") -> Response:
    """The whole song, for whoever holds a signature of ours; nobody once it was given back."""
    if not is_signed(f"/media/master/{task_id}.mp3", expires, signature):
        raise HTTPException(403, _("This link is not valid, or not any more."))
    row = in_database(_given, task_id)
    name = f"{row.title or 'song'}.mp3" if download else None
    if download and request.method == "GET":
        in_database(record_use, row.form_id, "downloaded", "giver")
    return stored_answer(request, row.master_key, "private, max-age=3600", name)


@router.api_route("/media/staff/{task_id}.mp3", methods=["GET", "HEAD"], include_in_schema=False)
def for_staff(task_id: str, request: Request, expires: str = "", signature: str = "") -> Response:
    """Any whole recording, bought or not: signed in on staff's pages alone."""
    if not is_signed(f"/media/staff/{task_id}.mp3", expires, signature):
        raise HTTPException(403, _("This link is not valid, or not any more."))
    return stored_answer(request, in_database(_ready, task_id).master_key, "private, max-age=3600")


@router.api_route("/media/extra/{extra_id}.mp3", methods=["GET", "HEAD"], include_in_schema=False)
def extra(extra_id: str, request: Request, expires: str = "", signature: str = "", download: str = "") -> Response:
    """A song without its singer, for whoever holds a signature of ours; nobody once it was given back."""
    if not is_signed(f"/media/extra/{extra_id}.mp3", expires, signature):
        raise HTTPException(403, _("This link is not valid, or not any more."))
    row = in_database(ExtraPurchase.get_or_none, ExtraPurchase.id == extra_id, ExtraPurchase.status.in_(PAID_STANDINGS))
    if row is None or not row.key:
        raise HTTPException(404, _("There is no such song."))
    if download and request.method == "GET":
        in_database(record_use, row.form_id, "downloaded", "giver")
    return stored_answer(request, row.key, "private, max-age=3600", f"{row.what}.mp3" if download else None)


def _given(task_id: str) -> Variation:
    row = _ready(task_id)
    if not is_given(row):
        raise HTTPException(404, _("There is no such song."))
    return row


def _ready(task_id: str) -> Variation:
    known = task_id.isascii() and "\0" not in task_id
    row = (
        Variation.select().where(Variation.id == task_id, Variation.status == VariationStatus.READY).first() if known else None
    )
    if row is None:
        raise HTTPException(404, _("There is no such song."))
    return row  # type: ignore[no-any-return]
