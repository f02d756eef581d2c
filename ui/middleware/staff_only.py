"""Staff-only pages: for everybody else /internal gets the same response as an unknown page."""

from __future__ import annotations

import asyncio
import logging
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from jobs.staff.roles import staff_at_work
from models import in_database
from ui.middleware.session_cookie import SESSION_COOKIE

log = logging.getLogger("serenade.staff")
_PREFIX = "/internal"
UNKNOWN_PAGE = "/there-is-nothing-here"


class StaffOnly:
    """ASGI middleware, outermost, so that headers, limits and texts of a hidden page are those of a missing one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass staff on; rewrite the path for everybody else."""
        path = scope.get("path", "")
        if scope["type"] == "http" and (path + "/").lower().startswith(_PREFIX + "/") and not await _is_staff(scope):
            scope = {**scope, "path": UNKNOWN_PAGE, "raw_path": UNKNOWN_PAGE.encode(), "query_string": b""}
        await self.app(scope, receive, send)


async def _is_staff(scope: Scope) -> bool:
    session = session_in(Headers(scope=scope).get("cookie", ""))
    if session and await asyncio.to_thread(in_database, staff_at_work, session) is not None:
        return True
    log.warning("refused: a staff page, to somebody %s a session", "with" if session else "without")
    return False


def session_in(cookies: str) -> str:
    """The session that a Cookie header carries, or ''."""
    try:
        found = SimpleCookie(cookies).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
