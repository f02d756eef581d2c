"""POST /api/generate and GET /api/status/{taskId}: start variations, see where each is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from api.forms import FormId, Strict
from jobs.composing import begin_variations, find_form, one_more
from jobs.reading import read_task
from models import ComposeForm, NotFoundError, in_database

router = APIRouter(tags=["variations"])


class Generate(Strict):
    """Without songIndex all variations that are missing are started; twice is harmless."""

    form_id: FormId
    song_index: Annotated[int, Field(ge=0, le=4)] | None = None
    variation: Annotated[int, Field(ge=1, le=3)] | None = None
    one_more: bool = False  # of one ready cell (songIndex and variation): make another version, keep the old one
    preview_mode: Annotated[bool, Field(alias="preview_mode")] = True


@router.post("/generate", status_code=202)
def generate(body: Generate) -> dict[str, Any]:
    """Answer with the task ids at once; the work follows in jobs."""
    in_database(find_form, body.form_id)
    if body.one_more and body.song_index is not None and body.variation is not None:
        rows = [in_database(one_more, body.form_id, body.song_index, body.variation)]
    else:
        rows = in_database(begin_variations, body.form_id, body.song_index, body.variation)
    form = in_database(ComposeForm.find, body.form_id)
    wanted = [row for row in rows if body.song_index in (None, row.song_index) and body.variation in (None, row.variation)]
    return {
        "success": True,
        "variationTaskIds": form.variation_task_ids,
        "tasks": [
            {"taskId": row.id, "songIndex": row.song_index, "variation": row.variation, "status": row.status} for row in wanted
        ],
    }


@router.get("/status/{task_id}")
def status(task_id: Annotated[str, Path(max_length=90)]) -> dict[str, Any]:
    """Where one variation is."""
    task = in_database(read_task, task_id) if task_id.isascii() and "\0" not in task_id else None
    if task is None:
        raise NotFoundError("no such task")
    return {"success": True, **task}
