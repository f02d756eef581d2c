"""/library: the songs of an account: what was bought, what is still being made, and drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from customer_texts import EXTRA_NAMES, title_of
from i18n import N_, _, day, joined
from jobs.accounts.login import browsers_of, claim_forms, songs_of, who
from jobs.views.extras_view import KeptView, read_extras
from jobs.views.form_types import FormView, SongView
from jobs.views.form_view import FOLLOWING, read_form
from models import FormStatus, User, in_database
from ui.components.posted_fields import posted_fields
from ui.middleware.session_cookie import Session
from ui.templates import render

router = APIRouter(include_in_schema=False)
STATUS_LABELS = {
    FormStatus.CREATED: N_("Draft"),
    FormStatus.PROMPTS_GENERATED: N_("Words are written"),
    FormStatus.VARIATIONS_GENERATING: N_("Being recorded"),
    FormStatus.VARIATIONS_READY: N_("Ready to choose"),
    FormStatus.PAYMENT_INITIATED: N_("Waiting for payment"),
    FormStatus.PAYMENT_COMPLETED: N_("Yours"),
    FormStatus.DELIVERED: N_("Yours"),
    FormStatus.REFUNDED: N_("Refunded"),
}


@router.get("/library")
def library(serenade_session: Session = "") -> Response:
    """The list of the account's songs."""
    user = in_database(who, serenade_session)
    if user is None:
        return RedirectResponse("/login?next=/library", 303)
    return HTMLResponse(in_database(_drawn, user))


@router.post("/library/claim")
async def take_in(request: Request, serenade_session: Session = "") -> Response:
    """Add the forms that this browser holds to the account, on the press of a button."""
    form_data = await posted_fields(request)
    user = await run_in_threadpool(in_database, who, serenade_session)
    if user is None:
        return RedirectResponse("/login?next=/library", 303)
    await run_in_threadpool(in_database, claim_forms, user.id, user.email, form_data.get("formId", []))
    return RedirectResponse("/library", 303)


def _drawn(user: User) -> str:
    orders = [_order(form) for row in songs_of(user.id) if (form := read_form(row.id, without=FOLLOWING))]
    return render("library.html", email=user.email, credits=user.credits, orders=orders, browsers=browsers_of(user.id))


def _order(form: FormView) -> dict[str, Any]:
    """One card: the recipients, the status, and the page to continue on."""
    paid = form.is_paid
    page = "success" if paid else "create" if form.is_draft else "variations"
    names = [song.recipient_name for song in form.songs if song.recipient_name]
    return {
        "form_id": form.id,
        "names": joined(names or [_("Somebody")]),
        "words": _(STATUS_LABELS[FormStatus(form.status)]),
        "is_paid": paid,
        "url": f"/compose/{page}?formId={form.id}",
        "begun": _day(form.created_at),
        "kept_until": None if paid or form.status == FormStatus.REFUNDED else _day(form.expires_at),
        "songs": [_song(song, form.share_urls) for song in form.songs] if paid else [],
        "kept": [_kept(one) for one in read_extras(form.id).kept if one.cells] if paid else [],
    }


def _kept(one: KeptView) -> dict[str, Any]:
    """What else of a song is kept, to download."""
    downloads = [cell.download_url for cell in one.cells]
    return {"what": _(EXTRA_NAMES[one.what]), "name": one.recipient_name, "downloads": downloads}


def _song(song: SongView, share_urls: dict[str, str]) -> dict[str, Any]:
    chosen = song.chosen
    return {
        "title": (title_of(chosen) if chosen else song.title) or _("Song"),
        "name": song.recipient_name,
        "share_url": share_urls.get(str(song.index)),
        "download_url": chosen.download_url if chosen else None,
    }


def _day(moment: datetime | None) -> str | None:
    return day(moment) if moment else None
