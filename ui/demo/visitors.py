"""The owner of a demo: a random cookie for a day. Without it no demo can be controlled."""

from __future__ import annotations

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from i18n import _
from jobs.demo.forms import LIFE, new_visitor
from settings import settings
from ui.components.cookies import cookie_name

VISITOR_COOKIE = cookie_name("serenade_demo")


def visitor_of(request: Request) -> str:
    """The value of this browser's cookie, or ''."""
    found = request.cookies.get(VISITOR_COOKIE, "")
    return found if len(found) <= 64 and found.isascii() else ""


def known(request: Request) -> str:
    """This browser's visitor, or a new one."""
    return visitor_of(request) or new_visitor()


def keep_visitor(answer: Response, visitor: str) -> None:
    """Set the cookie: HttpOnly, and it expires together with the demo."""
    seconds = int(LIFE.total_seconds())
    answer.set_cookie(VISITOR_COOKIE, visitor, max_age=seconds, httponly=True, samesite="lax", secure=settings.is_production)


def require_demo() -> None:
    """A dependency of all demo routes: 404 where DEMO is off."""
    if not settings.demo:
        raise HTTPException(404, _("There is nothing here."))
