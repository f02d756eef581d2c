"""A web process of its own on the shared stores, which a test may configure, kill and start again."""

from __future__ import annotations

import os
from pathlib import Path

import requests

from tests.support import warm
from tests.support.stack import STARTING, free_port, wait_for


class LoneWeb:
    """`python main.py web` at its own address. `folder` takes its log; `before` is a line of Python that it runs first."""

    def __init__(self, folder: Path, before: str = "", **environment: str) -> None:
        self.before = before
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        mine = {"PORT": str(self.port), "PUBLIC_URL": self.url}
        self.environment = {**os.environ, **mine, **environment}
        self.log = folder / "web.log"
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.process = warm.start(("web",), self.environment, self.log, self.before)
        wait_for(self.is_up, "the web process", STARTING)

    def is_up(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:  # nobody listens yet, or it is too busy to answer
            return False

    def kill(self) -> None:
        """No goodbye."""
        self.process.kill()
        self.process.wait(10)

    def memory(self) -> int:
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        """For good."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
