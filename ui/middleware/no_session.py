"""Middleware: gift pages bypass NiceGUI's sessions."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class NoSession:
    """Gift pages bypass NiceGUI's sessions: no cookie, no memory for each visitor."""

    PATHS = ("/s/", "/embed/", "/oembed", "/mail/", "/media/reply/", "/media/photo/")

    def __init__(self, app: ASGIApp, aside: ASGIApp) -> None:
        self.app, self.aside = app, aside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """HTTP below PATHS goes to `aside`, everything else to the app."""
        if scope["type"] == "http" and scope["path"].startswith(self.PATHS):
            await self.aside({**scope, "app": self.aside}, receive, send)
        else:
            await self.app(scope, receive, send)
