"""The customer's NiceGUI pages without what they do not use: Quasar's stylesheets and components, and Roboto's font list.

Those pages are made of plain elements dressed by serenade.css, but NiceGUI names these files in every page: three quarters of
a megabyte to load, compile and install before anything is seen. Here they are taken out of the HTML on its way, and
quasar-lite.js answers for the little that is asked of Quasar. A page that holds any other component of Quasar keeps all.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.components.theme import static_url

PAGES = "/compose/"
NEEDED = re.compile(rb'"tag":"q-(?!layout"|page-container"|page")|"component":')
STYLES = re.compile(rb'\s*@import url\("[^"]*/static/(?:quasar\.\w+(?:\.prod)?|fonts)\.css"\) layer\(\w+\);')
LANGUAGE = re.compile(rb'\s*<script defer src="[^"]*/static/lang/[\w-]+\.umd(?:\.prod)?\.js"></script>')
SCRIPT = re.compile(rb'(<script defer src=")[^"]*/static/quasar\.umd(?:\.prod)?\.js(")')


class StripQuasar:
    """ASGI middleware; it belongs inside of what compresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """HTML below PAGES is collected and sent lighter; everything else goes through."""
        if scope["type"] != "http" or not scope["path"].startswith(PAGES):
            await self.app(scope, receive, send)
            return
        held: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
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
            start, light = held.pop(), strip_quasar(bytes(body))
            MutableHeaders(raw=start["headers"])["content-length"] = str(len(light))
            await send(start)
            await send({"type": "http.response.body", "body": light})

        await self.app(scope, receive, collect)


def strip_quasar(page: bytes) -> bytes:
    """The page without Quasar, unless it needs it."""
    if NEEDED.search(page):
        return page
    without = LANGUAGE.sub(b"", STYLES.sub(b"", page))
    return SCRIPT.sub(rb"\g<1>" + static_url("quasar-lite.js").encode() + rb"\2", without)


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
