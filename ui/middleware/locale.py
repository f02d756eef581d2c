"""Which language a visitor reads: what they chose (a cookie), else what their browser asks for, else English."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from i18n import LANGUAGES, SOURCE, choose, speak, spoken
from jobs.accounts.login import safe_path
from ui.components.languages import COOKIE, _here, keep_language
from ui.middleware.client_ip import is_strangers

ENGLISH_ONLY = ("/internal", "/sandbox/")  # staff's rooms, and what only stands in for somebody else's pages
router = APIRouter(include_in_schema=False)


class LocaleMiddleware:
    """ASGI middleware: everything that a request sets off speaks its visitor's language."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose, and say in the answer's headers what it depended on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _here.set(f"{scope['path']}?{scope['query_string'].decode('latin-1')}".rstrip("?"))
        speak(language_of(scope))  # never taken back: the task is this request's own, and so is what it leaves behind

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith(("text/html", "application/json")):
                    headers.add_vary_header("Accept-Language, Cookie")
                    headers.setdefault("Content-Language", spoken())
            await send(message)

        await self.app(scope, receive, send_with_headers)


def language_of(scope: Scope) -> str | None:
    """Chosen, or asked for; None where neither is one that we speak."""
    if scope["path"].startswith(ENGLISH_ONLY):
        return SOURCE
    headers = Headers(scope=scope)
    chosen = _cookie(headers.get("cookie", ""))
    return chosen if chosen in LANGUAGES else choose(headers.get("accept-language", ""))


def _cookie(header: str) -> str:
    if COOKIE not in header:
        return ""
    try:
        kept = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return kept.value if kept else ""


@router.get("/language/{code}")
def change_language(code: str, request: Request, next: str = "/") -> RedirectResponse:
    """Remember a language and go back. A link, so that it works without a script; it changes nothing but the cookie."""
    answer = RedirectResponse(safe_path(next, "/"), 303)
    if code in LANGUAGES and not is_strangers(request.headers):
        keep_language(answer, code)
    return answer
