"""Bonus: clips that came after their deadline, or on top of what was asked. They were paid for, so they are kept."""

from __future__ import annotations

import logging
from datetime import timedelta

from integrations.music import Clip, MusicError, State
from integrations.music.adapters import ADAPTERS
from integrations.storage import StorageError
from jobs.generation.providers import provider
from jobs.queue import begun
from jobs.registry import job
from models import BonusClip, BonusState, Variation, in_database, now

log = logging.getLogger("serenade.bonus")
_KEPT = timedelta(hours=24)  # how long after a deadline we still ask
_PAUSE = timedelta(minutes=5)


@job("collect_bonus", connect=False)
def collect_bonus() -> None:
    """Job: fetch the bonus clips that are there by now."""
    begun(collect_bonus)
    for bonus in in_database(_due):
        clip = _finished(bonus)
        if clip is not None:
            _keep(bonus, clip)


def _due() -> list[BonusClip]:
    waiting = BonusClip.select().where(BonusClip.state == BonusState.WAITING, BonusClip.next_poll_at <= now()).limit(20)
    rows = list(waiting.order_by(BonusClip.next_poll_at))
    for row in rows:
        over = row.created_at + _KEPT < now() or row.provider not in ADAPTERS
        BonusClip.update(next_poll_at=now() + _PAUSE, state=BonusState.GONE if over else BonusState.WAITING).where(
            BonusClip.id == row.id
        ).execute()
    return rows


def _finished(bonus: BonusClip) -> Clip | None:
    try:
        state = provider(bonus.provider).statuses([bonus.provider_task_id]).get(bonus.provider_task_id)
    except (MusicError, KeyError):
        return None
    if state is None or state.state in (State.FAILED, State.LOST):
        return None
    return next((clip for clip in state.clips if clip.index == bonus.clip_index and clip.location), None)


def _keep(bonus: BonusClip, clip: Clip) -> None:
    from jobs.generation.mastering import make_recording, store  # here: web and clock ask for bonus clips, without numpy

    try:
        recording = make_recording(provider(bonus.provider).audio(clip), title=clip.title)
        master_key, preview_key, _ = store(bonus.variation_id, recording)
    except (MusicError, StorageError) as error:
        log.warning("bonus clip %s: %s", bonus.id, error)
        return
    kept = {"master_key": master_key, "preview_key": preview_key, "duration_ms": recording.duration_ms}
    in_database(BonusClip.update(state=BonusState.KEPT, **kept).where(BonusClip.id == bonus.id).execute)
    log.info("bonus clip %s kept (%s)", bonus.id, bonus.why)


def keep_bonus(row: Variation, name: str, task_id: str, clip_index: int, why: str) -> None:
    """Store a clip that was paid for and that no variation takes."""
    BonusClip.insert(
        form=row.form_id,
        song_index=row.song_index,
        variation_id=row.id,
        provider=name,
        provider_task_id=task_id,
        clip_index=clip_index,
        why=why,
        next_poll_at=now() + timedelta(seconds=provider(name).capabilities.poll_interval * 8),
    ).on_conflict_ignore().execute()
