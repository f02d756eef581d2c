"""The files of a gift: sound, the preview's teaser and picture, the card to print, and the gift to keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from api.http_audio import stored_answer
from i18n import SOURCE, _, speaking
from integrations.lettering.faces import one_line
from integrations.storage import StorageError, storage
from integrations.storage.signed_links import is_signed, sign
from jobs.gifts.gift import OpenedGift, find_gift, record_use, stamp
from models import NotFoundError, Reply, in_database
from ui.components.methods import READ
from ui.gift.access import NO_DOWNLOAD, NOT_YET, check_may_take
from ui.gift.offline_copy import as_html, as_zip
from ui.templates import render

router = APIRouter()


@router.api_route("/s/{token}/audio/{number}.mp3", methods=READ)
def audio(request: Request, token: str, number: int, download: str = "") -> Response:
    """One song of an opened gift, for Range and HEAD too. A sealed, revoked or refunded gift has no sound, at once."""
    if not download:
        gift = _listened_to(in_database(stamp, token))
        return stored_answer(request, _song(gift, number).master_key, "private, max-age=3600")
    gift = in_database(find_gift, token)
    song = _song(gift, number)
    if not gift.downloads:
        raise HTTPException(403, _(NO_DOWNLOAD))
    if request.method == "GET":
        in_database(record_use, gift.form_id, "downloaded", "visitor")
    return stored_answer(request, song.master_key, "private, max-age=3600", f"{one_line(song.title)}.mp3")


@lru_cache(maxsize=100)  # tens of KB each, mostly the lines as they are sung
def _listened_to(version: tuple[Any, ...]) -> OpenedGift:
    """The gift in one state, which begins with its token: browsers ask for a song in many pieces."""
    return in_database(find_gift, version[0])


@router.api_route("/s/{token}/teaser.mp3", methods=READ)
def teaser(request: Request, token: str) -> Response:
    """The first 45 seconds, for link previews. Fetching it does not count as a play."""
    gift = _listened_to(in_database(stamp, token))
    return stored_answer(request, _song(gift, 0).preview_key, "private, max-age=3600")


def _song(gift: OpenedGift, number: int) -> Any:
    if gift.sealed:
        raise HTTPException(403, _(NOT_YET))
    if not 0 <= number < len(gift.songs):
        raise NotFoundError("no such song")
    return gift.songs[number]


@router.api_route("/media/reply/{reply_id}.mp3", methods=READ)
def voice_file(request: Request, reply_id: str, expires: str = "", signature: str = "") -> Response:
    """A voice note, for the giver's page."""
    if not is_signed(f"/media/reply/{reply_id}.mp3", expires, signature):
        raise HTTPException(403, _("This link is not valid, or not any more."))
    row = in_database(Reply.get_or_none, Reply.id == reply_id)
    if row is None or not row.audio_key:
        raise NotFoundError("no such reply")
    return stored_answer(request, row.audio_key, "private, max-age=3600")


@router.api_route("/s/{token}/picture.png", methods=READ)
def picture(token: str) -> Response:
    """1200 x 630, for link previews."""
    content = _drawn(_picture, in_database(stamp, token))
    return Response(content, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def _picture(gift: OpenedGift) -> bytes:
    from ui.drawing.card import preview_picture
    from ui.drawing.typesetting import as_png

    return as_png(preview_picture(gift))


@router.api_route("/s/{token}/cover.png", methods=READ)
def cover_file(token: str) -> Response:
    """512 x 512, for the lock screen and the home screen; it names nobody."""
    content = _drawn(_cover, in_database(stamp, token))
    return Response(content, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def _cover(gift: OpenedGift) -> bytes:
    from ui.drawing.card import cover
    from ui.drawing.typesetting import as_png, in_few_colours

    return in_few_colours(as_png(cover(gift)))  # browsers fetch it with the page, for the home screen


@router.api_route("/s/{token}/card", methods=READ)
def card(token: str, expires: str = "", signature: str = "") -> HTMLResponse:
    """The card on a page, with the files to print."""
    sealed = _card_of(token, "card", expires, signature)[-1]
    places = {name: f"/s/{token}/{name}" for name in ("card.svg", "card.pdf")}
    files = {name: sign(place) if sealed else f"{place}?" for name, place in places.items()}
    return HTMLResponse(render("card.html", gift=in_database(find_gift, token), files=files))


def _card_of(token: str, name: str, expires: str, signature: str) -> tuple[Any, ...]:
    """The gift's stamp. The card shows the message and the sender: of a sealed gift only the giver gets it, by signature."""
    version = in_database(stamp, token)
    if version[-1] and not is_signed(f"/s/{token}/{name}", expires, signature):
        raise HTTPException(403, _(NOT_YET))
    return version


@router.api_route("/s/{token}/card.svg", methods=READ)
def card_svg(token: str, expires: str = "", signature: str = "") -> Response:
    """The A4 sheet as SVG."""
    content = _drawn(_svg, _card_of(token, "card.svg", expires, signature))
    return Response(content, media_type="image/svg+xml; charset=utf-8")


def _svg(gift: OpenedGift) -> bytes:
    from ui.drawing.card import a4
    from ui.drawing.typesetting import as_svg

    return as_svg(a4(gift)).encode()


@router.api_route("/s/{token}/card.pdf", methods=READ)
def card_pdf(token: str, paper: str = "a4", expires: str = "", signature: str = "") -> Response:
    """The card as PDF: one A4 sheet, or an A5 sheet to fold to A6."""
    if paper not in PAPERS:
        raise HTTPException(422, _("Paper is a4 or a6."))
    content = _drawn(PAPERS[paper], _card_of(token, "card.pdf", expires, signature))
    disposition = f'inline; filename="gift-card-{paper}.pdf"'
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": disposition})


def _a4_pdf(gift: OpenedGift) -> bytes:
    from ui.drawing.card import a4
    from ui.drawing.typesetting import as_pdf

    return as_pdf(a4(gift))


def _a6_pdf(gift: OpenedGift) -> bytes:
    from ui.drawing.card import a6
    from ui.drawing.typesetting import as_pdf

    return as_pdf(a6(gift))


PAPERS: dict[str, Callable[[OpenedGift], bytes]] = {"a4": _a4_pdf, "a6": _a6_pdf}


@lru_cache(maxsize=100)  # 16 to 250 KB each
def _drawn(draw: Callable[[OpenedGift], bytes], version: tuple[Any, ...]) -> bytes:
    """Drawn once per state of the gift (which begins with its token), in its giver's language."""
    gift = in_database(find_gift, version[0])
    with speaking(gift.locale):
        return draw(gift)


@router.api_route("/s/{token}/keep.html", methods=READ)
def keep_html(request: Request, token: str, expires: str = "", signature: str = "") -> Response:
    """The whole gift as one file that needs no network."""
    gift = _kept(token, "keep.html", expires, signature)
    answer = _download(request, gift, as_html(gift), "text/html; charset=utf-8", "gift.html")
    answer.headers["Content-Language"] = gift.locale or SOURCE
    return answer


@router.api_route("/s/{token}/keep.zip", methods=READ)
def keep_zip(request: Request, token: str, expires: str = "", signature: str = "") -> Response:
    """MP3s, lyrics, cover and card in one archive."""
    gift = _kept(token, "keep.zip", expires, signature)
    return _download(request, gift, as_zip(gift), "application/zip", "gift.zip")


def _download(request: Request, gift: OpenedGift, parts: Any, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if request.method == "HEAD":
        return Response(headers=headers, media_type=media_type)
    in_database(record_use, gift.form_id, "downloaded", "giver" if "signature" in request.query_params else "visitor")
    return StreamingResponse(parts, headers=headers, media_type=media_type)


def _kept(token: str, name: str, expires: str, signature: str) -> OpenedGift:
    """The gift: for its giver by signature, for its recipient once open and allowed; StorageError if a song is missing."""
    gift = in_database(find_gift, token)
    if not all(song.master_key for song in gift.songs):
        raise NotFoundError("no such file")
    check_may_take(gift, name, expires, signature)
    if any(storage().size(song.master_key) is None for song in gift.songs):
        raise StorageError("a song is not there")  # an error halfway through would leave the customer with a broken file
    return gift
