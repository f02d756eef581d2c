"""Callbacks: a provider says "look again". What it says is never believed; the poll finds the truth."""

from __future__ import annotations

import logging

from jobs.generation.log_lines import log_about
from jobs.generation.polling import poll_provider
from jobs.generation.providers import provider
from jobs.generation.repeated_submits import keep_late_answer
from jobs.generation.submitting import hash_of
from jobs.generation.uncertain_submits import adopt, uncertain
from jobs.queue import enqueue_once
from models import AT_PROVIDER, Variation, VariationStep, now
from settings import settings

log = logging.getLogger("serenade.callbacks")


def take_callback(name: str, secret: str, body: bytes) -> bool:
    """Wake the poll for the tasks behind this secret. False for a secret that belongs to nothing that is being made."""
    if name not in settings.music_providers:
        return False
    mine = (
        Variation.provider == name,
        Variation.callback_hash == hash_of(secret),
        Variation.status.in_(AT_PROVIDER),
    )
    rows = list(Variation.select().where(*mine))
    if not rows:
        return keep_late_answer(name, hash_of(secret), body)
    with log_about(rows[0]):
        log.info("%s called back", name)
    if rows[0].step == VariationStep.UNCERTAIN and rows[0].provider_task_id is None:
        task_id = provider(name).task_in_callback(body)
        lost = uncertain(str(rows[0].submit_leader))
        return bool(task_id and lost and adopt(lost, task_id))
    Variation.update(next_poll_at=now()).where(*mine).execute()
    enqueue_once(poll_provider, name, seconds=5)
    return True
