"""/mail/stop: the link in reminders that ends them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from i18n import _
from integrations.storage.signed_links import is_signed
from jobs.mail.unsubscribe import unsubscribe
from models import in_database
from ui.components.methods import READ
from ui.site.error_pages import error_page
from ui.templates import render

router = APIRouter()


@router.api_route("/mail/stop/{key}", methods=[*READ, "POST"])
def stop(request: Request, key: str, expires: str = "", signature: str = "") -> Response:
    """No more reminders. A GET only asks (mail scanners follow links); one-click POST as RFC 8058 has it."""
    if not is_signed(f"/mail/stop/{key}", expires, signature):
        raise HTTPException(403, _("This link is not valid, or not any more."))
    if request.method != "POST":
        return HTMLResponse(render("unsubscribe.html"))
    in_database(unsubscribe, key)
    return error_page(200, _("Done"), _("We will send no more reminders to this address."))
