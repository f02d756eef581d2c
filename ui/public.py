"""The plain pages: landing, share page, legal texts. Server-rendered, no NiceGUI, right without JavaScript."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from integrations.storage.signing import sign
from jobs.showing import chosen_rows
from models import PAID, ComposeForm, ShareToken, in_database
from settings import settings
from ui.money import price
from ui.plain import render
from ui.samples import samples

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]


@router.api_route("/", methods=READ)
def landing() -> HTMLResponse:
    """What it is, how it works, what it costs."""
    packages = [
        {
            "package_type": package.package_type,
            "label": package.label,
            "song_count": package.song_count,
            "price_text": price(package.amount, package.currency),
        }
        for package in settings.packages.values()
    ]
    return HTMLResponse(render("landing.html", packages=packages, samples=samples()))


@router.api_route("/s/{token}", methods=READ)
def share(token: str) -> HTMLResponse:
    """The gift: one song, who it is from, and the words. Opening it changes nothing."""
    gift = in_database(_gift, token)
    if gift is None:
        raise HTTPException(404, "no such gift")
    if gift == {}:
        content = render(
            "message.html",
            heading="This gift is no longer here",
            text="The song behind this link was taken back. If it was meant for you, ask the person who sent it.",
            action_url="/",
            action_label=f"What is {settings.brand_name}?",
        )
        return HTMLResponse(content, status_code=410)
    return HTMLResponse(render("share.html", **gift))


def _gift(token: str) -> dict[str, Any] | None:
    """The context of share.html; None for an unknown token, {} for one that was revoked."""
    if not token.isascii() or "\0" in token:
        return None
    row = ShareToken.select().where(ShareToken.token == token).first()
    if row is None:
        return None
    form = ComposeForm.find(row.form_id)
    kept = (*PAID, "refunded") if settings.share_after_refund else PAID
    if row.revoked_at is not None or form.status not in kept:
        return {}
    song = form.form_data["songs"][row.song_index]
    chosen = chosen_rows(form).get(str(row.song_index))
    if chosen is None:
        return {}
    audio_url = sign(f"/media/master/{chosen.id}.mp3") if chosen.master_key else chosen.outside_url
    return {
        "recipient_name": song["recipientName"],
        "sender_name": form.form_data["senderName"],
        "message": form.form_data.get("senderMessage", ""),
        "lang": song.get("language") or "en",
        "og": {
            "title": "Somebody made you a song",
            "description": "Find a quiet minute, turn up the sound, and open it.",
            "url": f"{settings.public_url}/s/{token}",
            "image_url": None,
        },
        "songs": [
            {
                "index": row.song_index,
                "title": chosen.title or f"A song for {song['recipientName']}",
                "audio_url": audio_url,
                "download_url": f"{audio_url}&download=1" if chosen.master_key else audio_url,
                "duration_ms": chosen.duration_ms,
                "peaks": chosen.peaks.get("master", []),
                "sections": [{"name": s["name"], "startMs": s["start_ms"], "endMs": s["end_ms"]} for s in chosen.sections],
                "timed_lyrics": [
                    {"startMs": line["start_ms"], "endMs": line["end_ms"], "text": line["text"]}
                    for line in chosen.timed_lyrics
                    if line["level"] == "line"
                ],
                "lyrics": chosen.lyrics,
                "recipient_name": song["recipientName"],
            }
        ],
    }


@router.api_route("/terms", methods=READ)
def terms() -> HTMLResponse:
    """Filled in by the operator."""
    return _legal("Terms")


@router.api_route("/privacy", methods=READ)
def privacy() -> HTMLResponse:
    """Filled in by the operator."""
    return _legal("Privacy")


@router.api_route("/contact", methods=READ)
def contact() -> HTMLResponse:
    """Filled in by the operator."""
    return _legal("Contact")


def _legal(title: str) -> HTMLResponse:
    return HTMLResponse(render("legal.html", kind=title.lower(), title=title, text=None))


@router.get("/variations")
def short_variations(formId: str = "") -> RedirectResponse:
    """The spec's short path."""
    return RedirectResponse(f"/compose/variations?formId={formId}" if formId.isalnum() or "_" in formId else "/", 307)


@router.get("/success")
def short_success(formId: str = "") -> RedirectResponse:
    """The spec's short path."""
    return RedirectResponse(f"/compose/success?formId={formId}" if formId.isalnum() or "_" in formId else "/", 307)


@router.get("/compose")
def compose() -> RedirectResponse:
    """The spec's first step."""
    return RedirectResponse("/compose/create", 307)
