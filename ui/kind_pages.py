"""Kind pages for what is not there, as answers that a NiceGUI page may return."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from ui.plain import render


def kind_page(
    status: int, heading: str, text: str, action_url: str = "/", action_label: str = "To the front page"
) -> HTMLResponse:
    """A page of words in the house's voice."""
    content = render("message.html", heading=heading, text=text, action_url=action_url, action_label=action_label)
    return HTMLResponse(content, status_code=status)


def no_such_form() -> HTMLResponse:
    """For unknown and malformed form ids alike."""
    return kind_page(
        404,
        "We cannot find this order",
        "The link may be incomplete. Open the one from your mail again, or start a new song.",
        "/compose/create",
        "Start a song",
    )
