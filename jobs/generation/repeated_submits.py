"""Repeats: a submit whose answer stays lost is sent once more by itself. It may be bought twice, so a day has room for few.

docs/decisions/0052: for providers that cannot say which tasks they began.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from jobs.alerts import raise_alert
from jobs.generation.bonus_clips import keep_bonus
from jobs.generation.providers import provider
from jobs.generation.variations import requeue
from jobs.queue import enqueue_once
from jobs.queue_names import DISPATCH, is_demo, queue_for
from models import (
    LOGGED,
    PAID,
    ComposeForm,
    RepeatedSubmit,
    Variation,
    VariationStatus,
    VariationStep,
    database,
    locked,
    now,
    transaction,
)
from settings import settings

log = logging.getLogger("serenade.repeated_submits")
_REPEATS_LOCK = 7_301_011  # one at a time, so that the day's limit is kept to exactly
_DAY = timedelta(days=1)


def repeat(rows: list[Variation]) -> set[str]:
    """Put the variations of an uncertain submit in line again, each once in its life; the ids of those that were.

    Whoever comes second for the same submit repeats nothing: the rows are locked, and their attempt is over.
    """
    with transaction():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_REPEATS_LOCK,))
        lost = _still_lost(rows)
        if not lost or not _has_room():
            return set()
        leader = next((row for row in lost if row.id == row.submit_leader), lost[0])
        changes = {"by": "uncertain_submit", "why": "possibly_bought_twice", "may_repeat": False}
        again = {row.id for row in lost if requeue(row, **changes)}  # type: ignore[arg-type] # columns and their reason
        RepeatedSubmit.insert(
            form=leader.form_id,
            leader=leader.id,
            attempt=leader.attempt,
            variations=len(again),
            provider=leader.provider,
            callback_hash=leader.callback_hash,
        ).execute()
    log.warning("submit of %s at %s: repeated, possibly bought twice", leader.id[:LOGGED], leader.provider)
    demo = is_demo(leader.form_id)
    enqueue_once(DISPATCH, demo, queue=queue_for(demo))
    return again


def _still_lost(rows: list[Variation]) -> list[Variation]:
    """Those that nobody found or repeated meanwhile, and that are still wanted; locked, in one order."""
    mine = Variation.select().where(
        Variation.id.in_([row.id for row in rows]),
        Variation.step == VariationStep.UNCERTAIN,
        Variation.lease_until <= now(),
        Variation.may_repeat,
    )
    return [row for row in locked(mine.order_by(Variation.id)) if _is_wanted(row)]


def _is_wanted(row: Variation) -> bool:
    """Of a form that is paid, only what was chosen is bought once more."""
    form = ComposeForm.find(row.form_id)
    return form.status not in PAID or form.selected_variations.get(str(row.song_index)) == row.variation


def _has_room() -> bool:
    if not settings.repeats_per_day:
        return False
    today = RepeatedSubmit.select().where(RepeatedSubmit.at > now() - _DAY).count()
    if today < settings.repeats_per_day:
        return True
    detail = f"{today} submits without an answer were repeated within a day; further ones are shown as failed"
    raise_alert("repeats_used_up", f"{now():%Y-%m-%d}", detail)
    return False


def keep_late_answer(name: str, callback_hash: str, body: bytes) -> bool:
    """A callback of a submit that was given up or repeated: what it made was paid for and is kept. False if it is of none."""
    task_id = provider(name).task_in_callback(body)
    if not task_id:
        return False
    with transaction():
        bought = _given_up(name, callback_hash) or _first_of_two(name, callback_hash, task_id)
        followed = Variation.provider_task_id == task_id, Variation.provider == name
        if bought and not Variation.select().where(*followed).exists():
            for row, clip_index in bought:
                keep_bonus(row, name, task_id, clip_index, "late")
    return bool(bought)


def _given_up(name: str, callback_hash: str) -> list[tuple[Variation, int]]:
    """The clips of a submit that was not repeated, and whose cells failed."""
    mine = Variation.provider == name, Variation.callback_hash == callback_hash, Variation.provider_task_id.is_null()
    return [(row, row.clip_index) for row in Variation.select().where(*mine, Variation.status == VariationStatus.FAILED)]


def _first_of_two(name: str, callback_hash: str, task_id: str) -> list[tuple[Variation, int]]:
    """The clips of a submit that was repeated; its first callback says which task it was."""
    mine = RepeatedSubmit.provider == name, RepeatedSubmit.callback_hash == callback_hash
    new = RepeatedSubmit.task_id.is_null() | (RepeatedSubmit.task_id == task_id)
    if not RepeatedSubmit.update(task_id=task_id).where(*mine, new).execute():
        return []
    first = RepeatedSubmit.get(*mine)
    able, leader = provider(name).capabilities, Variation.find(first.leader)
    return [(leader, index) for index in range(able.max_n if able.spare else first.variations)]
