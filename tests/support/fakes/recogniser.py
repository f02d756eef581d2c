"""A transcription API on loopback: answers what a test sets for each song, and remembers what it was sent."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Hear = Callable[[bytes], tuple[int, Any]]


class FakeRecogniser:
    """`hear` gets the sound and answers (status, a text, a whole body, or raw bytes). `slow` seconds pass before it does.

    It remembers the fields of every form beside the length of its file, and the key.
    """

    def __init__(self, hear: Hear) -> None:
        self.hear = hear
        self.slow = 0.0
        self.asked: list[dict[str, str]] = []
        self.paths: list[str] = []

    def __enter__(self) -> FakeRecogniser:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Quiet."""

            def do_POST(self) -> None:
                parts = _parts(self.headers["Content-Type"], self.rfile.read(int(self.headers["Content-Length"])))
                sound = parts.pop("file")
                fields = {name: value.decode() for name, value in parts.items()}
                fake.paths.append(self.path)
                fake.asked.append({**fields, "bytes": str(len(sound)), "key": self.headers["Authorization"]})
                time.sleep(fake.slow)
                status, reply = fake.hear(sound)
                if isinstance(reply, str):
                    reply = {"text": reply}
                content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
                with contextlib.suppress(OSError):  # whoever asked has given up
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def settings(self) -> dict[str, str]:
        """What a process needs to be heard by this one."""
        return {"transcription_base_url": self.url, "transcription_api_key": "key-of-the-test", "transcription_model": "ears-1"}


def _parts(content_type: str, body: bytes) -> dict[str, bytes]:
    """The parts of a multipart form by their names. Raises where it is none: what we send must be one."""
    boundary = content_type.split("boundary=")[1].encode()
    found = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = (
            part.strip(b"\r\n").partition(b"\r\n\r\n") if b"filename" not in part else part.partition(b"\r\n\r\n")
        )
        name = re.search(rb'name="(\w+)"', head)
        assert name is not None
        found[name[1].decode()] = content.removesuffix(b"\r\n")
    return found
