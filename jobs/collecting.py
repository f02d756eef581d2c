"""Collecting: a provider finished a variation; bring the sound home, make master and preview, and only then call it ready."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import asdict
from datetime import timedelta

from integrations.music import Clip, MusicError, Reason
from integrations.storage import StorageError, storage
from jobs.audio import Recording, UnusableAudioError, record
from jobs.composing import show_ready
from jobs.generation import after, fail_attempt
from jobs.providers import provider
from models import LOGGED, Variation, in_database, move, now, transaction
from settings import settings

log = logging.getLogger("serenade.collecting")
LEASE = 60.0


def collect_variation(row_id: str, attempt: str) -> None:
    """Job: fetch, check, level, cut, store, publish. A worker whose attempt is over changes nothing."""
    row = in_database(_still_wanted, row_id, int(attempt))
    if row is None:
        return
    try:
        clip = _finished_clip(row)
        recording = record(provider(str(row.provider)).audio(clip))
        keys = _store(row, recording)
    except UnusableAudioError as error:
        in_database(fail_attempt, row, MusicError(Reason.PROVIDER_BUG, str(error)))
        return
    except MusicError as error:
        in_database(fail_attempt, row, error)
        return
    except StorageError as error:
        log.error("variation %s: %s", row.id[:LOGGED], error)  # the lease runs out and the poll asks again
        return
    in_database(_publish, row, clip, recording, *keys)


def _still_wanted(row_id: str, attempt: int) -> Variation | None:
    row = Variation.select().where(Variation.id == row_id).first()
    if row is None or row.attempt != attempt or row.status not in ("submitted", "generating"):
        return None
    Variation.update(lease_until=now() + timedelta(seconds=LEASE)).where(
        Variation.id == row.id, Variation.attempt == attempt
    ).execute()
    return row  # type: ignore[no-any-return]


def _finished_clip(row: Variation) -> Clip:
    task_id = str(row.provider_task_id)
    state = provider(str(row.provider)).statuses([task_id])[task_id]
    if not state.clips:
        raise MusicError(Reason.PROVIDER_BUG, "finished without a clip")
    return state.clips[0]


def _store(row: Variation, recording: Recording) -> tuple[str, str, str]:
    """Names carry the content's hash, so that storing twice is harmless and a URL never changes its sound."""
    sha = hashlib.sha256(recording.master).hexdigest()
    preview_sha = hashlib.sha256(recording.preview).hexdigest()
    master_key, preview_key = f"{row.id}/master-{sha[:16]}.mp3", f"{row.id}/preview-{preview_sha[:16]}.mp3"
    storage().put(master_key, recording.master)
    storage().put(preview_key, recording.preview)
    return master_key, preview_key, sha


def _publish(row: Variation, clip: Clip, recording: Recording, master_key: str, preview_key: str, sha: str) -> None:
    with transaction():
        moved = move(
            row,
            "ready",
            by="collect",
            where=(Variation.attempt == row.attempt,),
            progress=100,
            stage=None,
            lease_until=None,
            error_code=None,
            ready_at=now(),
            master_key=master_key,
            preview_key=preview_key,
            master_bytes=len(recording.master),
            master_sha256=sha,
            style=clip.style or row.style,
            duration_ms=recording.duration_ms,
            preview_ms=recording.preview_ms,
            loudness_lufs=recording.loudness_lufs,
            peaks={"master": recording.master_peaks, "preview": recording.preview_peaks},
            timed_lyrics=[asdict(line) for line in clip.timed_lyrics],
            sections=[asdict(section) for section in clip.sections],
        )
        if moved:
            show_ready(row, preview_url(row.id), clip.title or row.title or "", row.lyrics or "")
    if moved:
        after(row.form_id)
    elif not Variation.select().where(Variation.id == row.id).exists():
        storage().remove(row.id)  # purged while we worked: what we stored belongs to nobody


def preview_url(task_id: str) -> str:
    """Where anybody who holds the task id hears the preview."""
    return f"{settings.public_url}/media/preview/{task_id}.mp3"
