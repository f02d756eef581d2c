"""What the web process holds for an open page: nothing of the answer that brought it, nothing that was sent."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any, cast

import pytest
import socketio
from engineio.packet import MESSAGE, Packet
from nicegui import Client, core, ui
from nicegui import app as nicegui_app
from nicegui.nicegui import sio_app
from nicegui.storage import request_contextvar
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import live
from ui.components.elements import text
from ui.compose.answered import let_go_once_answered
from ui.middleware.page_socket import PageSocket
from ui.middleware.sent_packets import let_go_of_sent_packets


class Layer:
    """A middleware that the page came through."""

    async def receive(self) -> Message:
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Send it on."""


async def test_once_the_browser_is_there_nothing_is_left_of_the_answer() -> None:
    layer = Layer()
    scope = {
        "type": "http",
        "path": "/plain",
        "query_string": b"",
        "headers": [(b"cookie", b"a=b")],
        "closed": AsyncExitStack(),
    }
    request, gone = Request(scope, layer.receive, layer.send), weakref.ref(layer)
    before = request_contextvar.set(Request(scope, layer.receive, layer.send))
    del layer
    with Client(cast(Any, ui.page("/plain")), request=request) as client:
        let_go_once_answered(client)
        ui.add_head_html("<meta name='a'>")
        said = text("p", "Mia")
    assert gone() is not None
    assert client.head_html.endswith("<meta name='a'>\n")
    sent = {one.id: one._to_dict() for one in client.elements.values()}
    for connected in client.connect_handlers:
        connected()
    assert gone() is None
    assert not client.head_html.endswith("<meta name='a'>\n")
    assert [value for value in request.scope.values() if isinstance(value, AsyncExitStack)] == []
    assert client.request.cookies == {"a": "b"}
    assert {one.id: one._to_dict() for one in client.elements.values()} == sent
    client.outbox.updates.clear()
    said.set_text("Ben")
    client.layout.classes("wide")
    assert list(client.outbox.updates) == [said.id, client.layout.id]
    client.delete()
    request_contextvar.reset(before)


async def test_a_page_s_socket_goes_straight_to_socket_io() -> None:
    went = list[tuple[str, str]]()

    def named(name: str) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            went.append((name, scope["path"]))

        return app

    socket = PageSocket(named("app"), named("socket"))
    layer = Layer()
    for kind, path in (("websocket", "/_nicegui_ws/socket.io/"), ("http", "/_nicegui_ws/socket.io/"), ("websocket", "/other")):
        await socket({"type": kind, "path": path}, layer.receive, layer.send)
    assert went == [("socket", "/socket.io/"), ("app", "/_nicegui_ws/socket.io/"), ("app", "/other")]


def test_that_is_where_the_library_has_its_socket() -> None:
    mounted = {getattr(route, "path", ""): getattr(route, "app", None) for route in nicegui_app.routes}
    assert mounted[PageSocket.PATH] is sio_app


async def test_what_was_sent_to_a_page_is_not_kept() -> None:
    server = socketio.AsyncServer(async_mode="asgi")
    let_go_of_sent_packets(server.eio)
    got, to_server = asyncio.Queue[str](), asyncio.Queue[Message]()

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            got.put_nowait(message["text"])

    scope = {"type": "websocket", "path": "/socket.io/", "query_string": b"EIO=4&transport=websocket", "headers": []}
    scope["headers"] = [(b"upgrade", b"websocket"), (b"connection", b"Upgrade"), (b"host", b"localhost")]
    to_server.put_nowait({"type": "websocket.connect"})
    page = asyncio.create_task(socketio.ASGIApp(server)(scope, to_server.get, send))
    assert (await got.get()).startswith("0{")
    to_server.put_nowait({"type": "websocket.receive", "text": "40"})
    assert (await got.get()).startswith("40{")
    await server.emit("update", {"words": "la la la"})
    assert await got.get() == '42["update",{"words":"la la la"}]'
    kept = [one for one in gc.get_objects() if isinstance(one, Packet) and one.packet_type == MESSAGE]
    assert [one for one in kept if "la la la" in f"{one.data} {one.encode_cache}"] == []
    to_server.put_nowait({"type": "websocket.disconnect"})
    await page


async def test_what_changes_while_a_page_is_read_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both readings run in threads: on a busy machine the one that began later may end first."""
    older, newer, newest = (cast(Any, SimpleNamespace(read_at=moment)) for moment in (1.0, 2.0, 3.0))
    shown: list[Any] = []

    def reads(form: Any) -> None:
        monkeypatch.setattr(live, "read_live", lambda _: asyncio.sleep(0, form))

    async def read_slowly(form_id: str) -> Any:
        reads(newer)
        await live.refresh(form_id)  # as a notification has it
        return older

    monkeypatch.setattr(live, "read_live", read_slowly)
    client = cast(Any, SimpleNamespace(on_delete=lambda gone: gone))
    assert await live.read_and_follow(client, "form_1", shown.append) is newer
    reads(newest)
    await live.refresh("form_1")
    assert shown == [newest]


async def test_a_change_that_a_busy_database_did_not_let_us_read_is_read_later(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [
        OperationalError("canceling statement due to statement timeout"),
        MaxConnectionsExceeded(),
        "the form",
    ]
    shown = asyncio.Queue[Any]()

    async def read(form_id: str) -> Any:
        if isinstance(answer := answers.pop(0), Exception):
            raise answer
        return answer

    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
    monkeypatch.setattr(live, "read_live", read)
    monkeypatch.setattr(live, "_AGAIN", 0)
    live.follow(cast(Any, SimpleNamespace(on_delete=lambda gone: gone)), "form_2", shown.put_nowait)
    await live.refresh("form_2")
    assert await asyncio.wait_for(shown.get(), 30) == "the form"


async def test_however_many_readings_were_refused_one_is_made_later(monkeypatch: pytest.MonkeyPatch) -> None:
    later, begun = asyncio.Event(), list[str]()

    async def busy(form_id: str) -> Any:
        raise OperationalError("canceling statement due to statement timeout")

    async def read(form_id: str) -> Any:
        begun.append(form_id)
        return "the form"

    def wait(seconds: float) -> Any:
        return later.wait()

    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
    monkeypatch.setattr(live, "read_live", busy)
    monkeypatch.setattr(live, "asyncio", SimpleNamespace(sleep=wait))
    shown = asyncio.Queue[Any]()
    live.follow(cast(Any, SimpleNamespace(on_delete=lambda gone: gone)), "form_3", shown.put_nowait)
    for _ in range(3):
        await live.refresh("form_3")
    monkeypatch.setattr(live, "read_live", read)
    later.set()
    assert await asyncio.wait_for(shown.get(), 30) == "the form"
    await asyncio.gather(*(one for one in asyncio.all_tasks() if "form_3 later" in one.get_name()))
    assert begun == ["form_3"]
