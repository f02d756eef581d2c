"""Two hundred open pages: one in Chromium, the others NiceGUI clients without a browser, each on a form of its own."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlencode

import aiohttp
import socketio

from tests.support.stack import Stack

PAGES = 200


def alike(form_id: str, count: int) -> list[str]:
    """So many forms like this one, with the same songs."""
    from models import ComposeForm, Variation, database, new_form_id, new_id

    with database.connection_context():
        form = ComposeForm.select().where(ComposeForm.id == form_id).dicts().get()
        songs = list(Variation.select().where(Variation.form == form_id).dicts())
        found = [new_form_id() for _ in range(count)]
        for other in found:
            ComposeForm.insert(**{**form, "id": other}).execute()
            for song in songs:
                own = {"id": new_id("task"), "form": other, "provider_task_id": None, "submit_leader": None}
                Variation.insert(**{**song, **own}).execute()
    return found


class Crowd:
    """Open pages without a browser: each has fetched its page and keeps its socket, as a browser does."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.sockets, self.messages = stack, list[socketio.AsyncClient](), 0
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    async def open(self, form_id: str) -> None:
        """One page more."""
        async with self.http.get(f"{self.stack.url}/compose/variations", params={"formId": form_id}) as answer:
            page = await answer.text()
        client_id = re.search(r"""['"]client_id['"]: ?['"]([0-9a-f-]{36})""", page)
        assert answer.status == 200, answer.status
        assert client_id, "NiceGUI's HTML names the client"
        own = {name: str(uuid.uuid4()) for name in ("document_id", "tab_id")}
        query = {"client_id": client_id[1], "next_message_id": 0, "implicit_handshake": "true", **own}
        socket = socketio.AsyncClient(reconnection=False)
        socket.on("*", self._heard)
        path = "/_nicegui_ws/socket.io"
        await socket.connect(f"{self.stack.url}/?{urlencode(query)}", transports=["websocket"], socketio_path=path)
        self.sockets.append(socket)

    async def _heard(self, event: str, *_: object) -> None:
        self.messages += event == "update"

    @property
    def connected(self) -> int:
        """How many are still connected."""
        return sum(socket.connected for socket in self.sockets)

    async def close_oldest(self) -> None:
        """Close the page that was opened first."""
        await self.sockets.pop(0).disconnect()

    async def close(self) -> None:
        """Close all pages."""
        for socket in self.sockets:
            await socket.disconnect()
        await self.http.close()
