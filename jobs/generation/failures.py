"""What happens when an attempt fails: wait, rewrite, the next attempt, the next provider, and only then a failed variation."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import Any

from peewee import SQL, Function, fn

from integrations.music import MusicError, Reason
from jobs.generation.moderation import after_moderation
from jobs.generation.providers import TRIES, pause, paused_providers, provider_for
from jobs.generation.variations import requeue
from jobs.queue import enqueue_once
from jobs.queue_names import DEMO_PROVIDER, DISPATCH, is_demo, queue_for
from models import (
    LOGGED,
    UNFINISHED,
    ComposeForm,
    FormStatus,
    Variation,
    VariationStatus,
    VariationStep,
    move,
    move_steps,
    now,
    settle,
)
from settings import settings

log = logging.getLogger("serenade.failures")
WAITS = (2.0, 5.0, 12.0, 30.0)  # seconds, where the provider does not say how long
RATE_LIMITED = "rate_limited"  # a key beside the providers' names in `failures`
_PATIENCE = 30  # rate limits in a row, before they count as a failure


def fail_attempt(row: Variation, error: MusicError) -> None:
    """An attempt failed: do what helps against this reason, and only if nothing does mark the variation as failed."""
    log.warning("variation %s attempt %s at %s: %s (%s)", row.id[:LOGGED], row.attempt, row.provider, error.reason, error)
    match error.reason:
        case Reason.SUBMIT_UNCERTAIN:
            mark_uncertain(row)
        case Reason.RATE_LIMITED if row.failures.get(RATE_LIMITED, 0) < _PATIENCE:
            _wait(row, error)
        case Reason.AUTH | Reason.OUT_OF_CREDIT:
            pause(str(row.provider), error.reason.value)
            _again(row, error.reason)
            ComposeForm.update(attention=f"provider_{error.reason.value}").where(ComposeForm.id == row.form_id).execute()
        case Reason.MODERATION if changes := after_moderation(row):
            _again(row, error.reason, **changes)
        case Reason.MODERATION:
            give_up(row, error.reason)
        case _:
            count(row, error.reason)


def mark_uncertain(row: Variation, **changes: Any) -> None:
    """It is unknown whether this submit started work. It is never repeated at once: we look for its task for a while first."""
    until = now() + timedelta(seconds=settings.uncertain_seconds)
    unknown = Variation.provider_task_id.is_null()
    move_steps([row], VariationStep.UNCERTAIN, by="submit", where=(unknown,), uncertain_at=now(), lease_until=until, **changes)


def count(row: Variation, reason: Reason) -> None:
    """One failure more of this provider with this variation; the last one marks it as failed."""
    name = str(row.provider)
    failures = {**row.failures, name: row.failures.get(name, 0) + (TRIES if reason is Reason.BAD_REQUEST else 1)}
    failures.pop(RATE_LIMITED, None)
    following = provider_for(failures, paused_providers(), name == DEMO_PROVIDER)
    hopeless = reason is Reason.BAD_REQUEST and following is not None and failures.get(following.name, 0) >= TRIES
    if sum(failures.values()) >= max(settings.max_attempts, TRIES * len(settings.music_providers) - 1) or hopeless:
        give_up(row, reason)
    else:
        _again(row, reason, failures=failures)


def give_up(row: Variation, reason: Reason) -> None:
    """Mark it as failed: the customer gets a Retry button."""
    move(
        row,
        VariationStatus.FAILED,
        by="generation",
        why=reason.value,
        where=(Variation.attempt == row.attempt,),
        error_code=reason.value,
        lease_until=None,
    )
    after(row.form_id)


def _wait(row: Variation, error: MusicError) -> None:
    """Nothing was started: a new try is safe, later, and counts as no failure."""
    times = row.failures.get(RATE_LIMITED, 0)
    seconds = error.retry_after or WAITS[min(times, len(WAITS) - 1)] * random.uniform(1.0, 1.5)  # noqa: S311 jitter
    failures = {**row.failures, RATE_LIMITED: times + 1}
    _again(row, error.reason, failures=failures, not_before=now() + timedelta(seconds=seconds))


def _again(row: Variation, reason: Reason, **changes: Any) -> None:
    if requeue(row, by="generation", why=reason.value, **changes):
        demo = is_demo(row.form_id)
        enqueue_once(DISPATCH, demo, queue=queue_for(demo))


def after(form_id: str) -> None:
    """A variation ended: close the form's generation if it was the last, and let the next in line start."""
    unfinished = fn.EXISTS(
        Variation.select().where(Variation.form == form_id, Variation.shown, Variation.status.in_(UNFINISHED))
    )
    last = (ComposeForm.status == FormStatus.VARIATIONS_GENERATING) & ~unfinished
    seen = ComposeForm.select(last, ComposeForm.demo, any_waiting()).where(ComposeForm.id == form_id)
    is_last, demo, others = seen.tuples().first()
    if is_last and not settle(form_id):
        ComposeForm.update(attention="generation_failed").where(ComposeForm.id == form_id, last).execute()
    if others:
        enqueue_once(DISPATCH, demo, queue=queue_for(demo))


def any_waiting() -> Function:
    """SQL: whether any variation is queued."""
    return fn.EXISTS(Variation.select(SQL("1")).where(Variation.status == VariationStatus.QUEUED))
