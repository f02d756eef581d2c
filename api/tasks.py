"""POST /api/generate and GET /api/status/{taskId}: start variations, see where each is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from api.answer_shapes import Started, TaskStatus
from api.answers import Json, errors
from api.callers import Trusted
from api.form_json import task_json
from api.mistakes import wrong
from api.request_shapes import FormId, Strict
from api.threads import in_thread
from i18n import _
from jobs.generation.revisions import change_lyrics, check_lyrics, one_more
from jobs.generation.variations import begin_variations
from jobs.payments.checkout import apart, without_open_session
from jobs.views.form_view import read_task
from models import ComposeForm, NotFoundError, Variation

router = APIRouter(tags=["variations"])


class Generate(Strict):
    """Without songIndex all variations that are missing are started; twice is harmless."""

    form_id: FormId
    song_index: Annotated[int, Field(ge=0, le=4, strict=True)] | None = None
    variation: Annotated[int, Field(ge=1, le=3, strict=True)] | None = None
    one_more: Annotated[
        bool, Field(description="Of one ready variation (songIndex and variation): one more in its place, the old one is kept")
    ] = False
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
async def generate(body: Generate, trusted: Trusted, request: Request) -> JSONResponse:
    """Start what is missing, or one failed variation anew, and answer with the task ids at once; the work follows in jobs."""
    if body.one_more:
        if body.song_index is None or body.variation is None:
            missing = "songIndex" if body.song_index is None else "variation"
            raise wrong(missing, _("This is missing."))
        rows = [await apart(without_open_session, one_more, body.form_id, body.song_index, body.variation)]
    else:
        rows = await in_thread(request, begin_variations, body.form_id, body.song_index, body.variation)
    wanted = [row for row in rows if body.song_index in (None, row.song_index) and body.variation in (None, row.variation)]
    return await in_thread(request, _started, body.form_id, wanted)


class Revision(Strict):
    """New lyrics for one song."""

    form_id: FormId
    song_index: Annotated[int, Field(ge=0, le=4, strict=True)]
    title: Annotated[str, Field(max_length=5000, examples=["Last train home"])]
    lyrics: Annotated[str, Field(max_length=50_000, examples=["[Verse]\nWe missed the last train and walked home singing"])]


@router.post(
    "/compose/revisions",
    status_code=202,
    response_model=None,
    responses={
        202: {"model": Started, "description": "Three new variations of this song; the same lyrics again start nothing"},
        **errors(400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 503),
    },
)
async def revise(body: Revision, trusted: Trusted, request: Request) -> JSONResponse:
    """Sing new lyrics. Present versions stay (`earlier`), the song's choice is removed, an open payment page closes."""
    checked = check_lyrics(body.title, body.lyrics)  # before a payment page is closed for it
    rows = await apart(without_open_session, change_lyrics, body.form_id, body.song_index, *checked)
    return await in_thread(request, _started, body.form_id, rows)


def _started(form_id: str, rows: list[Variation]) -> JSONResponse:
    tasks = [{"taskId": row.id, "songIndex": row.song_index, "variation": row.variation, "status": row.status} for row in rows]
    task_ids = ComposeForm.find(form_id).variation_task_ids
    return Json({"success": True, "variationTaskIds": task_ids, "tasks": tasks}, status_code=202)


@router.get(
    "/status/{taskId}",
    response_model=None,
    responses={200: {"model": TaskStatus, "description": "Where it is"}, **errors(401, 404, 410, 422, 429, 503)},
)
async def status(
    task_id: Annotated[str, Path(alias="taskId", max_length=90)], trusted: Trusted, request: Request
) -> JSONResponse:
    """Where one variation is."""
    task = await in_thread(request, read_task, task_id, trusted) if task_id.isascii() and "\0" not in task_id else None
    if task is None:
        raise NotFoundError("no such task")
    return Json({"success": True, **task_json(task)}, headers={"Cache-Control": "no-store"})
