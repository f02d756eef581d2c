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
from models import LOGGED, PAID, ComposeForm, RepeatedSubmit, Variation, VariationStep, database, locked, now, transaction
from settings import settings

log = logging.getLogger("serenade.repeats")
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
        changes = {"by": "doubting", "why": "possibly_bought_twice", "may_repeat": False}
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
    """A callback of the first of two submits: what it made was paid for and is kept. False if it is of none."""
    first = RepeatedSubmit.get_or_none(RepeatedSubmit.provider == name, RepeatedSubmit.callback_hash == callback_hash)
    task_id = provider(name).task_in_callback(body) if first else None
    if first is None or not task_id:
        return False
    with transaction():
        unknown = RepeatedSubmit.task_id.is_null()
        new = RepeatedSubmit.update(task_id=task_id).where(RepeatedSubmit.id == first.id, unknown).execute()
        other = Variation.provider_task_id == task_id, Variation.provider == name
        leader = Variation.get_or_none(Variation.id == first.leader)
        if new and leader is not None and not Variation.select().where(*other).exists():
            able = provider(name).capabilities
            for index in range(able.max_n if able.spare else first.variations):
                keep_bonus(leader, name, task_id, index, "late")
    return True
