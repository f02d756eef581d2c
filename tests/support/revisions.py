"""What tests of new lyrics share: lyrics, versions that are made at once, how a form reads."""

from __future__ import annotations

import secrets
from typing import Any

from integrations.music import Clip
from jobs.generation.collecting import _publish
from jobs.generation.mastering import LevelledAudio, store
from jobs.generation.revisions import change_lyrics
from jobs.generation.selection import choose_task
from jobs.generation.submitting import request_for
from jobs.views.form_types import FormView
from jobs.views.form_view import read_form
from models import UNFINISHED, Variation, in_database, move

NEW = "[Verse]\nWe missed the last train and walked home singing\n\n[Chorus]\nMia, Mia, louder than the rain"


def rows(form_id: str, **where: Any) -> list[Variation]:
    query = (
        Variation.select()
        .where(Variation.form == form_id)
        .order_by(Variation.song_index, Variation.revision, Variation.variation, Variation.take)
    )
    for name, value in where.items():
        query = query.where(getattr(Variation, name) == value)
    return in_database(lambda: list(query))


def make(form_id: str, *places: int) -> None:
    """Finish what is being made, as a worker would: all of it, or these places."""
    recording = LevelledAudio(
        master=secrets.token_bytes(64), preview=b"p", duration_ms=60_000, preview_ms=45_000, loudness_lufs=-16.0,
        master_peaks=[1], preview_peaks=[1],
    )  # fmt: skip
    for row in rows(form_id):
        if row.status not in UNFINISHED or (places and row.variation not in places):
            continue
        in_database(_make_one, row, recording)


def _make_one(row: Variation, recording: LevelledAudio) -> None:
    request = request_for(row)
    if row.status == "queued":
        move(row, "submitted", by="test")
    Variation.update(title=request.title, lyrics=request.lyrics).where(Variation.id == row.id).execute()
    row = Variation.find(row.id)
    _publish(row, (Clip("", title=request.title), ()), recording, store(row.id, recording))


def revise(form_id: str, lyrics: str = NEW, song: int = 0, title: str = "Last train") -> list[Variation]:
    return in_database(change_lyrics, form_id, song, title, lyrics)


def seen(form_id: str) -> FormView:
    form = in_database(read_form, form_id)
    assert form is not None
    return form


def choose_now(form_id: str, task_id: str) -> None:
    in_database(choose_task, form_id, task_id)
