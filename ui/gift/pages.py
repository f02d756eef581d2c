"""The gift's own pages, as an application beside NiceGUI's: no session, no cookie, right without JavaScript.

/s/{token} is the gift, /embed/{token} its player for other people's pages, /oembed the oEmbed answer for them.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse
from markupsafe import escape
from starlette.exceptions import HTTPException

from customer_texts import moment_in_words
from i18n import N_, _, asked, speak, speaking, spoken
from jobs.gifts.gift import OpenedGift, find_gift, stamp
from jobs.gifts.photo_times import once_each
from models import NotFoundError, in_database, now
from settings import settings
from ui.components.languages import choices
from ui.components.methods import READ
from ui.components.song_compare import Cell, player_cell
from ui.gift.titles import gift_title
from ui.templates import page, render

router = APIRouter()
_SENT = {
    "heart": N_("Your heart is on its way."),
    "words": N_("Your words are on their way. Thank you."),
    "voice": N_("Your voice note is on its way. Thank you."),
    "report": N_("Thank you for telling us. A person will look at it."),
}


@router.api_route("/s/{token}", methods=READ)
def share(token: str, sent: str = "") -> HTMLResponse:
    """The gift. A GET changes nothing; while it is sealed the page contains no sound and no lyrics."""
    version = in_database(stamp, token)
    *_others, locale, sealed = version
    speak(asked() or locale)
    if sealed:
        return page(_sealed(in_database(find_gift, token)))
    return page(_opened(version, spoken(), sent if sent in _SENT else ""))


@lru_cache(maxsize=200)  # a few KB each
def _opened(version: tuple[Any, ...], language: str, sent: str) -> str:
    """The page of one state of a gift, in the language that is spoken; the state begins with its token."""
    gift = in_database(find_gift, version[0])
    photos = [{"song": one.song, "startMs": one.start_ms, "url": one.url, "alt": one.alt} for one in gift.photos]
    shown = once_each(gift.photos)
    return _rendered("share.html", gift, notice=_(_SENT.get(sent, "")), player=player_cells(gift), photos=photos, shown=shown)


def _sealed(gift: OpenedGift) -> str:
    opens_at = gift.opens_at or now()
    seconds = max(0, round((opens_at - now()).total_seconds()))
    return _rendered("sealed.html", gift, opens=moment_in_words(opens_at, gift.zone), seconds=seconds)


def _rendered(template: str, gift: OpenedGift, **context: Any) -> str:
    """Cached for everybody, so the language links lead to the gift and not to the first visitor's whole address."""
    others = choices(f"/s/{gift.token}")
    title = gift_title(gift, with_name=gift.name_in_preview)
    return render(template, gift=gift, og=_og(gift), title=title, language_choices=lambda: others, **context)


def player_cells(gift: OpenedGift) -> list[Cell]:
    """Each song as a cell of the player. The sound's address is checked against the rows at every request."""
    return [
        player_cell(
            title=song.title,
            audio_url=song.outside_url or f"/s/{gift.token}/audio/{song.number}.mp3",
            duration_ms=song.duration_ms,
            peaks=song.peaks,
            lyrics=song.lyrics,
            sections=song.sections,
            lines=map(asdict, song.lines),
        )
        for song in gift.songs
    ]


def _og(gift: OpenedGift) -> dict[str, Any]:
    """What a link preview may show: no message, no lyrics, no sender; the name only where the giver allows it.

    In the giver's language, as its picture is: it is shown in the chat where they give the link.
    """
    with speaking(gift.locale):
        title = gift_title(gift, with_name=gift.name_in_preview)
        description = _("Find a quiet minute, turn up the sound, and open it.")
        if gift.sealed and gift.opens_at:
            description = _("It opens on {when}.", when=moment_in_words(gift.opens_at, gift.zone))
        picture, frame = _("A wrapped gift with a waveform"), _("A song")
    return {
        "title": title,
        "description": description,
        "url": gift.url,
        "image": f"{gift.url}/picture.png",
        "image_alt": picture,
        "audio": None if gift.sealed else f"{gift.url}/teaser.mp3",
        "video": f"{gift.url}/teaser.mp4" if gift.teaser and not gift.sealed else None,
        "player": f"{settings.public_url}/embed/{gift.token}" if settings.embed_origins and not gift.sealed else None,
        "player_title": frame,
        "oembed": f"{settings.public_url}/oembed?format=json&url={gift.url}",
    }


@router.api_route("/embed/{token}", methods=READ)
def embed(token: str) -> HTMLResponse:
    """The player alone, for web pages that EMBED_ORIGINS names."""
    gift = in_database(find_gift, token)
    speak(asked() or gift.locale)
    opens = moment_in_words(gift.opens_at, gift.zone) if gift.sealed and gift.opens_at else ""
    return page(render("embed.html", gift=gift, opens=opens, player=[] if gift.sealed else player_cells(gift)))


@router.api_route("/oembed", methods=READ)
def oembed(url: str = "", format: str = "json", maxwidth: int = 640, maxheight: int = 420) -> JSONResponse:
    """https://oembed.com: the player where it may be framed, else the link."""
    if format != "json":
        raise HTTPException(501, _("Only JSON."))
    ours = f"{settings.public_url}/s/"
    if not url.startswith(ours):
        raise NotFoundError("not a gift of ours")
    gift = in_database(find_gift, re.split("[?#]", url.removeprefix(ours))[0])
    og = _og(gift)
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": og["title"],
        "provider_name": settings.brand_name,
        "provider_url": settings.public_url,
        "thumbnail_url": og["image"],
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }
    if og["player"]:
        width, height = max(240, min(maxwidth, 640)), max(200, min(maxheight, 420))
        place = f'src="{og["player"]}" width="{width}" height="{height}"'
        frame = f'<iframe {place} title="{escape(og["player_title"])}" loading="lazy"></iframe>'
        answer |= {"type": "rich", "html": frame, "width": width, "height": height}
    return JSONResponse(answer, headers={"Access-Control-Allow-Origin": "*"})
