"""Storage in a local folder: temp file, fsync, rename."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from integrations.storage.files import FOLDER_NAME, KEY, Piece, StorageError


class Folder:
    """Keys are paths below `root`; anything that does not match the form of our keys is refused."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: bytes) -> None:
        """Write to a temporary file and rename it: a reader never sees a partial file."""
        target = self._place(key)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.chmod(name, 0o640)
                os.replace(name, target)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StorageError(f"could not write {key}: {error.strerror}") from error

    def get(self, key: str) -> bytes:
        """Read the whole file."""
        try:
            return self._place(key).read_bytes()
        except OSError as error:
            raise StorageError(f"could not read {key}: {error.strerror}") from error

    def size(self, key: str) -> int | None:
        """Its size on disk."""
        path = self.path(key)
        return path.stat().st_size if path else None

    def open(self, key: str, wanted: str = "") -> Piece | None:
        """Not needed: the file is on this machine."""
        return None

    def link(self, key: str, download_name: str | None = None) -> str | None:
        """None: only we can serve it."""
        return None

    def path(self, key: str) -> Path | None:
        """The file, or None where it is missing."""
        place = self._place(key)
        return place if place.is_file() else None

    def remove(self, folder: str) -> None:
        """The files and the folder itself."""
        if not FOLDER_NAME.fullmatch(folder):
            raise StorageError(f"not a storage folder: {folder[:40]!r}")
        try:
            shutil.rmtree(self.root / folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageError(f"could not remove {folder}: {error.strerror}") from error

    def folders(self) -> Iterator[tuple[str, float]]:
        """Every folder below the root."""
        if not self.root.is_dir():
            return
        for entry in os.scandir(self.root):
            if entry.is_dir(follow_symlinks=False) and FOLDER_NAME.fullmatch(entry.name):
                yield entry.name, time.time() - entry.stat().st_mtime

    def _place(self, key: str) -> Path:
        if not KEY.fullmatch(key) or ".." in key:
            raise StorageError(f"not a storage key: {key[:40]!r}")
        return self.root / key
