"""Every request and every page's connection has an id: log lines and jobs carry it, the answer says it as X-Request-ID.

Requests are counted and timed here too, since nothing stands outside of it.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from contextlib import AbstractContextManager, nullcontext

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobs.monitoring.process_metrics import count_request, known_method, part_of
from logs import log_context
from observability import span
from ui.middleware.client_ip import is_from_proxy
from ui.middleware.header_values import add_missing, sent_header

log = logging.getLogger("serenade.request_ids")
KEYED_PARTS = ("api", "compose", "media", "s", "login")  # where an address or a body holds a key
REFUSED_STATUSES = (400, 403, 404, 422)
_HEADER = b"x-request-id"
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
        given, began, status = _id_of(scope), time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                add_missing(message, (_HEADER, given.encode()))
                status = message["status"]
            await send(message)

        form = _FORM_IN_PATH.search(scope["path"])
        try:
            with (
                log_context(request=given, form=form and form[1]),
                _span_of(scope, request=given, form=form and form[1]),
            ):
                await self.app(scope, receive, send_with_id)
        finally:
            if scope["type"] == "http":
                count_request(scope["method"], scope["path"], status, time.perf_counter() - began)
                _note_refusal(scope, status, given)


def _span_of(scope: Scope, **ids: str | None) -> AbstractContextManager[None]:
    """Requests are timed; a socket lasts as long as its page."""
    if scope["type"] != "http":
        return nullcontext()
    return span(f"{known_method(scope['method'])} {part_of(scope['path'])}", **ids)


def _note_refusal(scope: Scope, status: int, request: str) -> None:
    """A key that opens nothing, a signature that does not hold, input that does not fit: what, and nothing of what was sent.

    What the request guard refuses it says itself; an unknown page of the site is a wrong link and no attempt.
    """
    if status not in REFUSED_STATUSES or (part := part_of(scope["path"])) not in KEYED_PARTS:
        return
    with log_context(request=request):
        log.warning("refused: %s in %s, answered %d", known_method(scope["method"]), part, status)


def _id_of(scope: Scope) -> str:
    given = sent_header(scope, _HEADER)
    return given if _GIVEN.fullmatch(given) and is_from_proxy(scope) else secrets.token_hex(8)
