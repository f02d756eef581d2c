"""Every request and every page's connection has an id: log lines and jobs carry it, the answer says it as X-Request-ID."""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from logs import log_context
from ui.middleware.client_ip import is_from_proxy

_HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_FORM_IN_PATH = re.compile(r"/(form_\d{1,16}_\w+)")


class RequestIds:
    """ASGI middleware: the proxy's id where TRUSTED_PROXIES names it, else one of our own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the id around whatever is done for this request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = _id_of(scope)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[_HEADER] = given
            await send(message)

        form = _FORM_IN_PATH.search(scope["path"])
        with log_context(request=given, form=form and form[1]):
            await self.app(scope, receive, send_with_id)


def _id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get(_HEADER, "")
    return given if _GIVEN.fullmatch(given) and is_from_proxy(scope) else secrets.token_hex(8)
