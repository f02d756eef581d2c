"""Removes unused files from the customer's NiceGUI pages: Quasar's stylesheets and components, and Roboto's font list.

These pages use plain elements styled by serenade.css, but NiceGUI links these files in every page: three quarters of a
megabyte to load and compile before anything is visible. The middleware removes them from the HTML, and quasar-lite.js
replaces the little of Quasar that NiceGUI calls. A page with any other Quasar component stays as it is.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.components.theme import static_url

_PAGES = "/compose/"
NEEDED = re.compile(rb'"tag":"q-(?!layout"|page-container"|page")|"component":')
_STYLES = re.compile(rb'\s*@import url\("[^"]*/static/(?:quasar\.\w+(?:\.prod)?|fonts)\.css"\) layer\(\w+\);')
LANGUAGE = re.compile(rb'\s*<script defer src="[^"]*/static/lang/[\w-]+\.umd(?:\.prod)?\.js"></script>')
SCRIPT = re.compile(rb'(<script defer src=")[^"]*/static/quasar\.umd(?:\.prod)?\.js(")')


class StripQuasar:
    """ASGI middleware; it must be inside the compression middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """HTML below PAGES is collected and stripped; everything else passes through."""
        if scope["type"] != "http" or not scope["path"].startswith(_PAGES):
            await self.app(scope, receive, send)
            return
        held: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal send
            if message["type"] == "http.response.start":
                held.append(message)
                if not _is_html(message):
                    await send(held.pop())
                return
            if not held:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            start, stripped, answer = held.pop(), strip_quasar(bytes(body)), send
            body.clear()
            send = _ended  # an open page keeps its request, that this function, and `send` a Brotli compressor of 1.4 MB
            MutableHeaders(raw=start["headers"])["content-length"] = str(len(stripped))
            await answer(start)
            await answer({"type": "http.response.body", "body": stripped})

        await self.app(scope, receive, collect)


async def _ended(message: Message) -> None:
    raise RuntimeError("the answer has ended")


def strip_quasar(page: bytes) -> bytes:
    """The page without Quasar, unless it needs it."""
    if NEEDED.search(page):
        return page
    without = LANGUAGE.sub(b"", _STYLES.sub(b"", page))
    return SCRIPT.sub(rb"\g<1>" + static_url("quasar-lite.js").encode() + rb"\2", without)


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
