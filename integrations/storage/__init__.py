"""Storage: where audio lives. Keys are ours ('task_.../master-<sha>.mp3'); `settings.storage_url` picks the place."""

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
FOLDER = re.compile(r"[A-Za-z0-9_]+")


def attachment(name: str) -> str:
    """The Content-Disposition of a download."""
    plain = re.sub(r'[^ -~]|["\\]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def browsers_may_fetch(url: str) -> bool:
    """Whether browsers reach the bucket. Amazon's they do; another endpoint may be a private one, and says `direct=yes`."""
    options = parse_qs(urlsplit(url).query)
    return options.get("direct", ["no" if "endpoint" in options else "yes"])[0] == "yes"


def unencrypted_origin() -> str:
    """Where browsers fetch sound over plain HTTP (a bucket on a laptop), for the Content-Security-Policy; else nothing."""
    url = settings.storage_url
    endpoint = urlsplit(parse_qs(urlsplit(url).query).get("endpoint", [""])[0])
    plain = url.startswith("s3:") and endpoint.scheme == "http" and browsers_may_fetch(url)
    return f"http://{endpoint.netloc}" if plain else ""


class StorageError(Exception):
    """The place did not take or give the file."""


@dataclass(frozen=True)
class Piece:
    """A file or a part of it, on its way. `status` is 200, 206 or 416."""

    status: int
    headers: Mapping[str, str]
    content: Iterator[bytes]


class Storage(Protocol):
    """What jobs and routes ask of the place."""

    def put(self, key: str, content: bytes) -> None:
        """Store under this key; the file appears whole or not at all. The same key twice is harmless."""
        ...

    def get(self, key: str) -> bytes:
        """The whole file. Raises StorageError."""
        ...

    def path(self, key: str) -> Path | None:
        """The file on this machine, or None where there is none (always, when it lies elsewhere)."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes of the file, or None where there is none. Raises StorageError while nobody can say."""
        ...

    def open(self, key: str, wanted: str = "") -> Piece | None:
        """The file, or the part that a Range header `wanted`; None where there is none. For places that are elsewhere."""
        ...

    def link(self, key: str, download_name: str | None = None) -> str | None:
        """An address at the place itself that gives the file for two hours; None where only we can serve it."""
        ...

    def remove(self, folder: str) -> None:
        """Remove everything under `folder` (the part of a key before the slash). Twice is harmless."""
        ...

    def folders(self) -> Iterator[tuple[str, float]]:
        """Every folder there is, with its age in seconds: for finding files that no row owns."""
        ...


@cache
def storage() -> Storage:
    """The place that settings name: `file:/path` or `s3://bucket/prefix?endpoint=https://...&region=...&direct=yes`."""
    from integrations.storage.folder import Folder

    scheme, _, rest = settings.storage_url.partition(":")
    if scheme == "s3":
        from integrations.storage.s3 import Bucket

        return Bucket(settings.storage_url)
    if scheme != "file":
        raise StorageError(f"STORAGE_URL has the scheme {scheme!r}; it must be 'file:' or 's3:'")
    return Folder(Path(rest.removeprefix("//")).absolute())
