"""Our own scripts, styles and fonts: kept for a year by browsers, compressed once and as well as can be."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import anyio.to_thread
import brotli
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Scope

_TEXT = (".js", ".css", ".svg")
COMMENT_LINES = re.compile(rb"^[ \t]*//.*\n", re.MULTILINE)  # for those who read the source; none stands in a template


class Static(StaticFiles):
    """What is asked for with its hash, and fonts, named by their version, may be kept for a year; the rest is asked again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As Starlette's, plus the cache header, and Brotli at its best for text (pages have no time for that)."""
        response = await super().get_response(path, scope)
        if isinstance(response, FileResponse) and path.endswith(_TEXT) and _takes_brotli(scope):
            response = await _compressed(response)
        if path.endswith(".svg"):
            response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
        is_fixed = scope["query_string"].startswith(b"v=") or path.startswith("fonts/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_fixed else "no-cache"
        return response


def _takes_brotli(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return scope["method"] in ("GET", "HEAD") and "br" in headers.get("accept-encoding", "") and "range" not in headers


async def _compressed(response: FileResponse) -> Response:
    headers = {name: response.headers[name] for name in ("etag", "last-modified", "content-type")}
    headers |= {"content-encoding": "br", "vary": "Accept-Encoding"}
    return Response(await anyio.to_thread.run_sync(_brotli, str(response.path), headers["etag"]), headers=headers)


@lru_cache(maxsize=100)
def _brotli(path: str, etag: str) -> bytes:
    text = Path(path).read_bytes()
    if path.endswith(".js"):
        text = COMMENT_LINES.sub(b"", text)
    return bytes(brotli.compress(text, mode=brotli.MODE_TEXT, quality=11, lgwin=22))
