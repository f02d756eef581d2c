"""Middleware: the gift's pages go past NiceGUI's sessions."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class NoSession:
    """The gift's pages go past NiceGUI's sessions: no cookie, nothing kept in memory per visitor."""

    PATHS = ("/s/", "/embed/", "/oembed", "/mail/", "/media/reply/")

    def __init__(self, app: ASGIApp, aside: ASGIApp) -> None:
        self.app, self.aside = app, aside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """HTTP below PATHS is answered aside; everything else goes on."""
        if scope["type"] == "http" and scope["path"].startswith(self.PATHS):
            await self.aside({**scope, "app": self.aside}, receive, send)
        else:
            await self.app(scope, receive, send)
