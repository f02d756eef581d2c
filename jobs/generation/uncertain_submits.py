"""Uncertain submits: their outcome is unknown. We look for the task; only then comes another attempt.

Where the provider cannot say which tasks it began, the submit is repeated once (jobs/generation/repeated_submits.py).
"""

from __future__ import annotations

import logging
from datetime import UTC, timedelta

from peewee import IntegrityError

from integrations.music import MusicError, Reason
from jobs.generation.bonus_clips import keep_bonus
from jobs.generation.eta import deadline
from jobs.generation.failures import count, give_up
from jobs.generation.polling import poll_provider
from jobs.generation.providers import provider
from jobs.generation.repeated_submits import repeat
from jobs.generation.submitting import request_for
from jobs.queue import begun, enqueue_once
from jobs.queue_names import DEMO_PROVIDER, queue_for
from jobs.registry import job
from models import LOGGED, BonusClip, Variation, VariationStatus, VariationStep, append_event, move_steps, now, transaction

log = logging.getLogger("serenade.uncertain_submits")
SKEW = timedelta(seconds=90)  # between the provider's clock and ours


@job("look_for_task")
def look_for_task(leader: str) -> None:
    """Job: look for the task of an uncertain submit at its provider; when the grace period is over, decide."""
    begun(look_for_task, leader)
    rows = uncertain(leader)
    if not rows:
        return
    music = provider(str(rows[0].provider))
    looked = False
    if music.capabilities.list_recent and rows[0].submitted_at:
        try:
            since = (rows[0].submitted_at - SKEW).replace(tzinfo=UTC).timestamp()
            found = music.recent(request_for(rows[0]).title, since)
            looked = True
        except MusicError as error:
            log.warning("%s does not list its tasks: %s", music.name, error.reason)
            found = []
        if any(adopt(rows, task_id) for task_id in found if not _is_known(music.name, task_id)):
            return
    if rows[0].lease_until is None or rows[0].lease_until > now():
        return
    again = set() if looked else repeat(rows)
    for row in rows:
        append_event(row.form_id, "variation", row.id, row.status, row.status, by="uncertain_submit", why="submit_uncertain")
        if looked:  # the provider knows of no such task: one more attempt, counted
            count(row, Reason.SUBMIT_UNCERTAIN)
        elif row.id not in again:
            give_up(row, Reason.SUBMIT_UNCERTAIN)


def uncertain(leader: str) -> list[Variation]:
    """The variations that this uncertain submit is for."""
    query = Variation.select().where(
        Variation.submit_leader == leader,
        Variation.status == VariationStatus.SUBMITTED,
        Variation.step == VariationStep.UNCERTAIN,
        Variation.provider_task_id.is_null(),
    )
    return list(query.order_by(Variation.clip_index))


def _is_known(name: str, task_id: str) -> bool:
    known = Variation.select().where(Variation.provider == name, Variation.provider_task_id == task_id)
    late = BonusClip.select().where(BonusClip.provider == name, BonusClip.provider_task_id == task_id)
    return bool(known.exists() or late.exists())


def adopt(rows: list[Variation], task_id: str) -> bool:
    """This is the task of the uncertain submit: follow it like any other. False if it belongs to another submit."""
    music = provider(str(rows[0].provider))
    try:
        with transaction():
            request = request_for(rows[0])
            move_steps(
                rows,
                VariationStep.WAITING,
                by="uncertain_submit",
                why="found",
                where=(Variation.provider_task_id.is_null(),),
                provider_task_id=task_id,
                stage=None,
                title=request.title,
                lyrics=request.lyrics,
                style=request.style,
                lease_until=None,
                deadline_at=deadline(None),
                next_poll_at=now(),
            )
            if music.capabilities.spare:
                for index in range(len(rows), music.capabilities.max_n):
                    keep_bonus(rows[0], music.name, task_id, index, "spare")
    except IntegrityError:
        return False
    log.info("variation %s: its task was found again", rows[0].id[:LOGGED])
    enqueue_once(poll_provider, music.name, queue=queue_for(music.name == DEMO_PROVIDER), seconds=5)
    return True
