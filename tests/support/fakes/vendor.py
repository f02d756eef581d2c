"""A music vendor on loopback: remembers every task, counts every call, and does on demand all that real ones do wrong."""

from __future__ import annotations

import contextlib
import gzip
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from tests.support.fakes.dialects import DIALECTS
from tests.support.fakes.task import Task
from tests.support.fakes.tones import file_of


class FakeVendor:
    """`faults` are used up one a submit; `fates` one a task; then everything goes well."""

    def __init__(self, name: str, *, latency: float = 0.0, audio: str = "ok", callbacks: int = 0) -> None:
        self.name, self.latency, self.audio, self.callbacks = name, latency, audio, callbacks
        self.dialect = DIALECTS[name]
        self.tasks: dict[str, Task] = {}
        self.faults: list[str] = []
        self.read_faults: list[str] = []
        self.fates: list[str] = []
        self.link = ""  # what the newest links end in; older ones have run out
        self.always = ""  # a fault of every submit
        self.submits = self.reads = self.files = 0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.receipts_released = threading.Event()  # until it is set, an "accept_and_wait" keeps its receipt back

    def __enter__(self) -> FakeVendor:
        fake = self
        self.file()  # made once, before anybody waits for it

        class Handler(_Handler):
            vendor = fake

        ThreadingHTTPServer.request_queue_size = 256
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.receipts_released.set()
        self.server.shutdown()
        self.server.server_close()

    def environment(self, name: str = "") -> dict[str, str]:
        """What a stack needs to work with this one."""
        name = (name or self.name.replace("kie", "suno")).upper()
        more = {"SUNO_DIALECT": "kie"} if self.name == "kie" else {}
        return {f"{name}_API_KEY": "key-of-the-test", f"{name}_BASE_URL": self.url, "MUSIC_ALLOW_PRIVATE_HOSTS": "1", **more}

    def file(self) -> bytes:
        """The audio of any clip."""
        return file_of(self.audio)

    def file_url(self, task: Task, index: int) -> str:
        """Where a clip's file is."""
        return f"{self.url}/files/{task.id}/{index}.mp3{self.link}"

    def accept(self, body: dict[str, Any]) -> Task:
        """A task starts."""
        with self.lock:
            fate = self.fates.pop(0) if self.fates else "ok"
            n = self.dialect.clips or int(body.get("n") or body.get("batch_size") or 1)
            task = Task(self, "t" + secrets.token_hex(8), body, n, fate)
            self.tasks[task.id] = task
        url = self.dialect.callback_url(body)
        if self.callbacks and url:
            threading.Thread(target=self._call_back, args=(task, url), daemon=True).start()
        return task

    def _call_back(self, task: Task, url: str) -> None:
        """As MusicGPT does: several times, all at once, saying little."""
        if self.closing.wait(self.latency + 0.02) or task.fate == "never":
            return
        body = {"task_id": task.id, "status": None, "data": {"task_id": task.id}}

        def post() -> None:
            with contextlib.suppress(requests.RequestException):
                requests.post(url, json=body, timeout=30)

        threads = [threading.Thread(target=post, daemon=True) for _ in range(self.callbacks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    vendor: FakeVendor
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or -1)  # -1: the head was cut already
        content = self.rfile.read(max(length, 0))
        if len(content) != length:  # cut on its way: nobody takes half of a request
            self.close_connection = True
            return
        self._serve(json.loads(content or b"{}"))

    def _serve(self, body: Any) -> None:
        fake = self.vendor
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        if parts.path.startswith("/files/") or parts.path == "/v1/audio":
            fake.files += 1
            self._file()
        elif body is not None and parts.path in fake.dialect.submits:
            with fake.lock:
                fake.submits += 1
                fault = fake.always or (fake.faults.pop(0) if fake.faults else "")
            self._submit(fault, body)
        else:
            with fake.lock:
                fake.reads += 1
                fault = fake.read_faults.pop(0) if fake.read_faults else ""
            if not self._fault(fault):
                self._answer(*fake.dialect.read(fake, parts.path, query, body))

    def _submit(self, fault: str, body: dict[str, Any]) -> None:
        if fault == "accept_then_close":  # billed, and the receipt is lost
            self.vendor.accept(body)
            self.close_connection = True
            return
        if fault == "accept_and_wait":
            task = self.vendor.accept(body)
            self.vendor.receipts_released.wait(60)
            self._answer(*self.vendor.dialect.receipt(task))
        elif fault == "moderation":
            self._answer(*self.vendor.dialect.moderated)
        elif fault in self.vendor.dialect.refused:
            self._answer(*self.vendor.dialect.refused[fault])
        elif not self._fault(fault):
            self._answer(*self.vendor.dialect.receipt(self.vendor.accept(body)))

    def _fault(self, fault: str) -> bool:
        match fault:
            case "":
                return False
            case "429":
                self._answer(429, {"detail": "slow down"}, **{"Retry-After": "1"})
            case "rate":
                self._answer(*self.vendor.dialect.rate_limited)
            case "500":
                self._answer(500, {"detail": "try again"})
            case "502":
                self._answer(502, b"<html>bad gateway</html>")
            case "html":
                self._answer(200, b"<!doctype html><html>hello</html>", **{"Content-Type": "text/html"})
            case "empty":
                self._answer(200, b"")
            case "deep":
                self._answer(200, b'{"a":' * 50_000 + b"1" + b"}" * 50_000)
            case "wrong_json":
                self._answer(200, b'["surprise"]')
            case "redirect":
                self._answer(307, b"", Location=self.vendor.url + self.path)
            case "hang":
                self.vendor.closing.wait(60)
                self.close_connection = True
            case "drip":
                self._drip()
            case "close":
                self.close_connection = True
            case _:
                raise AssertionError(f"no fault {fault}")
        return True

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            while not self.vendor.closing.wait(0.2):
                self.wfile.write(b" ")
        except OSError:
            pass
        self.close_connection = True

    def _file(self) -> None:
        mode = self.vendor.audio
        if self.vendor.link and not self.path.endswith(self.vendor.link):
            self._answer(403, b"<Error>Request has expired</Error>")
        elif mode == "gzip":
            self._answer(200, gzip.compress(self.vendor.file(), 0), **{"Content-Encoding": "gzip"})
        elif mode.startswith("bytes "):
            self._answer(206, self.vendor.file(), **{"Content-Range": mode.format(len(self.vendor.file()))})
        elif mode == "404":
            self._answer(404, b"gone")
        elif mode == "500":
            self._answer(500, b"later")
        elif mode == "huge":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(200):
                    self.wfile.write(b"\xff\xfb\x90\x64" + b"\0" * 1_000_000)
            except OSError:
                pass
            self.close_connection = True
        elif mode.startswith("redirect:"):
            self._answer(302, b"", Location=mode.removeprefix("redirect:"))
        else:
            self._answer(200, self.vendor.file(), **{"Content-Type": "audio/mpeg"})

    def _answer(self, status: int, body: Any, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = 'multipart/mixed; boundary="frontier"' if content.startswith(b"--frontier") else "application/json"
        try:
            self.send_response(status)
            for name, value in {"Content-Type": kind, **headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            pass  # whoever asked did not wait
