"""An installation as `python -m bench.production` looks at it: its web processes, its nginx, its names."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import requests

SHOP, PAY = "songs.example.com", "pay.songs.example.com"


@dataclass
class Web:
    """A web process: what of its environment tells it apart (PORT=8081), and where nginx reaches it."""

    mark: str
    address: str

    def pid(self) -> int:
        """Of the process itself. Raises AssertionError where it does not run."""
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if words[1:3] == [b"main.py", b"web"] and self.mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    return int(folder.name)
        raise AssertionError(f"no web process with {self.mark}")

    def is_ready(self) -> bool:
        """By its own word."""
        with suppress(requests.RequestException):
            return requests.get(f"http://{self.address}/readyz", timeout=5).status_code == 200
        return False

    def strike(self, by: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid(), by)


@dataclass
class Site:
    """An installation: where nginx and the payment page really are, nginx's log, and the web processes."""

    nginx: tuple[str, int]
    pay: tuple[str, int]
    log: Path
    webs: list[Web]
    visitors: str = "127.0.0."  # the network that visitors come from, without their last number

    def serving(self, source: str) -> Web:
        """The web process that a visitor of this address got a page from last."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith(f"{source} ") and " /compose/" in line]
        return next(web for web in self.webs if lines[-1].endswith(web.address))
