"""Error pages, as responses that a NiceGUI page may return."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from i18n import _
from models import GoneError
from ui.components.languages import lead_to_the_front
from ui.templates import render


def error_page(status: int, heading: str, text: str, action_url: str = "/", action_label: str = "") -> HTMLResponse:
    """An error page with a heading, a text and a link."""
    content = render(
        "message.html", heading=heading, text=text, action_url=action_url, action_label=action_label or _("To the front page")
    )
    return HTMLResponse(content, status_code=status)


def busy_page() -> HTMLResponse:
    """The page for a moment in which the database cannot be asked: nothing is broken, and the browser may come again."""
    answer = error_page(503, _("One moment, please"), _("We are busy right now. Please try again in a moment."))
    answer.headers["Retry-After"] = "5"  # seconds
    return answer


def not_there() -> HTMLResponse:
    """The page of an unknown address, and of staff pages for everybody else: it does not repeat the address."""
    lead_to_the_front()
    return error_page(
        404,
        _("There is nothing here"),
        _("The link may be incomplete, or what was here has moved. If somebody sent it to you, ask them to send it again."),
    )


def no_such_form(error: Exception | None = None) -> HTMLResponse:
    """For unknown and malformed form ids alike; a deleted form (GoneError) gets `form_is_gone`."""
    if isinstance(error, GoneError):
        return form_is_gone()
    return error_page(
        404,
        _("We cannot find this order"),
        _("The link may be incomplete. Open the one from your mail again, or start a new song."),
        "/compose/create",
        _("Start a song"),
    )


def form_is_gone() -> HTMLResponse:
    """For forms that expired or were deleted. Its script removes the browser's copy."""
    content = render(
        "message.html",
        heading=_("This order is over"),
        text=_(
            "It was not paid in time, or it was deleted. Everything that belonged to it has been removed, the words and the "
            "recordings. You can start a new song whenever you like."
        ),
        action_url="/compose/create",
        action_label=_("Start a song"),
        scripts=("forget-copy.js",),
    )
    return HTMLResponse(content, status_code=410)
