"""Making videos: one at a time for every two workers, in a process of its own; what was cut short the sweep begins again."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from peewee import OperationalError

from integrations.storage import StorageError, storage
from integrations.video import NotWantedError, VideoError, film_apart
from jobs.gifts.video_script import script_of
from jobs.queue import begun, enqueue_once
from jobs.queue_names import MAKE_VIDEO
from jobs.registry import job
from models import LOGGED, PAID, ComposeForm, Gift, NotFoundError, Video, in_database, notify, now, transaction
from settings import settings

log = logging.getLogger("serenade.video")
_LEASE = timedelta(seconds=90)  # renewed at every percent
_TRIES = 3
_PAUSE = timedelta(seconds=20)
_CLAIM = """
UPDATE videos SET lease_until = now() AT TIME ZONE 'utc' + %s, attempt = attempt + 1, progress = 0,
    updated_at = now() AT TIME ZONE 'utc'
WHERE id = (SELECT v.id FROM videos v JOIN compose_forms f ON f.id = v.form_id AND f.status IN %s
            WHERE v.key IS NULL AND v.error_code IS NULL AND v.next_try_at <= now() AT TIME ZONE 'utc'
            AND (v.lease_until IS NULL OR v.lease_until < now() AT TIME ZONE 'utc') ORDER BY v.created_at LIMIT 1
            FOR UPDATE OF v SKIP LOCKED)
AND (SELECT count(*) FROM videos WHERE key IS NULL AND lease_until > now() AT TIME ZONE 'utc') < %s
RETURNING *
"""


@job(MAKE_VIDEO, connect=False)
def make_video() -> None:
    """Job: claim the oldest video that is asked for and make it; then ask for the next."""
    begun(make_video)
    row = in_database(_claim)
    if row is None:
        return
    try:
        _make(row)
    except NotWantedError:
        in_database(_drop, row)
    except (OperationalError, NotFoundError) as error:  # the lease runs out, and the sweep looks again
        log.warning("video %s: %s", row.id[:LOGGED], error.__class__.__name__)
    except VideoError as error:
        in_database(_failed, row, error.code, str(error))
    except StorageError as error:
        in_database(_failed, row, "no_room", str(error))
    except Exception as error:  # also the end of the job's time
        log.exception("video %s", row.id[:LOGGED])
        in_database(_failed, row, "failed", error.__class__.__name__)
    enqueue_once(make_video)


def videos_to_make() -> None:
    """Sweep step: videos that are asked for and that nobody is making."""
    free = Video.lease_until.is_null() | (Video.lease_until < now())
    open_ = (Video.key.is_null(), Video.error_code.is_null(), free)
    if Video.select().join(ComposeForm).where(*open_, Video.next_try_at <= now(), ComposeForm.status.in_(PAID)).exists():
        Video.update(error_code="failed", updated_at=now()).where(*open_, Video.attempt >= _TRIES).execute()
        enqueue_once(make_video, seconds=30)


def _claim() -> Video | None:
    return next(iter(Video.raw(_CLAIM, _LEASE, PAID, max(1, settings.workers // 2))), None)


def _make(row: Video) -> None:
    script = in_database(script_of, row.form_id, row.song_index, row.format)
    if script.fingerprint() != row.fingerprint:  # photos or words changed: whoever asks next gets another
        raise NotWantedError
    storage().remove(row.id)  # of an attempt that died between its file and its row
    photos = [storage().get(key) for _start, key in script.photos]
    content = film_apart(script, storage().get(script.song_sha), photos, lambda percent: in_database(_go_on, row, percent))
    if not in_database(_go_on, row, 100):
        raise NotWantedError
    key = f"{row.id}/video-{hashlib.sha256(content).hexdigest()[:16]}.mp4"
    storage().put(key, content)
    if not in_database(_finish, row, key, len(content)):
        raise NotWantedError
    log.info("video %s made (%s, %s bytes, attempt %s)", row.id[:LOGGED], row.format, len(content), row.attempt)


def _mine(row: Video) -> tuple[object, ...]:
    return (Video.id == row.id, Video.attempt == row.attempt, Video.key.is_null())


def _go_on(row: Video, percent: int) -> bool:
    """Say how far it is. False where the video is not wanted any more: its row went, or its order was given back."""
    form = ComposeForm.select().where(ComposeForm.id == row.form_id, ComposeForm.status.in_(PAID))
    if not form.exists():
        return False
    return bool(Video.update(progress=percent, lease_until=now() + _LEASE, updated_at=now()).where(*_mine(row)).execute())


def _finish(row: Video, key: str, size: int) -> bool:
    with transaction():
        made = Video.update(key=key, bytes=size, progress=100, lease_until=None, updated_at=now())
        if not made.where(*_mine(row)).execute():
            return False
        Gift.update(updated_at=now()).where(Gift.form == row.form_id).execute()  # a link preview may name it now
        notify(row.form_id)
    return True


def _drop(row: Video) -> None:
    """Nobody wants it: neither its row nor a file of it stays. One that is somebody else's by now is left to them."""
    Video.delete().where(*_mine(row)).execute()
    if Video.get_or_none(Video.id == row.id) is None:
        storage().remove(row.id)


def _failed(row: Video, code: str, detail: str) -> None:
    log.warning("video %s, attempt %s: %s", row.id[:LOGGED], row.attempt, detail)
    over = row.attempt >= _TRIES or code == "no_encoder"
    Video.update(
        lease_until=None, error_code=code if over else None, next_try_at=now() + _PAUSE * row.attempt, updated_at=now()
    ).where(*_mine(row)).execute()
