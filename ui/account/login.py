"""/login: a link by mail instead of a password. Opening it changes nothing, as mail scanners follow links; the button does."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from customer_texts import refusal_in_words
from i18n import _
from jobs.accounts.login import ask_for_link, end_sessions, is_open, log_in, log_out, safe_path, who
from jobs.addresses import BadAddressError
from jobs.rate_limits import TooManyError
from models import in_database
from ui.components.posted_fields import posted_fields
from ui.middleware.session_cookie import Session, drop_session, set_session
from ui.templates import render

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(next: str = "/library", serenade_session: Session = "") -> Response:
    """Ask for the e-mail address."""
    if in_database(who, serenade_session):
        return RedirectResponse(safe_path(next), 303)
    return _ask(safe_path(next))


@router.post("/login")
async def send_link(request: Request) -> Response:
    """The same answer for every address: it does not reveal who has an account."""
    form_data = await posted_fields(request)
    address, next_path = form_data.get("email", [""])[0], form_data.get("next", ["/library"])[0]
    try:
        await run_in_threadpool(in_database, ask_for_link, address, next_path)
    except BadAddressError as error:
        return _ask(safe_path(next_path), address, refusal_in_words(error), 422)
    except TooManyError as error:
        text = _("We sent you several links already, or are very busy. Please look into your mail, or try again later.")
        return _message(_("One moment"), text, 429, {"Retry-After": str(error.retry_after)})
    text = _("If this is your address, a link is on its way. It works once, for 15 minutes, on any device.")
    return _message(_("Look into your mail"), text)


@router.get("/login/{token}")
def open_link(token: str) -> Response:
    """A page with a button; a GET changes nothing."""
    if not in_database(is_open, token):
        return _expired()
    return HTMLResponse(render("login_open.html", token=token))


@router.post("/login/{token}")
async def use_link(token: str, request: Request, serenade_session: Session = "") -> Response:
    """Use the link, end the browser's previous session, and begin a new one."""
    form_data = await posted_fields(request)
    form_ids = form_data.get("formId", []) if form_data.get("keep") else []
    begun = await run_in_threadpool(in_database, log_in, token, serenade_session, form_ids)
    if begun is None:
        return _expired()
    session, next_path = begun
    answer = RedirectResponse(next_path, 303)
    set_session(answer, session)
    return answer


@router.post("/logout")
def end_session(serenade_session: Session = "") -> Response:
    """End the session on the server too, so that a copied cookie stops working."""
    in_database(log_out, serenade_session)
    answer = RedirectResponse("/", 303)
    drop_session(answer)
    return answer


@router.post("/logout/everywhere")
def end_all_sessions(serenade_session: Session = "") -> Response:
    """End the account's sessions in all browsers, this one too."""
    user = in_database(who, serenade_session)
    if user is not None:
        in_database(end_sessions, user.email, "their holder")
    answer = RedirectResponse("/", 303)
    drop_session(answer)
    return answer


def _ask(next_path: str, address: str = "", error: str = "", status: int = 200) -> HTMLResponse:
    return HTMLResponse(render("login.html", next_path=next_path, address=address, error=error), status_code=status)


def _expired() -> HTMLResponse:
    text = _("It was used already, or it is older than 15 minutes. Ask for a new one; it takes a moment.")
    content = render(
        "message.html", heading=_("This link is over"), text=text, action_url="/login", action_label=_("Send me a new link")
    )
    return HTMLResponse(content, status_code=410)


def _message(heading: str, text: str, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    content = render("message.html", heading=heading, text=text, action_url="/", action_label=_("To the front page"))
    return HTMLResponse(content, status_code=status, headers=headers)
