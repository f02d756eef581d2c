"""The customer's NiceGUI pages without what they do not use: Quasar's 250 KB of CSS and the list of Roboto's fonts.

Those pages are made of plain elements dressed by serenade.css. NiceGUI names these files in the page's head and they hold
up the first paint; here they are taken out of the HTML on its way. Pages with Quasar's own components are left alone.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGES = "/compose/"
UNUSED = re.compile(rb'\s*@import url\("[^"]*/static/(?:quasar\.\w+(?:\.prod)?|fonts)\.css"\) layer\(\w+\);')


class Lighter:
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
            start, light = held.pop(), UNUSED.sub(b"", bytes(body))
            MutableHeaders(raw=start["headers"])["content-length"] = str(len(light))
            await send(start)
            await send({"type": "http.response.body", "body": light})

        await self.app(scope, receive, collect)


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
