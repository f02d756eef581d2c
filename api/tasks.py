"""POST /api/generate and GET /api/status/{taskId}: start variations, see where each is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import Field

from api.answers import Json, errors, in_thread
from api.callers import Trusted
from api.shapes import FormId, Started, Strict, TaskStatus
from jobs.composing import begin_variations, one_more
from jobs.reading import read_task
from models import ComposeForm, NotFoundError

router = APIRouter(tags=["variations"])


class Generate(Strict):
    """Without songIndex all variations that are missing are started; twice is harmless."""

    form_id: FormId
    song_index: Annotated[int, Field(ge=0, le=4)] | None = None
    variation: Annotated[int, Field(ge=1, le=3)] | None = None
    one_more: bool = False  # of one ready cell (songIndex and variation): make another version, keep the old one
    preview_mode: Annotated[
        bool, Field(alias="preview_mode", description="Before payment only previews exist, whatever is sent here")
    ] = True


@router.post(
    "/generate",
    status_code=202,
    response_model=None,
    responses={
        202: {"model": Started, "description": "Started, or started before"},
        **errors(400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 503),
    },
)
async def generate(body: Generate, trusted: Trusted) -> JSONResponse:
    """Answer with the task ids at once; the work follows in jobs."""
    return Json(await in_thread(_generate, body), status_code=202)


def _generate(body: Generate) -> dict[str, Any]:
    if body.one_more and body.song_index is not None and body.variation is not None:
        rows = [one_more(body.form_id, body.song_index, body.variation)]
    else:
        rows = begin_variations(body.form_id, body.song_index, body.variation)
    wanted = [row for row in rows if body.song_index in (None, row.song_index) and body.variation in (None, row.variation)]
    return {
        "success": True,
        "variationTaskIds": ComposeForm.find(body.form_id).variation_task_ids,
        "tasks": [
            {"taskId": row.id, "songIndex": row.song_index, "variation": row.variation, "status": row.status} for row in wanted
        ],
    }


@router.get(
    "/status/{taskId}",
    response_model=None,
    responses={200: {"model": TaskStatus, "description": "Where it is"}, **errors(401, 404, 410, 422, 429, 503)},
)
async def status(task_id: Annotated[str, Path(alias="taskId", max_length=90)], trusted: Trusted) -> JSONResponse:
    """Where one variation is."""
    task = await in_thread(read_task, task_id) if task_id.isascii() and "\0" not in task_id else None
    if task is None:
        raise NotFoundError("no such task")
    return Json({"success": True, **task}, headers={"Cache-Control": "no-store"})
