"""Polling: one read of a provider's open tasks, as many as are due, and every row moves to where its clip is."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from peewee import Case, Value

from integrations.music import Clip, MusicError, MusicProvider, Reason, State, TaskState
from jobs.generation.bonus_clips import keep_bonus
from jobs.generation.demo_pacing import held_back
from jobs.generation.eta import next_look
from jobs.generation.failures import any_waiting, fail_attempt
from jobs.generation.log_lines import log_about
from jobs.generation.providers import provider
from jobs.queue import asked_for_at_the_end, begun, enqueue, enqueue_once
from jobs.queue_names import COLLECT_READY, DEMO_PROVIDER, DISPATCH, URGENT, queue_for
from jobs.registry import job
from models import AT_PROVIDER, Variation, VariationStatus, VariationStep, move, move_steps, notify, now
from settings import settings

log = logging.getLogger("serenade.polling")
_AT_ONCE = 400  # rows in one read; the rest are due at the next tick
TOGETHER = timedelta(seconds=0.5)  # tasks that are due so soon are read in the same job
LAST_LOOK = timedelta(minutes=2)  # what is over its deadline is looked at once more; a look that fails is known by this mark


@job("poll_provider", queue=URGENT)
def poll_provider(name: str) -> None:
    """Job: ask a provider once about all its tasks that are due, and follow what it says."""
    begun(poll_provider, name)
    music = provider(name)
    rows = list(
        Variation.select()
        .where(
            Variation.provider == music.name,
            Variation.status.in_(AT_PROVIDER),
            Variation.provider_task_id.is_null(False),
            Variation.step == VariationStep.WAITING,
            Variation.next_poll_at <= now() + TOGETHER,
        )
        .order_by(Variation.next_poll_at)
        .limit(_AT_ONCE)
    )
    if not rows:
        return
    over = [row.id for row in rows if _is_over(row)]
    if over:
        Variation.update(next_poll_at=now() + LAST_LOOK).where(Variation.id.in_(over)).execute()
    tasks = list(dict.fromkeys(str(row.provider_task_id) for row in rows))
    try:
        states = music.statuses(tasks)
    except MusicError as error:
        log.warning("%s does not answer: %s (%s)", music.name, error.reason, error)
        states = {}
    if music.name == DEMO_PROVIDER:
        states = held_back(rows, states)
    with asked_for_at_the_end():  # what failed together is tried again together: one submit serves it all
        found = [(row, _followed(music, row, states.get(str(row.provider_task_id)))) for row in rows]
    finished = _finish([(row, clip) for row, clip in found if clip is not None])
    demo = music.name == DEMO_PROVIDER
    for _ in range(min(finished, 1 if demo else settings.workers)):
        enqueue(COLLECT_READY, demo, queue=queue_for(demo))
    if finished and Variation.select(any_waiting()).limit(1).scalar():
        enqueue_once(DISPATCH, demo, queue=queue_for(demo))


def look_now(task_id: str, name: str = "studio") -> None:
    """An embedded studio reports the end of a task, as others do by a callback."""
    Variation.update(next_poll_at=now()).where(
        Variation.provider == name, Variation.provider_task_id == task_id, Variation.status.in_(AT_PROVIDER)
    ).execute()
    enqueue_once(poll_provider, name, queue=queue_for(name == DEMO_PROVIDER), seconds=5)


def _followed(music: MusicProvider, row: Variation, state: TaskState | None) -> Clip | None:
    with log_about(row):
        return _follow(music, row, state)


def _follow(music: MusicProvider, row: Variation, state: TaskState | None) -> Clip | None:
    """The row's clip, if it is finished. The clip decides, then the task."""
    clip = next((one for one in state.clips if one.index == row.clip_index), None) if state else None
    if clip is not None and clip.error is None and clip.location:
        return clip
    error = clip.error if clip is not None else None
    if error is None and state is not None:
        error = _verdict(music, row, state)
    if error is None and _is_over(row):
        error = MusicError(Reason.LOST, "over its deadline")
    if error is not None:
        lose(row, error)
        return None
    _report(music, row, state)
    return None


def _verdict(music: MusicProvider, row: Variation, state: TaskState) -> MusicError | None:
    """What the task's state means for a clip that is not there."""
    match state.state:
        case State.FAILED:
            return state.error or MusicError(Reason.TRANSIENT)
        case State.SUCCEEDED:
            return MusicError(Reason.PROVIDER_BUG, "finished without this clip")
        case State.LOST:
            age = (now() - row.submitted_at).total_seconds() if row.submitted_at else 0.0
            return MusicError(Reason.LOST) if age >= music.capabilities.lost_grace else None
    return None


def _is_over(row: Variation) -> bool:
    return row.deadline_at is not None and row.deadline_at < now()


def lose(row: Variation, error: MusicError) -> None:
    """The attempt failed. What was given up at its deadline was paid for and may still come: then it is kept."""
    if error.reason is Reason.LOST and _is_over(row):
        keep_bonus(row, str(row.provider), str(row.provider_task_id), row.clip_index, "late")
    fail_attempt(row, error)


def _report(music: MusicProvider, row: Variation, state: TaskState | None) -> None:
    """Progress moves forward only; a status read that arrives late changes nothing."""
    changes: dict[str, Any] = {"next_poll_at": next_look(music.name, music.capabilities, row.submitted_at or now())}
    same = (Variation.attempt == row.attempt, Variation.status.in_(AT_PROVIDER))
    if state is None:
        Variation.update(**changes).where(Variation.id == row.id, *same).execute()
        return
    if row.status == VariationStatus.SUBMITTED and state.state is State.RUNNING:
        move(row, VariationStatus.GENERATING, by="poll", where=same, **changes)
    if (state.progress, state.stage or row.stage) == (row.progress, row.stage):
        Variation.update(**changes).where(Variation.id == row.id, *same).execute()
        return
    ahead = Variation.progress.is_null() | (Variation.progress <= (state.progress or 0))
    Variation.update(progress=state.progress, stage=state.stage or row.stage, updated_at=now(), **changes).where(
        Variation.id == row.id, *same, ahead
    ).execute()
    notify(row.form_id)


def _finish(found: list[tuple[Variation, Clip]]) -> int:
    """The audio can be fetched: how many were waiting for it. Clips are stored, so that the provider is not asked again."""
    finished = {row.id: asdict(clip) for row, clip in found}
    for one in finished.values():
        one.pop("error")
    if not finished:
        return 0
    clips = Case(Variation.id, [(row_id, Value(json.dumps(one)).cast("jsonb")) for row_id, one in finished.items()])
    changes: dict[str, Any] = {"progress": 100, "clip": clips, "lease_until": None}
    return len(move_steps([row for row, _ in found], VariationStep.FINISHING, by="poll", skip_locked=True, **changes))
