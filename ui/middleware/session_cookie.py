"""The cookie of a login session: its name, how long it stands, and that scripts and other sites never get it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Cookie
from starlette.responses import Response

from jobs.accounts.login import SESSION_DAYS
from settings import settings
from ui.components.cookies import cookie_name

SESSION_COOKIE = cookie_name("serenade_session")

Session = Annotated[str, Cookie(alias=SESSION_COOKIE)]


def set_session(answer: Response, session: str) -> None:
    """The browser keeps the session for as long as the server does."""
    answer.set_cookie(
        SESSION_COOKIE, session, SESSION_DAYS * 86400, httponly=True, samesite="lax", secure=settings.is_production
    )


def drop_session(answer: Response) -> None:
    """The browser forgets it."""
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=settings.is_production)
