"""The whole product as processes of its own, driven over HTTP the way a client would."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import requests

from tests.support import warm

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
# What may take longer than the half a minute that everything else has: seconds on two cores that other tests keep busy.
STARTING = 180.0  # a program: its libraries are read from disk, its stores are made, migrations are run
MADE = 180.0  # an order's songs: the studio and its workers give way to everything else
HEALED = 60.0  # what was killed: who died young is started again after a pause, and a claim that the dead held has to end
DICE = random.SystemRandom()  # tests that run beside each other must not draw the same
MIA = {
    "recipientName": "Mia",
    "relationship": "daughter",
    "theme": "birthday",
    "emotions": ["love", "pride"],
    "qualities": "kind, brave, stubborn",
    "favoriteMemory": "the night we missed the last train and walked home singing",
    "style": "bright-uplifting",
    "vibe": "loving",
}
EXAMPLE_SONG = {"senderName": "Dad", "senderEmail": "dad@example.com", "senderMessage": "Play it loud.", "songs": [MIA]}


def example_form_data(songs: int = 1) -> dict[str, Any]:
    """Complete answers for so many songs, each for somebody else."""
    names = ("Mia", "Ben", "Rosa")
    return {**EXAMPLE_SONG, "songs": [{**MIA, "recipientName": names[index]} for index in range(songs)]}


def wait_for(look: Callable[[], T | None], what: str, seconds: float = 30.0) -> T:
    """What `look` finds, as soon as it finds something; fails with a sentence after so many seconds.

    The longer it has waited, the less often it looks (within a tenth of the time that it takes anyway): most looks are
    requests, whose price the others on the machine pay.
    """
    began = time.monotonic()
    while (waited := time.monotonic() - began) < seconds:
        found = look()
        if found:
            return found
        time.sleep(min(0.02 + waited / 10, 0.25))  # the world outside has no event to await
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


def free_port() -> int:
    """A port nobody listens on right now, below those that the kernel lends to every connection that goes out."""
    while True:
        port = DICE.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Stack:
    """`python main.py` on a data directory. DATABASE_URL and REDIS_URL decide whether its stores are embedded."""

    renderer = ""  # another module than the studio's own renderer; tests/conftest.py sets it, a bench does not
    is_warm = False  # whether it is forked from a process that has the libraries in memory; the same

    def __init__(self, data_dir: Path, port: int, **environment: str | None) -> None:
        self.data_dir, self.port = data_dir, port
        self.url = f"http://localhost:{port}"
        self.http = requests.Session()
        self.http.headers["Connection"] = "close"  # one that was long idle may be closed by the server as it is used again
        hidden = ("PYTEST_", "NICEGUI_", "COV_")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        self.environment |= {"DATA_DIR": str(data_dir), "PORT": str(port), "PUBLIC_URL": self.url}
        if self.renderer:
            self.environment["STUDIO_RENDERER"] = self.renderer
            self.environment["STUDIO_GIVES_WAY"] = "false"  # to the tests themselves: beside two busy processes it would starve
        for name, value in environment.items():
            if value is None:
                self.environment.pop(name, None)
            else:
                self.environment[name] = value

    def __enter__(self) -> Stack:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and wait until an order could go through."""
        self.start_soon()
        wait_for(self.is_ready, f"the stack to be ready; its log is {self.log}", STARTING)

    def start_soon(self) -> None:
        """Start, and do not wait."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.log = self.data_dir / "stack.log"
        start = warm.start if self.is_warm else warm.start_cold
        self.process = start((), self.environment, self.log)

    @contextmanager
    def studio_pace(self, pace: str) -> Iterator[None]:
        """The studio takes so many seconds for a song ("1", or "1 60" for one as long as that), "held": it waits until the end
        of the block, or "real": it really renders. See tests/support/quick_studio.py."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        asked = self.data_dir / "studio-pace"
        asked.write_text(pace)
        yield
        asked.unlink()

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the stack died at its start:\n{self.read_log()[-3000:]}")
        try:
            return self.http.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:  # nobody listens yet, or it is too busy to answer
            return False

    def read_log(self) -> str:
        """Everything that its processes have printed."""
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        """Ctrl-C, and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def kill(self) -> None:
        """The power goes out: the supervisor and, with it, everything it started."""
        self.process.kill()
        self.process.wait(10)
        wait_for(lambda: not self.pids(), "the processes of the stack to be gone")

    def pids(self, part: str = "") -> list[int]:
        """The processes of this stack that run `main.py <part>` (any part by default), work horses included."""
        mine = f"DATA_DIR={self.data_dir}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if mine not in (folder / "environ").read_bytes().split(b"\0"):
                    continue
            except OSError:
                continue
            program = next((index for index, word in enumerate(words) if word.endswith(b"main.py")), None)
            if program is not None and part.encode() in (b"", *words[program + 1 : program + 2]):
                found.append(int(folder.name))
        return found

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """One request to the REST contract."""
        return self.http.request(method, f"{self.url}{path}", timeout=30, **arguments)

    def create(self, songs: int = 1, **more: Any) -> str:
        """A complete form by HTTP; its id."""
        package = {1: "solo-serenade", 3: "holiday-hamper"}[songs]
        answer = self.call(
            "POST", "/api/compose/forms", json={"packageType": package, "formData": example_form_data(songs), **more}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["form"]["id"])

    def generate(self, form_id: str) -> dict[str, Any]:
        """Start all variations by HTTP."""
        answer = self.call("POST", "/api/generate", json={"formId": form_id})
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def form(self, form_id: str) -> dict[str, Any]:
        """The form as HTTP shows it."""
        answer = self.call("GET", "/api/compose/forms", params={"formId": form_id})
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["form"])

    def await_status(self, form_id: str, *statuses: str, seconds: float = MADE) -> dict[str, Any]:
        """The form once it has one of these statuses."""

        def look() -> dict[str, Any] | None:
            form = self.form(form_id)
            return form if form["status"] in statuses else None

        return wait_for(look, f"{form_id} to be {' or '.join(statuses)}", seconds)
