"""An OpenAI-compatible chat API on loopback: answers what a test sets, piece by piece where it is asked to stream."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Say = Callable[[dict[str, Any]], tuple[int, Any]]
LINES = "\n".join(f"Mia, we missed the train, line {number}" for number in range(10))
GOOD = {
    "title": "Last Train for Mia",
    "lyrics": f"[Verse 1]\n{LINES}\n[Chorus]\nOh Mia",
    "prompt": "A birthday song for Mia from Dad",
    "style_1": "bright pop, piano",
    "style_2": "soft acoustic folk",
    "style_3": "slow soul, organ",
}


class FakeChat:
    """`say` gets the request's body and answers (status, and the message's text, its pieces, a whole body, or raw bytes).

    It remembers what it was asked, and where. Where `only_at` is given, another path is not found.
    """

    def __init__(self, say: Say, only_at: str = "") -> None:
        self.say = say
        self.only_at = only_at
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.closing = threading.Event()

    def __enter__(self) -> FakeChat:
        chat = self

        class Handler(_Handler):
            fake = chat

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.root}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    fake: FakeChat

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.paths.append(self.path)
        if self.fake.only_at and self.path != self.fake.only_at:
            return self.send_raw(404, b"404 page not found", "text/plain")
        self.fake.asked.append(body)
        status, reply = self.fake.say(body)
        if isinstance(reply, bytes):
            return self.send_raw(status, reply, "text/html" if reply.startswith(b"<") else "text/event-stream")
        if body.get("stream") and status == 200 and not isinstance(reply, dict):
            return self.stream([reply[n : n + 7] for n in range(0, len(reply), 7)] if isinstance(reply, str) else reply)
        if isinstance(reply, str):
            reply = {"choices": [{"message": {"content": reply}, "finish_reason": "stop"}]}
        return self.send_raw(status, json.dumps(reply).encode(), "application/json")

    def send_raw(self, status: int, content: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def stream(self, pieces: Iterable[str]) -> None:
        """As OpenAI does: a role first, a delta for each piece, why it ended, what it cost, and that it is done."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        choices = [{"delta": {"role": "assistant", "content": ""}, "finish_reason": None}]
        self.event({"choices": choices})
        for piece in pieces:
            self.event({"choices": [{"delta": {"content": piece}, "finish_reason": None}]})
        self.event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
        self.event({"choices": [], "usage": {"total_tokens": 1}})
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, reply: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(reply).encode() + b"\n\n")
