"""The videos of a gift: a page with their links, the MP4 (or how far it is), and the cut for link previews."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from api.http_audio import stored_answer
from customer_texts import FAILED_VIDEO, refusal_in_words
from i18n import _, asked, speak
from integrations.lettering.faces import one_line
from integrations.storage.signed_links import is_signed, sign
from jobs.gifts.gift import OpenedGift, find_gift, record_use
from jobs.gifts.video_rows import videos_before, want_video
from models import NotFoundError, Video, WrongMomentError, in_database
from ui.components.methods import READ
from ui.gift.access import NOT_YET, check_may_take
from ui.site.error_pages import error_page
from ui.templates import page, render

log = logging.getLogger("serenade.video")
router = APIRouter()
_NO_CACHE = "private, no-cache"  # another photo makes it another video


@router.api_route("/s/{token}/video", methods=READ)
def videos(token: str, expires: str = "", signature: str = "") -> HTMLResponse:
    """Every song as a video for phones and for large screens."""
    gift = in_database(find_gift, token)
    speak(asked() or gift.locale)
    check_may_take(gift, "video", expires, signature)
    place = f"/s/{token}/video.mp4"
    signed = is_signed(f"/s/{token}/video", expires, signature)
    return page(render("videos.html", gift=gift, file=f"{sign(place)}&" if signed else f"{place}?"))


@router.api_route("/s/{token}/video.mp4", methods=READ)
def video(
    request: Request, token: str, format: str = "tall", number: int = 0, expires: str = "", signature: str = ""
) -> Response:
    """One song as a video, for Range and HEAD too; 202 and a page that says how far it is, while it is being made."""
    gift = in_database(find_gift, token)
    speak(asked() or gift.locale)
    check_may_take(gift, "video.mp4", expires, signature)
    if format not in ("tall", "wide"):
        raise HTTPException(422, _("The format is tall or wide."))
    try:
        row = in_database(want_video, gift.form_id, _index(gift, number), format)
    except WrongMomentError as error:
        return error_page(409, _("No video"), refusal_in_words(error), f"/s/{token}#gift", _("Back to the gift"))
    if row.key is None:
        return _not_yet(gift, row)
    if request.method == "GET" and "range" not in request.headers:
        in_database(record_use, gift.form_id, "downloaded", "giver" if signature else "visitor")
    return stored_answer(request, row.key, _NO_CACHE, f"{one_line(gift.songs[number].title)}.mp4", may_leave=False)


def _index(gift: OpenedGift, number: int) -> int:
    if not 0 <= number < len(gift.songs):
        raise NotFoundError("no such song")
    return gift.songs[number].index


def _not_yet(gift: OpenedGift, row: Video) -> Response:
    if row.error_code:
        sentence = _(FAILED_VIDEO.get(row.error_code, FAILED_VIDEO["failed"]))
        answer: Response = error_page(503, _("No video"), sentence, f"/s/{gift.token}#gift", _("Back to the gift"))
        answer.headers["Retry-After"] = "600"
        return answer
    before = 0 if row.progress or row.lease_until else in_database(videos_before, row)
    answer = page(render("video_wait.html", gift=gift, progress=row.progress, before=before))
    answer.status_code = 202
    answer.headers["Retry-After"] = "5"
    return answer


@router.api_route("/s/{token}/teaser.mp4", methods=READ)
def video_teaser(request: Request, token: str) -> Response:
    """15 seconds for link previews, only where the giver lets them say more. Fetching it does not count as a play."""
    gift = in_database(find_gift, token)
    if gift.sealed:
        raise HTTPException(403, _(NOT_YET))
    if not gift.name_in_preview:
        raise NotFoundError("no cut of this gift")
    try:
        row = in_database(want_video, gift.form_id, gift.songs[0].index, "teaser")
    except WrongMomentError:
        raise NotFoundError("no cut of this gift") from None
    if row.key is None:
        raise NotFoundError("not made yet")
    return stored_answer(request, row.key, _NO_CACHE, may_leave=False)
