"""Whose demo it is: a random cookie for a day. Without it nobody directs anything."""

from __future__ import annotations

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from i18n import _
from jobs.demo.forms import LIFE, new_visitor
from settings import settings

COOKIE = "serenade_demo"


def visitor_of(request: Request) -> str:
    """What this browser's cookie holds, or nothing."""
    found = request.cookies.get(COOKIE, "")
    return found if len(found) <= 64 and found.isascii() else ""


def known(request: Request) -> str:
    """This browser's visitor, new if need be."""
    return visitor_of(request) or new_visitor()


def keep_visitor(answer: Response, visitor: str) -> None:
    """Give the browser its cookie: no script reads it, and it is gone with what it opens."""
    seconds = int(LIFE.total_seconds())
    answer.set_cookie(COOKIE, visitor, max_age=seconds, httponly=True, samesite="lax", secure=settings.is_production)


def open_house() -> None:
    """A dependency: where DEMO is off there is no such page."""
    if not settings.demo:
        raise HTTPException(404, _("There is nothing here."))
