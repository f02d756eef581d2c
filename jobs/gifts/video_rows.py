"""The videos of a gift, as rows: asked for, found, and taken away once they show what is not so any more."""

from __future__ import annotations

import logging
from datetime import timedelta

from integrations.storage import StorageError, storage
from jobs.gifts.video_script import script_of
from jobs.queue import enqueue
from jobs.queue_names import MAKE_VIDEO, is_demo
from models import LOGGED, ComposeForm, Gift, NotFoundError, Video, WrongMomentError, new_id, now, transaction

log = logging.getLogger("serenade.video")
TRY_AGAIN = timedelta(minutes=10)  # after which a request begins anew what was given up
_CALM = timedelta(minutes=1)  # a giver who changes one photo changes the next


def want_video(form_id: str, song_index: int, format: str, wait: timedelta = timedelta(0)) -> Video:
    """The video of a song as it would be today: its row, whether it is there (`key`), being made, or given up (`error_code`).

    The first to ask has it made. What was made of other photos or words is removed. Raises NotFoundError where there is no such
    song, WrongMomentError in a demo, StorageError.
    """
    if is_demo(form_id):
        raise WrongMomentError("no_video_in_a_demo")
    fingerprint = script_of(form_id, song_index, format).fingerprint()
    place = (Video.form == form_id, Video.song_index == song_index, Video.format == format)
    row = Video.get_or_none(*place)
    if row is not None and row.fingerprint == fingerprint and not _may_begin_anew(row):
        return row
    if row is not None:
        _remove(row)
    with transaction():
        values = {"song_index": song_index, "format": format, "fingerprint": fingerprint, "next_try_at": now() + wait}
        Video.insert(id=new_id("video"), form=form_id, **values).on_conflict_ignore().execute()
        if not wait:
            enqueue(MAKE_VIDEO)
    return Video.get(*place)


def _may_begin_anew(row: Video) -> bool:
    return bool(row.error_code) and row.updated_at < now() - TRY_AGAIN


def _remove(row: Video) -> None:
    """The file, then the row; whoever is making it finds no row and removes what it made."""
    storage().remove(row.id)
    Video.delete().where(Video.id == row.id).execute()


def remove_videos(form_id: str) -> None:
    """Remove all videos of an order. Raises StorageError."""
    for row in Video.select().where(Video.form == form_id):
        _remove(row)


def videos_changed(form_id: str) -> None:
    """Something that videos show may have changed: take away what is stale, and have the cut for link previews made anew where
    its giver wants one."""
    wanted = Gift.select().where(Gift.form == form_id, Gift.name_in_preview).exists()
    try:
        for row in Video.select().where(Video.form == form_id):
            unwanted = row.format == "teaser" and not wanted
            if unwanted or script_of(form_id, row.song_index, row.format).fingerprint() != row.fingerprint:
                _remove(row)
        for song_index in range(ComposeForm.find(form_id).song_count) if wanted else ():
            want_video(form_id, song_index, "teaser", _CALM)
    except (StorageError, WrongMomentError, NotFoundError) as error:  # what is left is stale, and is shown to nobody
        log.warning("videos of %s: %s", form_id[:LOGGED], error.__class__.__name__)


def videos_before(row: Video) -> int:
    """How many others are made first."""
    waiting = (Video.key.is_null(), Video.error_code.is_null(), Video.created_at < row.created_at, Video.next_try_at <= now())
    return int(Video.select().where(*waiting).count())
