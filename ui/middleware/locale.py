"""The language of a request: the visitor's choice (a cookie), else the browser's Accept-Language, else English."""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from i18n import LANGUAGES, SOURCE, best_language, speak, spoken
from jobs.accounts.login import safe_path
from ui.components.languages import LANGUAGE_COOKIE, PUBLIC_PAGES, _here, keep_language_cookie
from ui.middleware.client_ip import is_cross_site
from ui.middleware.header_values import add_missing, sent_header

ENGLISH_ONLY = ("/internal", "/sandbox/")  # staff pages, and the sandbox, which imitates Stripe's pages
router = APIRouter(include_in_schema=False)


class LocaleMiddleware:
    """ASGI middleware: sets the language of a request and of everything that it starts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose the language, and add Vary and Content-Language to the response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        here = f"{scope['path']}?{scope['query_string'].decode('latin-1')}".rstrip("?")
        _here.set(scope["path"] if _asked_for(scope) else here)  # else the links to the other languages would lead back here
        speak(language_of_request(scope))  # not reset: the context belongs to this request and to the tasks it starts

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith(("text/html", "application/json")):
                    headers.add_vary_header("Accept-Language, Cookie")
                    add_missing(message, (b"content-language", spoken().encode()))
            await send(message)

        await self.app(scope, receive, send_with_headers)


def language_of_request(scope: Scope) -> str | None:
    """The chosen or accepted language; None where neither is supported."""
    if scope["path"].startswith(ENGLISH_ONLY):
        return SOURCE
    chosen = _asked_for(scope) or _cookie(sent_header(scope, b"cookie"))
    return chosen if chosen in LANGUAGES else best_language(sent_header(scope, b"accept-language"))


def _asked_for(scope: Scope) -> str:
    """The language that the address of a public page names, or ''."""
    found = re.search(rb"(?:^|&)lang=([\w-]+)(?:&|$)", scope["query_string"]) if scope["path"] in PUBLIC_PAGES else None
    code = found[1].decode() if found else ""
    return code if code in LANGUAGES else ""


def _cookie(header: str) -> str:
    if LANGUAGE_COOKIE not in header:
        return ""
    try:
        kept = SimpleCookie(header).get(LANGUAGE_COOKIE)
    except CookieError:
        return ""
    return kept.value if kept else ""


@router.get("/language/{code}")
def change_language(code: str, request: Request, next: str = "/") -> RedirectResponse:
    """Set the language cookie and redirect back. A GET, so that it works without a script; it changes only the cookie."""
    answer = RedirectResponse(safe_path(next, "/"), 303)
    if code in LANGUAGES and not is_cross_site(request.headers):
        keep_language_cookie(answer, code)
    return answer
