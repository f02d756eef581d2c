"""The JSON of forms and tasks, as the contract spells it: camelCase, in the order of the views, times in ISO 8601."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from pydantic.alias_generators import to_camel

from customer_texts import failed_recording, title_of
from jobs.views.form_types import CellView, FormView, SongView, TaskView

NOT_SHOWN = ("sections", "timed_lyrics", "untitled_for", "error_code")  # for players; and what is said in words instead
TIMES = ("paidAt", "submittedAt", "createdAt", "mailAskedAt", "updatedAt", "expiresAt")


class _Names:
    """What of a view is shown, and under which names: looked up once, because a form is read at every turn."""

    def __init__(self, view: type[Any]) -> None:
        names = [field.name for field in fields(view) if field.name not in NOT_SHOWN]
        self.shown = tuple(map(to_camel, names))
        self.values = attrgetter(*names)

    def of(self, view: Any) -> dict[str, Any]:
        return dict(zip(self.shown, self.values(view), strict=False))


_form, _song, _cell = _Names(FormView), _Names(SongView), _Names(CellView)


def as_json(form: FormView) -> dict[str, Any]:
    """The `form` of every answer."""
    told = _form.of(form)
    for name in TIMES:
        told[name] = moment(told[name])
    told["songs"] = [_song_json(song) for song in form.songs]
    return told


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if value is None else value.isoformat(timespec="milliseconds") + "Z"


def _song_json(song: SongView) -> dict[str, Any]:
    told = _song.of(song)
    told["variations"] = [_cell_json(cell) for cell in song.variations]
    told["earlier"] = [_cell_json(cell) for cell in song.earlier]
    return told


def _cell_json(cell: CellView) -> dict[str, Any]:
    told = _cell.of(cell)
    if cell.untitled_for is not None:
        told["title"] = title_of(cell)
    told["error"] = None if cell.error_code is None else _error(cell)
    return told


def _error(cell: CellView) -> dict[str, str] | None:
    if cell.error_code is None:
        return None
    return {"code": cell.error_code, "message": failed_recording(cell.error_code)}


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
