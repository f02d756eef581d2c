"""An S3-compatible store that has what such a store must have and nothing newer: objects in memory, strict about headers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


@dataclass
class PlainS3:
    """`many`: what a deletion of many gets: the error's code, or "" where it works. `stuck`: keys that are never deleted."""

    many: str = "NotImplemented"
    versions: bool = False
    stuck: set[str] = field(default_factory=set)
    objects: dict[str, bytes] = field(default_factory=dict)
    hidden: dict[str, bytes] = field(default_factory=dict)  # older versions, where they are kept
    refused: list[str] = field(default_factory=list)
    url: str = ""

    def delete(self, key: str, version: str) -> None:
        if key in self.stuck:
            return
        gone = self.hidden.pop(key, b"") if version == "older" else self.objects.pop(key, b"")
        if self.versions and not version and gone:
            self.hidden[key] = gone


@contextmanager
def plain_s3(own: PlainS3) -> Iterator[PlainS3]:
    """Serve it on loopback."""

    class Served(_Wire):
        store = own

    server = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    own.url = f"s3://songs/shop?endpoint=http://127.0.0.1:{server.server_port}"
    try:
        yield own
    finally:
        server.shutdown()
        server.server_close()


class _Wire(BaseHTTPRequestHandler):
    store: PlainS3
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: str | bytes = b"") -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"e"')
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    def error(self, status: int, code: str) -> None:
        self.answer(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>")

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        key, asked = unquote(parts.path).partition("/songs/")[2], parse_qs(parts.query, keep_blank_values=True)
        new = [name for name in self.headers if "checksum" in name.lower() or "trailer" in name.lower()]
        if self.command == "POST" and "delete" in asked:
            self.delete_many(body.decode())
        elif new:
            self.store.refused += new
            self.error(400, "InvalidArgument")
        elif self.command == "PUT":
            self.store.objects[key] = body
            self.answer(200)
        elif self.command == "DELETE":
            self.store.delete(key, asked.get("versionId", [""])[0])
            self.answer(204)
        elif key:
            self.answer(*((200, self.store.objects[key]) if key in self.store.objects else (404, "")))
        elif "versions" in asked and not self.store.versions:
            self.error(501, "NotImplemented")
        else:
            self.listed(asked["prefix"][0], "versions" in asked)

    def delete_many(self, body: str) -> None:
        if self.store.many:
            self.error(501 if self.store.many == "NotImplemented" else 400, self.store.many)
            return
        keys = [part.partition("</Key>")[0] for part in body.split("<Key>")[1:]]
        for key in keys:
            self.store.delete(key, "")
        left = "".join(f"<Error><Key>{key}</Key><Code>AccessDenied</Code></Error>" for key in keys if key in self.store.stuck)
        self.answer(200, f"<DeleteResult>{left}</DeleteResult>")

    def listed(self, prefix: str, versions: bool) -> None:
        kind = "Version" if versions else "Contents"
        shown = [("older", key) for key in self.store.hidden if versions] + [("latest", key) for key in self.store.objects]
        found = "".join(
            f"<{kind}><Key>{escape(key)}</Key>{f'<VersionId>{version}</VersionId>' if versions else ''}"
            f"<LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size></{kind}>"
            for version, key in shown
            if key.startswith(prefix)
        )
        name = "ListVersionsResult" if versions else "ListBucketResult"
        self.answer(200, f"<{name}><IsTruncated>false</IsTruncated>{found}</{name}>")

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any

    def log_message(self, *_: object) -> None:
        pass
