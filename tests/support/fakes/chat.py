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
    """`say` gets the request's body and answers (status, the message's text, its pieces, or a whole body)."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.asked: list[dict[str, Any]] = []
        self.closing = threading.Event()

    def __enter__(self) -> FakeChat:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Quiet."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.asked.append(body)
                status, reply = fake.say(body)
                if body.get("stream") and status == 200 and not isinstance(reply, dict):
                    return self.stream([reply[n : n + 7] for n in range(0, len(reply), 7)] if isinstance(reply, str) else reply)
                if isinstance(reply, str):
                    reply = {"choices": [{"message": {"content": reply}, "finish_reason": "stop"}]}
                content = json.dumps(reply).encode()
                self.send_response(status)
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

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
