"""Videos of gifts: their rows and files, and a film that is none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.pictures.decoding import decoded
from integrations.storage import storage
from integrations.video import NotWantedError
from jobs.gifts import photos, video_making
from models import Video, database, in_database, now

FILM = b"\0\0\0\x18ftypisom" + bytes(range(256)) * 8


def film_nothing(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """No film is made: whatever would be in it is noted in the list that is returned."""
    scripts: list[Any] = []

    def film(script: Any, song: bytes, pictures: list[bytes], said: Any) -> bytes:
        scripts.append(script)
        if not said(50):
            raise NotWantedError
        return FILM + str(len(scripts)).encode()

    monkeypatch.setattr(video_making, "film_apart", film)
    monkeypatch.setattr(photos, "decode_apart", decoded)
    return scripts


def rows(form_id: str) -> list[Video]:
    return in_database(lambda: list(Video.select().where(Video.form == form_id)))


def files_of(row_id: str) -> list[str]:
    folder = Path(storage().root) / row_id  # type: ignore[attr-defined] # a folder here
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def lease_ends(row_id: str) -> None:
    with database.connection_context():
        Video.update(lease_until=now() - timedelta(seconds=1)).where(Video.id == row_id).execute()
