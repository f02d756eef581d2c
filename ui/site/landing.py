"""The plain pages: landing, legal texts. Server-rendered, no NiceGUI, right without JavaScript."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from i18n import _
from jobs.price_text import price
from settings import settings
from ui.components.methods import READ
from ui.components.song_compare import player_cell
from ui.components.sound_names import sound_name
from ui.site.samples import samples
from ui.templates import render

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=READ)
def landing() -> HTMLResponse:
    """What it is, how it works, what it costs."""
    packages = [
        {
            "package_type": package.package_type,
            "label": _(package.label),
            "song_count": package.song_count,
            "price_text": price(package.amount, package.currency),
        }
        for package in settings.packages.values()
    ]
    return HTMLResponse(render("landing.html", packages=packages, samples=[_heard(sample) for sample in samples()]))


def _heard(sample: dict[str, Any]) -> dict[str, Any]:
    """A sample with its player; the style is said here, after whom the song is for."""
    for_whom = _(sample["for_whom"])
    cell = player_cell(
        title=sample["title"],
        style=f"{for_whom} · {sound_name(sample['style'])}",
        audio_url=sample["audio_url"],
        duration_ms=sample["duration_ms"],
        peaks=sample["peaks"],
    )
    return {"for_whom": for_whom, "cell": cell}


@router.api_route("/terms", methods=READ)
def terms() -> HTMLResponse:
    """The operator's text."""
    return _legal("terms", _("Terms"))


@router.api_route("/privacy", methods=READ)
def privacy() -> HTMLResponse:
    """The operator's text."""
    return _legal("privacy", _("Privacy"))


@router.api_route("/contact", methods=READ)
def contact() -> HTMLResponse:
    """The operator's text."""
    return _legal("contact", _("Contact"))


def _legal(kind: str, title: str) -> HTMLResponse:
    return HTMLResponse(render("legal.html", kind=kind, title=title, text=None))


@router.get("/variations")
def short_variations(formId: str = "") -> RedirectResponse:
    """A short path that links and other systems use."""
    return RedirectResponse(f"/compose/variations?formId={formId}" if formId.isalnum() or "_" in formId else "/", 307)


@router.get("/success")
def short_success(formId: str = "") -> RedirectResponse:
    """A short path that links and other systems use."""
    return RedirectResponse(f"/compose/success?formId={formId}" if formId.isalnum() or "_" in formId else "/", 307)


@router.get("/compose")
def compose_redirect() -> RedirectResponse:
    """A short path for the first step."""
    return RedirectResponse("/compose/create", 307)
