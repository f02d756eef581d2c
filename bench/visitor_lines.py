"""Lines into an installation, each from an address of its own: to nginx every visitor of the bench is somebody else.

A line is an HTTP proxy for a browser's context: it knows CONNECT and the names of the installation, and leads nowhere else.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass


@dataclass
class Line:
    """`routes`: where the https of a name really is, as (address, port). `source`: the address that one comes from there."""

    routes: dict[str, tuple[str, int]]
    source: str

    async def open(self) -> str:
        """Begin to listen; the proxy's URL."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode().split()
        there = self.routes.get(asked[1].partition(":")[0]) if asked[0] == "CONNECT" else None
        if there is None:
            writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(*there, local_addr=(self.source, 0))
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    with suppress(ConnectionError):
        writer.close()
