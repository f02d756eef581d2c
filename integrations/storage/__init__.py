"""Storage: where audio lives. Keys are ours ('task_.../master-<sha>.mp3'); `settings.storage_url` picks the place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

from settings import settings

KEY = re.compile(r"[A-Za-z0-9_]+/[A-Za-z0-9_.-]+")


class StorageError(Exception):
    """The place did not take or give the file."""


class Storage(Protocol):
    """What jobs and routes ask of the place."""

    def put(self, key: str, content: bytes) -> None:
        """Store under this key; the file appears whole or not at all. The same key twice is harmless."""
        ...

    def path(self, key: str) -> Path | None:
        """The file on this machine, or None where there is none."""
        ...

    def remove(self, folder: str) -> None:
        """Remove everything under `folder` (the part of a key before the slash). Twice is harmless."""
        ...

    def folders(self) -> Iterator[tuple[str, float]]:
        """Every folder there is, with its age in seconds: for finding files that no row owns."""
        ...


@cache
def storage() -> Storage:
    """The place that settings name. S3 is not built yet; an unknown scheme refuses to start."""
    from integrations.storage.folder import Folder

    scheme, _, rest = settings.storage_url.partition(":")
    if scheme != "file":
        raise StorageError(f"STORAGE_URL has the scheme {scheme!r}; 'file:' is what this version knows")
    return Folder(Path(rest.removeprefix("//")).absolute())
