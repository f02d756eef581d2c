"""The request guard: refuses foreign origins, wrong content types, large bodies and floods before any route or page runs."""

from __future__ import annotations

import asyncio
import logging
import time

from nicegui import Client
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from i18n import N_, _
from jobs.rate_limits import TooManyError, spend
from settings import settings
from ui.middleware.client_ip import caller, is_cross_site
from ui.templates import render

log = logging.getLogger("serenade.request_guard")
SAFE = ("GET", "HEAD", "OPTIONS")
FROM_SERVERS = (
    "/api/stripe/webhook",
    "/api/music/callback/",
    "/sandbox/stripe/v1",
    "/demo/stripe/v1",
    "/demo/webhook",
)  # signed or with a secret; never called by browsers
BUILT_PAGES = (
    "/compose/",
    "/internal",
)  # NiceGUI pages: each GET costs up to 4 MB in this process until its browser connects
CONNECT_SECONDS = 15.0  # that a built page waits for its browser when many wait; NiceGUI's default is 60
SMALL, LARGE, VOICE = 256_000, 1_000_000, 4_600_000  # bytes of a body: a customer's, a server's, a voice note
PHOTOS, PHOTOS_PATH = 100_000_000, "/s/photos"  # several photos at once, where the length is announced
_REFUSALS = {
    403: ("foreign_origin", N_("This was sent from another site's page.")),
    413: ("too_large", N_("This is more than we can take at once.")),
    415: ("json_only", N_("The body must be JSON, with Content-Type: application/json.")),
    429: ("too_many", N_("That is a lot at once. Please try again a little later.")),
}


class RequestGuard:
    """ASGI middleware: refuses or passes on every request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.pages = Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else None
        if headers is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            if is_cross_site(headers):
                log.warning("refused: a socket from another site's page")
                await send({"type": "websocket.close", "code": 1008})
            else:
                await self.app(scope, receive, send)
        else:
            await self._http(scope, headers, receive, send)

    async def _http(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        status, wait = _refused(scope, headers), 0
        if not status:
            wait = await self._wait(scope)
            status = 429 if wait else 0
        if not status and scope["method"] not in SAFE:
            taken = await _body(receive, headers, _most(scope["path"], "content-length" in headers))
            status, receive = (413, receive) if taken is None else (0, taken)
        if status:
            log.warning("refused: %s", _REFUSALS[status][0])
            await refuse_request(scope["path"], status, wait)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _wait(self, scope: Scope) -> int:
        """Seconds until this client may retry, 0 for now."""
        path, method = scope["path"], scope["method"]
        if path.startswith(BUILT_PAGES):
            return self._wait_for_page(caller(scope))
        rules = _rules(path, method)
        try:
            for rule in (rule for rule in rules if rule in settings.rate_limits):
                await asyncio.to_thread(spend, rule, caller(scope))
        except TooManyError as error:
            return error.retry_after
        return 0

    def _wait_for_page(self, address: str) -> int:
        """Counted here and not in Redis: it protects this process's memory, also while Redis is unreachable."""
        most = settings.rate_limits.get("waiting")
        if most and _too_many_waiting(address, most):
            return 10
        limit = settings.rate_limits.get("pages")
        return self.pages.wait(address, limit) if limit else 0


def _too_many_waiting(address: str, most: int) -> bool:
    """Whether `most` pages wait for a browser to connect, or a quarter of that for one address."""
    waiting = _waiting()
    if len(waiting) < most // 4:
        return False
    for client in waiting:
        if time.time() - client.created > CONNECT_SECONDS:
            client.delete()  # a browser that connects later reloads the page
    waiting = _waiting()
    mine = sum(caller(client.request.scope) == address for client in waiting)
    return len(waiting) >= most or mine >= most // 4


def _waiting() -> list[Client]:
    return [client for client in Client.instances.values() if client.environ is None]


_COSTLY = {
    "/api/generate": ("generate", "starts"),
    "/api/stripe/checkout": ("checkout",),
    "/api/stripe/extras": ("checkout",),
    "/login": ("logins",),
}


def _rules(path: str, method: str) -> tuple[str, ...]:
    """The rate limits, by address, that a request counts against."""
    if path.startswith(FROM_SERVERS) or not path.startswith(("/api/", "/login", PHOTOS_PATH)):
        return ()
    if method in SAFE:
        return ("read",)
    return ("write", *_COSTLY.get(path, ()))


def _refused(scope: Scope, headers: Headers) -> int:
    """The status to refuse with, or 0."""
    path = scope["path"]
    if scope["method"] in SAFE or path.startswith(FROM_SERVERS):
        return 0
    if is_cross_site(headers):
        return 403
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return 415 if path.startswith("/api/") and kind != "application/json" else 0


def _most(path: str, announced: bool) -> int:
    if path == PHOTOS_PATH and announced:  # those go on to the disk as they come in; what is not announced is read here
        return PHOTOS
    if path.startswith("/s/") and path.endswith("/voice"):
        return VOICE
    return LARGE if path.startswith((*FROM_SERVERS, "/_nicegui")) else SMALL


async def _body(receive: Receive, headers: Headers, most: int) -> Receive | None:
    """`receive` for a body of up to `most` bytes, read here where its length is not announced; None beyond that."""
    announced = headers.get("content-length")
    if announced is not None:
        return receive if announced.isdigit() and len(announced) < 12 and int(announced) <= most else None
    read = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        read += message.get("body", b"")
        more = message.get("more_body", False)
        if len(read) > most:
            return None
    kept: list[Message] = [{"type": "http.request", "body": bytes(read), "more_body": False}]

    async def again() -> Message:
        return kept.pop() if kept else await receive()

    return again


def refuse_request(path: str, status: int, wait: int = 0) -> Response:
    """JSON in the contract's shape below /api, an error page elsewhere."""
    code, message = _REFUSALS[status][0], _(_REFUSALS[status][1])
    headers = {"Retry-After": str(wait)} if wait else None
    if path.startswith("/api/"):
        error = {"success": False, "error": {"code": code, "message": message}}
        return JSONResponse(error, status_code=status, headers=headers)
    heading = _("One moment, please") if status == 429 else _("Not like this")
    content = render("message.html", heading=heading, text=message, action_url="/", action_label=_("To the front page"))
    return HTMLResponse(content, status_code=status, headers=headers)


class Buckets:
    """Token buckets of one process, refilled per minute; the least recently used are dropped beyond MOST."""

    MOST = 10_000

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, key: str, per_minute: int) -> int:
        """Take a token; 0, or the seconds until the next one."""
        now = time.monotonic()
        left, at = self._left.pop(key, (float(per_minute), now))
        left = min(per_minute, left + (now - at) * per_minute / 60)
        enough = left >= 1
        self._left[key] = (left - enough, now)  # removed and added again: the dictionary is in order of last use
        while len(self._left) > self.MOST:
            del self._left[next(iter(self._left))]
        return 0 if enough else max(1, round((1 - left) * 60 / per_minute))
