"""Songs without their singer: made by the built-in studio once they are paid for, or the money goes back."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from integrations.music import MusicError, SongRequest, State
from integrations.music.containers import UnusableAudioError
from integrations.music.studio.spool import task_of
from integrations.storage import StorageError, storage
from jobs.alerts import raise_alert
from jobs.generation.providers import forget_task, provider
from jobs.generation.submitting import request_for
from jobs.payments.extras import INSTRUMENTAL
from jobs.queue import begun, enqueue_once
from jobs.registry import job
from models import (
    LOGGED,
    PAID,
    PAID_STANDINGS,
    CheckoutStatus,
    ComposeForm,
    ExtraPurchase,
    Variation,
    in_database,
    locked,
    move,
    notify,
    now,
    transaction,
)
from settings import settings

if TYPE_CHECKING:
    from jobs.generation.mastering import LevelledAudio

log = logging.getLogger("serenade.instrumental")
_TRIES = 3


def instrumentals_to_make() -> None:
    """Sweep step: what is paid for, or given, and not made yet."""
    for row in ExtraPurchase.select(ExtraPurchase.id).where(*_wanted()).limit(50):
        enqueue_once(make_instrumental, row.id, seconds=30)


def _wanted() -> tuple[object, ...]:
    kept = (ExtraPurchase.what == INSTRUMENTAL, ExtraPurchase.fulfilled_at.is_null(False))
    return (*kept, ExtraPurchase.status.in_(PAID_STANDINGS), ExtraPurchase.key.is_null(), ExtraPurchase.refund_due.is_null())


@job("make_instrumental", connect=False)
def make_instrumental(extra_id: str) -> None:
    """Job: hand one in at the studio, or look how far it is; the sweep asks again. Twice is harmless."""
    begun(make_instrumental, extra_id)
    row = in_database(lambda: ExtraPurchase.get_or_none(ExtraPurchase.id == extra_id, *_wanted()))
    if row is None:
        return
    over = now() - timedelta(hours=settings.delivery_promise_hours)
    if row.fulfilled_at and row.fulfilled_at < over:
        in_database(_give_up, row, "not made in time")
        return
    try:
        _look(row)
    except (LookupError, TypeError, UnusableAudioError) as error:
        in_database(_count_failure, row, f"{error.__class__.__name__}: {error}")
    except (MusicError, StorageError) as error:  # the spool or the storage is away: the sweep comes again
        log.warning("instrumental %s waits: %s", row.id[:LOGGED], error)


def _look(row: ExtraPurchase) -> None:
    studio, reference = provider("studio"), _reference(row)
    task_id = task_of(reference)
    state = studio.statuses([task_id])[task_id]
    if state.state is State.LOST:  # not handed in yet
        studio.submit(in_database(_request_of, row))
    elif state.state is State.FAILED:
        in_database(_count_failure, row, str(state.error))
    elif state.state is State.SUCCEEDED:
        _keep_sound(row, studio.audio(state.clips[0]))
        forget_task(reference)


def _reference(row: ExtraPurchase) -> str:
    return f"{row.id}-{row.tries + 1}"


def _request_of(row: ExtraPurchase) -> SongRequest:
    """What the chosen version was made from: the same notes again, and nobody sings."""
    return replace(request_for(Variation.find(row.task_ids[0])), reference=_reference(row), instrumental=True)


def _keep_sound(row: ExtraPurchase, content: bytes) -> None:
    from jobs.generation.mastering import make_recording  # numpy, for the processes that make sound alone

    recording = make_recording(content, in_database(lambda: Variation.find(row.task_ids[0]).title) or "")
    key = f"{row.id}/master-{hashlib.sha256(recording.master).hexdigest()[:16]}.mp3"
    storage().put(key, recording.master)
    if not in_database(_publish, row, key, recording):
        storage().remove(row.id)  # given back or forgotten meanwhile


def _publish(row: ExtraPurchase, key: str, made: LevelledAudio) -> bool:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        if form.status not in PAID or form.purged_at is not None:
            return False
        sound = {"key": key, "bytes": len(made.master), "duration_ms": made.duration_ms, "peaks": made.master_peaks}
        wanted = ExtraPurchase.update(**sound, updated_at=now()).where(ExtraPurchase.id == row.id, *_wanted())
        done = bool(wanted.execute())
        notify(form.id)
    return done


def _count_failure(row: ExtraPurchase, detail: str) -> None:
    log.warning("instrumental %s, try %s: %s", row.id[:LOGGED], row.tries + 1, detail)
    same = (ExtraPurchase.id == row.id, ExtraPurchase.tries == row.tries)
    ExtraPurchase.update(tries=row.tries + 1, updated_at=now()).where(*same).execute()
    if row.tries + 1 >= _TRIES:
        _give_up(row, detail)


def _give_up(row: ExtraPurchase, detail: str) -> None:
    """The money goes back, as for an order that cannot be delivered; a gift of ours ends."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        raise_alert("extra_undelivered", row.id, f"the song without its singer could not be made: {detail}"[:200], form.id)
        if not row.amount:
            move(row, CheckoutStatus.REFUNDED, by="studio", why="undelivered")
        elif settings.refund_undelivered:
            due = ExtraPurchase.update(refund_due="undelivered", updated_at=now())
            due.where(ExtraPurchase.id == row.id, *_wanted()).execute()
