"""Hearing: a recogniser writes down what is sung in a version that can be played already, and its words are compared.

No customer waits for it: at most half of the workers hear at once, and where it fails the song stays as it is.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from peewee import OperationalError
from rq.timeouts import JobTimeoutException

from integrations.music import Reason
from integrations.music.remote import cut_lyrics
from integrations.storage import StorageError, storage
from integrations.transcription import Recogniser, TranscriptionError
from jobs.alerts import raise_alert
from jobs.generation.heard_words import HeardWords, compare, is_mumbled
from jobs.generation.providers import provider
from jobs.generation.remakes import make_instead, take_over
from jobs.queue import begun, enqueue_once
from jobs.queue_names import HEAR_SONG
from jobs.registry import job
from models import LOGGED, ComposeForm, Variation, in_database, locked, notify, now, transaction
from settings import settings

log = logging.getLogger("serenade.hearing")
_LEASE = timedelta(seconds=180)  # longer than the recogniser may take
_TRIES = 3
_PAUSES = (30, 300)  # seconds before the second and the third
_CLAIM = """
UPDATE variations SET lease_until = now() AT TIME ZONE 'utc' + %s, hear_tries = hear_tries + 1
WHERE id = (SELECT id FROM variations WHERE hear_at <= now() AT TIME ZONE 'utc' AND status = 'ready'
            AND (lease_until IS NULL OR lease_until < now() AT TIME ZONE 'utc') ORDER BY hear_at LIMIT 1
            FOR UPDATE SKIP LOCKED)
AND (SELECT count(*) FROM variations WHERE hear_at IS NOT NULL AND lease_until > now() AT TIME ZONE 'utc') < %s
RETURNING *, (SELECT form_data -> 'songs' -> song_index FROM compose_forms f WHERE f.id = form_id) AS song
"""


def recogniser() -> Recogniser | None:
    """Who hears the songs, by the settings; None where nobody does."""
    if not settings.transcription_base_url:
        return None
    return Recogniser(settings.transcription_base_url, settings.transcription_api_key, settings.transcription_model)


@job(HEAR_SONG, connect=False)
def hear_song() -> None:
    """Job: let the recogniser hear the version that waits longest; then ask for the next."""
    begun(hear_song)
    row = in_database(_claim)
    if row is not None:
        _hear(row)
        enqueue_once(hear_song)


def songs_to_hear() -> None:
    """Sweep step: versions that are to be heard and that nobody is hearing."""
    free = Variation.lease_until.is_null() | (Variation.lease_until < now())
    due = (Variation.hear_at <= now(), free)
    if Variation.select().where(*due).exists():
        given_up = Variation.update(hear_at=None, lease_until=None).where(*due, Variation.hear_tries >= _TRIES)
        given_up.execute()  # its workers died: whatever it is, the song stays as it is
        enqueue_once(hear_song, seconds=30)


def _claim() -> Variation | None:
    return next(iter(Variation.raw(_CLAIM, _LEASE, max(1, settings.workers // 2))), None)


def _hear(row: Variation) -> None:
    listener = recogniser()
    song: dict[str, Any] = getattr(row, "song", None) or {}
    language = song.get("language") or "en"
    if listener is None:
        in_database(_end, row, {})
        return
    try:
        text = listener.hear(storage().get(str(row.master_key)), language)
        sung = cut_lyrics(row.lyrics or "", provider(str(row.provider)).capabilities.max_lyrics)
        heard = compare(sung, text, song.get("recipientName") or "", song.get("pronunciation") or "", language)
    except TranscriptionError as error:
        in_database(_failed, row, error)
    except StorageError:
        in_database(_failed, row, TranscriptionError(Reason.TRANSIENT, "the song is not in the storage"))
    except (OperationalError, JobTimeoutException):
        raise
    except Exception as error:  # an unexpected answer must not stop the others
        log.exception("variation %s could not be heard", row.id[:LOGGED])
        in_database(_failed, row, TranscriptionError(Reason.PROVIDER_BUG, error.__class__.__name__))
    else:
        in_database(_keep, row, heard, listener.model)


def _keep(row: Variation, heard: HeardWords, model: str) -> None:
    """Store what was heard, and what follows from it, in one transaction: a killed worker leaves both undone."""
    figures: dict[str, Any] = {"name": heard.name, "heard_by": model[:80]}
    if heard.words is not None:
        figures["words"] = round(heard.words, 2)
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).first()
        fresh = _end(row, figures)
        if form is None or fresh is None:
            return
        if fresh.replaces:
            take_over(fresh, form)
        elif is_mumbled(heard):
            make_instead(fresh, form)
        notify(form.id)


def _end(row: Variation, figures: dict[str, Any]) -> Variation | None:
    """Its sound check is over. The row as it is now, locked; None where another worker has it, or nobody any more."""
    with transaction():
        fresh: Variation | None = locked(Variation.select().where(*_mine(row))).first()
        if fresh is not None:
            fresh.checks = {**fresh.checks, **figures}
            Variation.update(checks=fresh.checks, hear_at=None, lease_until=None).where(Variation.id == row.id).execute()
    return fresh


def _failed(row: Variation, error: TranscriptionError) -> None:
    log.warning("variation %s was not heard, try %s: %s", row.id[:LOGGED], row.hear_tries, error.reason)
    if error.reason in (Reason.AUTH, Reason.OUT_OF_CREDIT, "not_found"):
        raise_alert("transcription", f"{error.reason} {now():%Y-%m-%d}", "the recogniser refuses us: songs are not heard")
    if error.may_pass and row.hear_tries < _TRIES:
        again = now() + timedelta(seconds=_PAUSES[row.hear_tries - 1])
        Variation.update(hear_at=again, lease_until=None).where(*_mine(row)).execute()
    else:
        _end(row, {"unheard": str(error.reason)})


def _mine(row: Variation) -> tuple[Any, ...]:
    return (Variation.id == row.id, Variation.hear_tries == row.hear_tries, Variation.hear_at.is_null(False))
