"""Without a network: a page that the browser caches, and the service worker that shows it. It handles nothing else."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from i18n import _
from ui.components.theme import STATIC_DIR
from ui.templates import render

router = APIRouter(include_in_schema=False)


@router.get("/offline")
def offline() -> HTMLResponse:
    """Shown by the browser itself when it cannot reach us."""
    content = render(
        "offline.html",
        heading=_("You are offline"),
        text=_(
            "We cannot be reached from here right now. Nothing you wrote is lost: it waits in this browser and with us. "
            "Come back to this page when the connection does."
        ),
    )
    return HTMLResponse(content)


@router.get("/sw.js")
def worker() -> Response:
    """At the root, because a service worker only handles paths below its own."""
    headers = {"Cache-Control": "no-cache"}
    return Response((STATIC_DIR / "sw.js").read_text(), media_type="text/javascript", headers=headers)
