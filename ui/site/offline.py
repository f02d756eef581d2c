"""Without a network: a page that the browser caches, and the service worker that shows it. It handles nothing else."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from i18n import _
from ui.components.theme import STATIC_DIR, style_source
from ui.templates import render

router = APIRouter(include_in_schema=False)


@router.get("/offline")
def offline() -> HTMLResponse:
    """Shown by the browser itself when it cannot reach us."""
    css = (STATIC_DIR / "offline-page.css").read_text()
    content = render(
        "offline.html",
        css=css,
        heading=_("You are offline"),
        text=_(
            "We cannot be reached from here right now. Nothing you wrote is lost: it waits in this browser and with us. "
            "Come back to this page when the connection does."
        ),
    )
    policy = f"default-src 'none'; style-src {style_source(css)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return HTMLResponse(content, headers={"Content-Security-Policy": policy})


@router.get("/sw.js")
def offline_worker_script() -> Response:
    """At the root, because a service worker only handles paths below its own."""
    headers = {"Cache-Control": "no-cache"}
    return Response((STATIC_DIR / "sw.js").read_text(), media_type="text/javascript", headers=headers)
