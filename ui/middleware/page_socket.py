"""Middleware: the socket of an open page goes straight to Socket.IO.

Below NiceGUI's application it would pass two dozen layers that do nothing for a socket, and each of them keeps what it was
called with for as long as the page is open. What our own middleware says about a socket it says before.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class PageSocket:
    """ASGI middleware, the innermost one: `socket_app` is what NiceGUI mounts at PATH."""

    PATH = "/_nicegui_ws"

    def __init__(self, app: ASGIApp, socket_app: ASGIApp) -> None:
        self.app, self.socket_app = app, socket_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A socket below PATH goes to `socket_app`, everything else to the app."""
        if scope["type"] == "websocket" and scope["path"].startswith(f"{self.PATH}/"):
            await self.socket_app({**scope, "path": scope["path"].removeprefix(self.PATH)}, receive, send)
        else:
            await self.app(scope, receive, send)
