"""HEAD wherever GET is answered: what a route does not know how to answer is asked as GET, and its body is left out."""

from __future__ import annotations

from nicegui import Client
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOT_HERE = (404, 405)  # 404: NiceGUI's own application stands at /, and is asked where ours knows the path with GET only
_MARK = "serenade_head"


class HeadAnswers:
    """ASGI middleware. Monitors and link checkers ask with HEAD, and take a 405 for a broken page.

    Routes whose GET counts or begins something name HEAD themselves; all others only read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; ask once more as GET where HEAD may have been refused for its method alone."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        refused = False

        async def send_unless_refused(message: Message) -> None:
            nonlocal refused
            refused = refused or message.get("status") in NOT_HERE
            if not refused:
                await send(message)

        await self.app({**scope}, receive, send_unless_refused)  # routing writes into it
        if refused:
            await self._as_get({**scope, "method": "GET", _MARK: object()}, receive, send)

    async def _as_get(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app(scope, receive, send_without_body)
        for client in list(Client.instances.values()):  # a page was built: no browser will connect to it
            if client.environ is None and client.request.scope.get(_MARK) is scope[_MARK]:
                client.delete()
