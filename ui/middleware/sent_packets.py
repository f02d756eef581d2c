"""Let go of what was sent: Engine.IO keeps the last packet of every socket, twice, until the next one is sent.

A song with all its words is 10 KB, so that each open page held 42 KB from one change of it until its next ping.
"""

from __future__ import annotations

from engineio import AsyncServer
from engineio.packet import Packet


def let_go_of_sent_packets(engine: AsyncServer) -> None:
    """From now on this server's packets keep their content until they are encoded for their socket, which happens once."""
    send_packet = engine.send_packet

    async def send_once(sid: str, packet: Packet) -> None:
        await send_packet(sid, _Once(packet.packet_type, packet.data))  # a copy: the same may go to other sockets

    engine.send_packet = send_once  # all that Socket.IO sends passes here


class _Once(Packet):  # type: ignore[misc] # engineio has no types
    def encode(self, b64: bool = False) -> str | bytes:
        """As Engine.IO's; then there is nothing in it any more."""
        encoded: str | bytes = super().encode(b64)
        self.data = self.encode_cache = None
        return encoded
