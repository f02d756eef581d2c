"""A server on loopback that answers as a test wants, and what the doctor must say of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from jobs.monitoring.check_results import CheckResult, CheckVerdict

SECRET = "s3cr3t-that-nobody-shall-read"
Answering = Callable[[str, str], tuple[int, Any]]


@contextmanager
def answering(answer: Answering) -> Iterator[str]:
    """A server that answers (method, path) with (status, JSON or bytes); its address."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answer(self.command, self.path)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def always(status: int, body: Any = None) -> Answering:
    return lambda method, path: (status, {} if body is None else body)


def assert_says(result: CheckResult, verdict: CheckVerdict, *words: str) -> None:
    whole = f"{result.found} {result.to_do}"
    assert result.verdict == verdict, whole
    assert [word for word in words if word not in whole] == [], whole
    assert SECRET not in whole
    assert bool(result.to_do) == (verdict != CheckVerdict.OK), "whatever is wrong comes with what to do"
