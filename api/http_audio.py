"""Stored sound, photos and videos as an HTTP answer: Range, HEAD, ETag and download are right, wherever the file lies."""

from __future__ import annotations

import re

from fastapi import Request
from fastapi.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from integrations.storage import StorageError, attachment, media_type, storage

NEVER_CHANGES = {"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
ONE_RANGE = re.compile(r"bytes=(\d{1,15}-\d{0,15}|-\d{1,15})")


def stored_answer(
    request: Request, key: str | None, cache: str, download_name: str | None = None, *, may_leave: bool = True
) -> Response:
    """The file under a key; 404 where there is none, 503 while the storage is away.

    `may_leave`: whether browsers may be sent on to the storage itself, by a link that works for two hours. Our pages show
    pictures from here alone (img-src).
    """
    headers = {**NEVER_CHANGES, "Cache-Control": cache, "Accept-Ranges": "bytes"}
    if key is None:
        raise HTTPException(404, "There is no such file.")
    etag = f'"{key.rpartition("-")[2].rpartition(".")[0]}"'  # the name carries the content's hash
    headers["ETag"] = etag
    if etag in request.headers.get("if-none-match", "").split(", "):
        return Response(status_code=304, headers=headers)
    wanted, may_leave = request.headers.get("range", ""), may_leave and request.method == "GET"
    if wanted and not ONE_RANGE.fullmatch(wanted):  # several parts, or nonsense: the whole file, as HTTP allows
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"range"]
        wanted, may_leave = "", False
    try:
        path = storage().path(key)
        if path is not None:
            return FileResponse(path, media_type=media_type(key), headers=headers, filename=download_name)
        link = storage().link(key, download_name) if may_leave else None
        if link:
            return RedirectResponse(link, 302, {**NEVER_CHANGES, "Cache-Control": "private, max-age=1800"})
        return _stream(request, key, wanted, headers, download_name)
    except StorageError:
        raise HTTPException(503, "The file cannot be fetched right now.", {"Retry-After": "5"}) from None


def _stream(request: Request, key: str, wanted: str, headers: dict[str, str], download_name: str | None) -> Response:
    """From storage elsewhere, through us, where browsers cannot reach it or may not."""
    if "if-range" in request.headers and request.headers["if-range"] != headers["ETag"]:
        wanted = ""
    piece = storage().open(key, wanted)
    if piece is None:
        raise HTTPException(404, "There is no such file.")
    if download_name:
        headers["Content-Disposition"] = attachment(download_name)
    headers |= {**piece.headers, "ETag": headers["ETag"]}
    if request.method == "HEAD":
        return Response(status_code=piece.status, headers=headers, media_type=media_type(key))
    return StreamingResponse(piece.content, piece.status, headers, media_type(key))
