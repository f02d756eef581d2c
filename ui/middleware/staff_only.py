"""The door of /internal: for everybody but staff it is a wall like any other, the very answer that an unknown page gets."""

from __future__ import annotations

import asyncio
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from jobs.staff.roles import staff_of
from models import in_database
from ui.middleware.session_cookie import COOKIE

ROOM = "/internal"
NOWHERE = "/there-is-nothing-here"


class StaffOnly:
    """ASGI middleware, outermost: headers, limits and words behind it then cannot tell a hidden page from a missing one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let staff in; send all others to nowhere."""
        path = scope.get("path", "")
        if scope["type"] == "http" and (path + "/").lower().startswith(ROOM + "/") and not await _is_staff(scope):
            scope = {**scope, "path": NOWHERE, "raw_path": NOWHERE.encode(), "query_string": b""}
        await self.app(scope, receive, send)


async def _is_staff(scope: Scope) -> bool:
    session = session_in(Headers(scope=scope).get("cookie", ""))
    return bool(session) and await asyncio.to_thread(in_database, staff_of, session) is not None


def session_in(cookies: str) -> str:
    """The session that a Cookie header carries, or ''."""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
