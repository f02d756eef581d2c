"""The JSON of forms and tasks, as the contract spells it: camelCase, in the order of the views, times in ISO 8601."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from pydantic.alias_generators import to_camel

from customer_texts import failed_recording, title_of
from jobs.views.extras_view import ExtrasView, KeptView, OfferView
from jobs.views.form_types import CellView, FormView, LyricDraftView, SongView, TaskView

LEFT_OUT = (  # for players and pages; or made into another
    "sections", "timed_lyrics", "sound_check", "untitled_for", "error_code", "read_at", "asked_lyrics", "asked_title",
    "asked_by", "asked_at", "revised_from", "keeps_tune", "cells", "is_being_stored",
)  # fmt: skip
_TIMES = ("paidAt", "submittedAt", "createdAt", "mailAskedAt", "updatedAt", "expiresAt")


class _Names:
    """The fields of a view in the JSON, and their names there: looked up once, because forms are read so often."""

    def __init__(self, view: type[Any]) -> None:
        names = [field.name for field in fields(view) if field.name not in LEFT_OUT]
        self.names = tuple(map(to_camel, names))
        self.values = attrgetter(*names)

    def of(self, view: Any) -> dict[str, Any]:
        return dict(zip(self.names, self.values(view), strict=False))


_form, _song, _cell, _draft = _Names(FormView), _Names(SongView), _Names(CellView), _Names(LyricDraftView)
_offer, _kept = _Names(OfferView), _Names(KeptView)


def as_json(form: FormView) -> dict[str, Any]:
    """The `form` of every answer."""
    values = _form.of(form)
    for name in _TIMES:
        values[name] = moment(values[name])
    values["songs"] = [_song_json(song) for song in form.songs]
    return values


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if value is None else value.isoformat(timespec="milliseconds") + "Z"


def _song_json(song: SongView) -> dict[str, Any]:
    values = _song.of(song)
    values["variations"] = [_cell_json(cell) for cell in song.variations]
    if song.lyric_draft is not None:
        values["lyricDraft"] = _draft.of(song.lyric_draft)
    values["earlier"] = [_cell_json(cell) for cell in song.earlier]
    return values


def _cell_json(cell: CellView) -> dict[str, Any]:
    values = _cell.of(cell)
    if cell.untitled_for is not None:
        values["title"] = title_of(cell)
    if cell.is_being_stored:
        values["stage"] = "finishing"  # the contract has one word for the provider's work and for ours (docs/decisions/0044)
    values["error"] = None if cell.error_code is None else _error(cell)
    return values


def _error(cell: CellView) -> dict[str, str] | None:
    if cell.error_code is None:
        return None
    return {"code": cell.error_code, "message": failed_recording(cell.error_code)}


def extras_json(extras: ExtrasView) -> dict[str, Any]:
    """The answer of GET /api/compose/extras."""
    offers = [{**_offer.of(one), "until": moment(one.until)} for one in extras.offers]
    return {"offers": offers, "kept": [_kept_json(one) for one in extras.kept]}


def _kept_json(one: KeptView) -> dict[str, Any]:
    recordings = [
        {
            "taskId": cell.task_id,
            "variation": cell.variation,
            "title": title_of(cell),
            "audioUrl": cell.audio_url,
            "downloadUrl": cell.download_url,
            "durationMs": cell.duration_ms,
        }
        for cell in one.cells
    ]
    return {**_kept.of(one), "recordings": recordings}


def task_json(task: TaskView) -> dict[str, Any]:
    """The answer of GET /api/status/{taskId}."""
    cell = task.cell
    return {
        "taskId": cell.task_id,
        "formId": task.form_id,
        "songIndex": task.song_index,
        "audioUrl": task.audio_url,
        "variation": cell.variation,
        "status": cell.status,
        "progress": cell.progress,
        "etaSeconds": cell.eta_seconds,
        "title": title_of(cell),
        "lyrics": cell.lyrics,
        "error": _error(cell),
    }
