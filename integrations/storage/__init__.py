"""Storage of recordings, photos and videos. Keys are ours ('task_.../master-<sha>.mp3'); `settings.storage_url` selects it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from integrations.storage.files import Piece, StorageError, attachment, browsers_may_fetch, media_type
from settings import settings

__all__ = [
    "Storage",
    "StorageError",
    "attachment",
    "browsers_may_fetch",
    "media_type",
    "storage",
    "unencrypted_origin",
]


def unencrypted_origin() -> str:
    """The origin of audio over plain HTTP (a bucket on a laptop), for the Content-Security-Policy; otherwise ''."""
    url = settings.storage_url
    endpoint = urlsplit(parse_qs(urlsplit(url).query).get("endpoint", [""])[0])
    plain = url.startswith("s3:") and endpoint.scheme == "http" and browsers_may_fetch(url)
    return f"http://{endpoint.netloc}" if plain else ""


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
