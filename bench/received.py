"""What one page receives and sends, by Chromium's own counts (https://chromedevtools.github.io/devtools-protocol/tot/Network/).

A request counts as it came over the wire, compressed and with its headers; a message of a WebSocket without its frame of two to
four bytes, and unpacked, should the server pack messages (neither ours nor the two others do).
"""

from __future__ import annotations

import base64
from collections import defaultdict
from typing import Any

from playwright.sync_api import CDPSession

BINARY = 2  # opcode


class Received:
    """Bytes and requests since the page was asked for. `audio` is what recordings took of `everything`."""

    def __init__(self) -> None:
        self.requests = self.sent = self.messages = 0  # sent: messages of WebSockets; messages: bytes of those received
        self._bytes = defaultdict[str, int](int)
        self._recordings, self._local = set[str](), set[str]()

    def listen(self, network: CDPSession) -> None:
        """Count from now on."""
        for name in ("requestWillBeSent", "responseReceived", "dataReceived", "loadingFinished"):
            network.on(f"Network.{name}", getattr(self, f"_{name}"))
        network.on("Network.webSocketFrameReceived", self._webSocketFrameReceived)
        network.on("Network.webSocketFrameSent", self._webSocketFrameSent)
        network.send("Network.enable")

    @property
    def everything(self) -> int:
        """All bytes."""
        return self.messages + sum(self._bytes.values())

    @property
    def audio(self) -> int:
        """Bytes of recordings."""
        return sum(self._bytes[one] for one in self._recordings)

    def _requestWillBeSent(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith(("data:", "blob:")):
            self._local.add(event["requestId"])
        else:
            self.requests += 1

    def _responseReceived(self, event: dict[str, Any]) -> None:
        if event["response"]["mimeType"].startswith("audio/"):
            self._recordings.add(event["requestId"])

    def _dataReceived(self, event: dict[str, Any]) -> None:
        """A piece. There is nothing else of what never ends (an event stream), nor of what a player has enough of; of the
        latter, Chromium tells the unpacked length alone."""
        if event["requestId"] not in self._local:
            self._bytes[event["requestId"]] += event["encodedDataLength"] or event["dataLength"]

    def _loadingFinished(self, event: dict[str, Any]) -> None:
        """The whole, with its headers."""
        if event["requestId"] not in self._local:
            self._bytes[event["requestId"]] = int(event["encodedDataLength"])

    def _webSocketFrameReceived(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        data = frame["payloadData"]
        self.messages += len(base64.b64decode(data)) if frame["opcode"] == BINARY else len(data.encode())

    def _webSocketFrameSent(self, event: dict[str, Any]) -> None:
        self.sent += 1
