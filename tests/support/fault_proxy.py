"""A TCP proxy for each wire of the product, whose faults are switched while it runs: hang, delay, drip, cut, reset, refuse."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Awaitable, Coroutine
from typing import Any

MODES = ("pass", "refuse", "hang", "delay", "drip", "cut", "reset")
DELAY = 0.3  # seconds that each piece waits, in either direction
DRIP = 16, 0.1  # bytes, and the seconds after each of them
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST
Upstream = tuple[str, int] | str  # host and port, or the path of a socket


class _CutError(Exception):
    """This connection ends now."""


class Wire:
    """One wire. `mode` is one of MODES.

    pass: everything goes through. refuse: nobody listens, and what was open is reset. hang: connections are taken, and
    nothing is passed on; what was sent goes through when the fault ends. delay, drip: slowly. cut: the next piece of each
    connection goes half through, then both ends are closed. reset: as cut, at once, and with RST.
    """

    def __init__(self, name: str, upstream: Upstream, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self.name, self.upstream, self.port, self.loop = name, upstream, port, loop
        self.mode = "pass"
        self._goes = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def switch(self, mode: str) -> None:
        """Change the mode, from any thread; returns once it is so. Raises KeyError for a mode that is none."""
        if mode not in MODES:
            raise KeyError(mode)
        asyncio.run_coroutine_threadsafe(self.turn(mode), self.loop).result(10)

    async def turn(self, mode: str) -> None:
        """The same inside the loop."""
        self.mode = mode
        (self._goes.clear if mode == "hang" else self._goes.set)()
        if mode == "refuse":
            await self.close()
        elif self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=512)

    async def close(self) -> None:
        """Stop listening, and reset what is open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            _reset(writer)
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        other: asyncio.StreamWriter | None = None
        try:
            await self._goes.wait()
            if self.mode == "reset":
                raise _CutError
            answers, other = await self._connect()
            await _first_end(self._pump(reader, other), self._pump(answers, writer))
        except (_CutError, OSError, asyncio.CancelledError):  # cancelled: at the end of all, where the task ends anyway
            if self.mode != "cut":
                _reset(writer)
        finally:
            self._open.discard(writer)
            for one in (writer, other):
                if one is not None:
                    one.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.upstream, str):
            return await asyncio.open_unix_connection(self.upstream)
        return await asyncio.open_connection(*self.upstream)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65_536):
            await self._pass(piece, writer)
        if writer.can_write_eof():
            writer.write_eof()

    async def _pass(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        await self._goes.wait()
        if self.mode == "reset":
            raise _CutError
        if self.mode == "cut":
            writer.write(piece[: len(piece) // 2])
            await writer.drain()
            raise _CutError
        if self.mode == "delay":
            await asyncio.sleep(DELAY)
        while self.mode == "drip" and piece:
            head, piece = piece[: DRIP[0]], piece[DRIP[0] :]
            writer.write(head)
            await writer.drain()
            await asyncio.sleep(DRIP[1])
        writer.write(piece)
        await writer.drain()


async def _first_end(*pumps: Coroutine[Any, Any, None]) -> None:
    """Both directions, until both have ended or one of them broke."""
    tasks = [asyncio.ensure_future(pump) for pump in pumps]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


class Wires:
    """Wires by name, in a thread of their own; to be used in a `with` statement."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.named: dict[str, Wire] = {}
        self._thread = threading.Thread(target=self.loop.run_forever, name="wires", daemon=True)

    def __enter__(self) -> Wires:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for wire in self.named.values():
            self._do(wire.close())
        self._do(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    def lay(self, name: str, upstream: Upstream, port: int) -> Wire:
        """A wire that passes everything, from a port of this machine to there."""
        wire = self.named[name] = Wire(name, upstream, port, self.loop)
        wire.switch("pass")
        return wire

    def _do(self, work: Awaitable[None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)  # type: ignore[arg-type] # coroutines, all of them

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
