"""Audio: previews for whoever holds the task id, masters only by signed URL. Range, HEAD, ETag and download are right."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from integrations.storage import StorageError, storage
from integrations.storage.signing import is_signed
from models import Variation, in_database

router = APIRouter()
NEVER_CHANGES = {"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
ONE_RANGE = re.compile(r"bytes=(\d{1,15}-\d{0,15}|-\d{1,15})")


@router.api_route("/media/preview/{task_id}.mp3", methods=["GET", "HEAD"], include_in_schema=False)
def preview(task_id: str, request: Request) -> Response:
    """The first 45 seconds, a separate file that really ends there."""
    row = in_database(_ready, task_id)
    return _file(request, row.preview_key, "public, max-age=86400", None)


@router.api_route("/media/master/{task_id}.mp3", methods=["GET", "HEAD"], include_in_schema=False)
def master(task_id: str, request: Request, expires: str = "", signature: str = "", download: str = "") -> Response:
    """The whole song, for whoever holds a signature of ours."""
    if not is_signed(f"/media/master/{task_id}.mp3", expires, signature):
        raise HTTPException(403, "This link is not valid, or not any more.")
    row = in_database(_ready, task_id)
    name = f"{row.title or 'song'}.mp3" if download else None
    return _file(request, row.master_key, "private, max-age=3600", name)


def _ready(task_id: str) -> Variation:
    known = task_id.isascii() and "\0" not in task_id
    row = Variation.select().where(Variation.id == task_id, Variation.status == "ready").first() if known else None
    if row is None:
        raise HTTPException(404, "There is no such song.")
    return row  # type: ignore[no-any-return]


def _file(request: Request, key: str | None, cache: str, download_name: str | None) -> Response:
    headers = {**NEVER_CHANGES, "Cache-Control": cache, "Accept-Ranges": "bytes"}
    if key is None:
        raise HTTPException(404, "There is no such song.")
    etag = f'"{key.rpartition("-")[2].removesuffix(".mp3")}"'  # the name carries the content's hash
    headers["ETag"] = etag
    if etag in request.headers.get("if-none-match", "").split(", "):
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range", "")
    if wanted and not ONE_RANGE.fullmatch(wanted):  # several parts, or nonsense: the whole file, as HTTP allows
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"range"]
        wanted = ""
    try:
        path = storage().path(key)
        if path is not None:
            return FileResponse(path, media_type="audio/mpeg", headers=headers, filename=download_name)
        return _stream(request, key, wanted, headers, download_name)
    except StorageError:
        raise HTTPException(503, "The song cannot be fetched right now.", {"Retry-After": "5"}) from None


def _stream(request: Request, key: str, wanted: str, headers: dict[str, str], download_name: str | None) -> Response:
    """From storage elsewhere, through us: the bucket stays private, and in-app browsers see one origin."""
    if "if-range" in request.headers and request.headers["if-range"] != headers["ETag"]:
        wanted = ""
    piece = storage().open(key, wanted)
    if piece is None:
        raise HTTPException(404, "There is no such song.")
    if download_name:
        plain = re.sub(r'[^ -~]|["\\]', "_", download_name)
        headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(download_name)}"
    headers |= {**piece.headers, "ETag": headers["ETag"]}
    if request.method == "HEAD":
        return Response(status_code=piece.status, headers=headers, media_type="audio/mpeg")
    return StreamingResponse(piece.content, piece.status, headers, "audio/mpeg")
