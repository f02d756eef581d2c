"""A stored file: what its key looks like, how a browser is told of it, and a part of it as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

KEY = re.compile(r"[A-Za-z0-9_]+/[A-Za-z0-9_.-]+")
FOLDER_NAME = re.compile(r"[A-Za-z0-9_]+")
_TYPES = {"mp3": "audio/mpeg", "jpg": "image/jpeg", "mp4": "video/mp4"}


def media_type(key: str) -> str:
    """What a stored file is, by the end of its key."""
    return _TYPES.get(key.rpartition(".")[2], "application/octet-stream")


def attachment(name: str) -> str:
    """The Content-Disposition of a download."""
    plain = re.sub(r'[^ -~]|["\\]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def browsers_may_fetch(url: str) -> bool:
    """Whether browsers can fetch from the bucket: Amazon's yes; another endpoint may be private and must set `direct=yes`."""
    options = parse_qs(urlsplit(url).query)
    return options.get("direct", ["no" if "endpoint" in options else "yes"])[0] == "yes"


class StorageError(Exception):
    """The storage could not store or return the file."""


@dataclass(frozen=True)
class Piece:
    """A file or a part of it, as a stream. `status` is 200, 206 or 416."""

    status: int
    headers: Mapping[str, str]
    content: Iterator[bytes]
