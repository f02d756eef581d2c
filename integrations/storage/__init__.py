"""Storage of recordings, photos and videos. Keys are ours ('task_.../master-<sha>.mp3'); `settings.storage_url` selects it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, quote, urlsplit

from settings import settings

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


def unencrypted_origin() -> str:
    """The origin of audio over plain HTTP (a bucket on a laptop), for the Content-Security-Policy; otherwise ''."""
    url = settings.storage_url
    endpoint = urlsplit(parse_qs(urlsplit(url).query).get("endpoint", [""])[0])
    plain = url.startswith("s3:") and endpoint.scheme == "http" and browsers_may_fetch(url)
    return f"http://{endpoint.netloc}" if plain else ""


class StorageError(Exception):
    """The storage could not store or return the file."""


@dataclass(frozen=True)
class Piece:
    """A file or a part of it, as a stream. `status` is 200, 206 or 416."""

    status: int
    headers: Mapping[str, str]
    content: Iterator[bytes]


class Storage(Protocol):
    """What jobs and routes need of a storage."""

    def put(self, key: str, content: bytes) -> None:
        """Store under this key, atomically. The same key twice is harmless."""
        ...

    def get(self, key: str) -> bytes:
        """The whole file. Raises StorageError."""
        ...

    def path(self, key: str) -> Path | None:
        """The file on this machine, or None where there is none (always None for a remote storage)."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes of the file, or None where there is none. Raises StorageError while that is unknown."""
        ...

    def open(self, key: str, wanted: str = "") -> Piece | None:
        """The file, or the part that a Range header `wanted`; None where there is none. For remote storages."""
        ...

    def link(self, key: str, download_name: str | None = None) -> str | None:
        """A URL of the storage itself, valid for two hours; None where only we can serve the file."""
        ...

    def remove(self, folder: str) -> None:
        """Remove everything under `folder` (the part of a key before the slash). Twice is harmless."""
        ...

    def folders(self) -> Iterator[tuple[str, float]]:
        """Every folder with its age in seconds, for finding files without a row."""
        ...


@cache
def storage() -> Storage:
    """The storage that settings name: `file:/path` or `s3://bucket/prefix?endpoint=https://...&region=...&direct=yes`."""
    from integrations.storage.folder import Folder

    scheme, _, rest = settings.storage_url.partition(":")
    if scheme == "s3":
        from integrations.storage.s3 import Bucket

        return Bucket(settings.storage_url)
    if scheme != "file":
        raise StorageError(f"STORAGE_URL has the scheme {scheme!r}; it must be 'file:' or 's3:'")
    return Folder(Path(rest.removeprefix("//")).absolute())
