"""Collecting: a provider finished a variation; fetch the audio, make master and preview, and only then mark it ready."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, TypeVar

from peewee import SQL, OperationalError
from rq.timeouts import JobTimeoutException

from integrations.music import Clip, MusicError, MusicProvider, Reason, Section, TimedLine
from integrations.music.containers import UnusableAudioError
from integrations.music.download import RefusedHostError
from integrations.music.remote import cut_lyrics
from integrations.music.timed_names import shown_lines
from integrations.name_spelling import shown_text
from integrations.storage import StorageError, storage
from jobs.generation.eta import MINUTE
from jobs.generation.failures import after, fail_attempt
from jobs.generation.log_lines import log_about
from jobs.generation.mastering import LevelledAudio, make_recording, store
from jobs.generation.providers import provider
from jobs.generation.remakes import make_again
from jobs.generation.selection import preview_url
from jobs.generation.variations import show_ready
from jobs.queue import begun, enqueue_once
from jobs.queue_names import COLLECT_READY, DEMO_PROVIDER, HEAR_SONG, queue_for
from jobs.registry import job
from models import ComposeForm, Variation, VariationStatus, VariationStep, in_database, locked, move, now, transaction
from settings import settings

log = logging.getLogger("serenade.collecting")
_Timed = TypeVar("_Timed", TimedLine, Section)
_LEASE = 90.0
_TIME_SLICE = 60.0  # seconds that one job goes on taking the next clip
_TRIES = 3  # looks at a file that is not right, before the attempt counts as failed
_AGAIN = (3.0, 10.0, 30.0, 60.0)  # seconds between looks
_PATIENCE = 12  # looks at a file that does not come at all

_CLAIM = """
UPDATE variations SET lease_until = now() AT TIME ZONE 'utc' + %s * interval '1 second'
WHERE id = (SELECT id FROM variations WHERE status IN ('submitted', 'generating') AND step = 'finishing'
            AND (provider = 'demo') = %s
            AND (lease_until IS NULL OR lease_until < now() AT TIME ZONE 'utc') ORDER BY submitted_at LIMIT 1
            FOR UPDATE SKIP LOCKED)
RETURNING *, (SELECT form_data -> 'songs' -> song_index FROM compose_forms f WHERE f.id = form_id) AS song
"""


@job(COLLECT_READY, connect=False)
def collect_ready(demo: bool = False) -> None:
    """Job: fetch, check, level, cut, store, publish, one clip after another; several workers may do so side by side."""
    begun(collect_ready, demo)
    until = time.monotonic() + _TIME_SLICE
    while time.monotonic() < until:
        row = in_database(_claim, demo)
        if row is None:
            return
        with log_about(row):
            _collect(row)
    enqueue_once(collect_ready, demo, queue=queue_for(demo))


def _claim(demo: bool = False) -> Variation | None:
    """Whoever claims a clip has it for `LEASE` seconds; a killed worker loses only this one, and not for long."""
    return next(iter(Variation.raw(_CLAIM, _LEASE, demo)), None)


def _collect(row: Variation) -> None:
    clip = _with_real_name(row, clip_of(row.clip or {}))
    try:
        sound, least = _sound(row, clip), least_seconds(_sung(row))
        recording = make_recording(sound, clip.title or row.title or "", row.lyrics or "", least)
        keys = None if in_database(make_again, row, recording.checks) else store(row.id, recording)
    except UnusableAudioError as error:
        in_database(_look_again, row, error, _TRIES)
    except RefusedHostError as error:  # a wrong setting, or an attack: staff must look
        log.error("ALERT: %s: %s", row.provider, error)
        in_database(_call_staff, row)
    except MusicError as error:
        in_database(_look_again, row, error, _PATIENCE if error.reason is Reason.TRANSIENT else _TRIES)
    except StorageError as error:
        log.error("ALERT: variation %s: %s", row.id, error)  # the lease runs out and the sweep tries again
    except (OperationalError, JobTimeoutException):
        raise
    except Exception as error:  # an unexpected kind of file must not stop the others
        log.exception("variation %s could not be collected", row.id)
        in_database(_look_again, row, MusicError(Reason.PROVIDER_BUG, error.__class__.__name__), _TRIES)
    else:
        if keys is not None:
            in_database(_publish, row, _with_times(row, clip), recording, keys)


def _sound(row: Variation, clip: Clip) -> bytes:
    music = provider(str(row.provider))
    if music.capabilities.synchronous:
        return storage().get(f"{row.id}/raw-{row.attempt}.mp3")
    return music.audio(_fresh(music, row, clip) if row.collect_tries else clip)


def _fresh(music: MusicProvider, row: Variation, clip: Clip) -> Clip:
    """A link may run out while a file is waited for, or be replaced: before each further look it is asked for anew."""
    try:
        state = music.statuses([str(row.provider_task_id)]).get(str(row.provider_task_id))
    except MusicError:
        return clip
    return next((one for one in state.clips if one.index == clip.index and one.location), clip) if state else clip


def _sung(row: Variation) -> str:
    """As much of the lyrics as this provider takes."""
    return cut_lyrics(row.lyrics or "", provider(str(row.provider)).capabilities.max_lyrics)


def least_seconds(lyrics: str) -> float:
    """The shortest song that has room for these lyrics: MOST_WORDS_A_MINUTE are more than anybody sings.

    At most a minute: vendors, and our studio, leave verses out of long lyrics, and another attempt would not help.
    """
    sung = "\n".join(line for line in lyrics.split("\n") if not line.lstrip().startswith("["))
    return min(MINUTE, len(sung.split()) * MINUTE / settings.most_words_a_minute)


def _with_real_name(row: Variation, clip: Clip) -> Clip:
    return replace(clip, title=shown_text(clip.title, *_name_of(row)[:2]))


def _name_of(row: Variation) -> tuple[str, str, str]:
    """Name, how it is said, language of the song."""
    song = getattr(row, "song", None) or {}
    return song.get("recipientName") or "", song.get("pronunciation") or "", song.get("language") or "en"


def _with_times(row: Variation, clip: Clip) -> tuple[Clip, tuple[TimedLine, ...]]:
    lines = clip.timed_lyrics
    try:
        lines = provider(str(row.provider)).timed(str(row.provider_task_id), clip)
    except MusicError as error:  # optional: no song waits for it
        log.warning("no timed lyrics from %s: %s", row.provider, error.reason)
    return clip, shown_lines(lines, row.lyrics or "", *_name_of(row))


def shifted_times(timed: Sequence[_Timed], recording: LevelledAudio) -> list[_Timed]:
    """The same times in the song whose silent ends were cut off; what lay in them alone is left out."""
    cut, most = recording.cut_ms, recording.duration_ms
    moved = (replace(one, start_ms=max(0, one.start_ms - cut), end_ms=min(most, one.end_ms - cut)) for one in timed)
    return [one for one in moved if one.end_ms > one.start_ms or (one.end_ms == one.start_ms and 0 < one.start_ms < most)]


def clip_of(stored: dict[str, Any]) -> Clip:
    """The clip as the row holds it."""
    lines = tuple(TimedLine(**line) for line in stored.get("timed_lyrics", ()))
    sections = tuple(Section(**section) for section in stored.get("sections", ()))
    plain = {key: value for key, value in stored.items() if key not in ("timed_lyrics", "sections")}
    return Clip(**{"location": "", **plain}, timed_lyrics=lines, sections=sections)


def _look_again(row: Variation, error: MusicError, tries: int) -> None:
    """The file may become right (or come at all) a little later; asking again costs nothing, another attempt does."""
    if row.collect_tries + 1 >= tries:
        named = isinstance(error, UnusableAudioError)
        fail_attempt(row, error if named else MusicError(Reason.PROVIDER_BUG, str(error)))
        return
    log.warning("variation %s, look %s: %s", row.id, row.collect_tries + 1, error)
    pause = timedelta(seconds=_AGAIN[min(row.collect_tries, len(_AGAIN) - 1)])
    same = (Variation.id == row.id, Variation.attempt == row.attempt, Variation.step == VariationStep.FINISHING)
    Variation.update(collect_tries=row.collect_tries + 1, lease_until=now() + pause).where(*same).execute()


def _call_staff(row: Variation) -> None:
    ComposeForm.update(attention="audio_host_refused").where(ComposeForm.id == row.form_id).execute()
    if row.deadline_at is not None and row.deadline_at < now():
        fail_attempt(row, MusicError(Reason.LOST, "its file stayed out of reach"))


def _lock_form(row: Variation) -> None:
    """The form first, in the same order as `restore`: no deadlock."""
    locked(ComposeForm.select(SQL("1")).where(ComposeForm.id == row.form_id)).execute()


def _publish(
    row: Variation,
    timed: tuple[Clip, tuple[TimedLine, ...]],
    recording: LevelledAudio,
    keys: tuple[str, str, str],
) -> None:
    (clip, lines), (master_key, preview_key, sha) = timed, keys
    is_heard = bool(settings.transcription_base_url) and row.provider != DEMO_PROVIDER
    with transaction():
        _lock_form(row)
        moved = move(
            row,
            VariationStatus.READY,
            by="collect",
            where=(Variation.attempt == row.attempt,),
            progress=100,
            stage=None,
            lease_until=None,
            error_code=None,
            clip=None,
            ready_at=now(),
            master_key=master_key,
            preview_key=preview_key,
            master_sha256=sha,
            style=clip.style or row.style,
            hear_at=now() if is_heard else None,
            hear_tries=0,
            **_measured(recording),
            timed_lyrics=[asdict(line) for line in shifted_times(lines, recording)],
            sections=[asdict(section) for section in shifted_times(clip.sections, recording)],
        )
        if moved:
            show_ready(row, preview_url(row), clip.title or row.title or "", row.lyrics or "")
    if moved:
        after(row.form_id)
        if is_heard:
            enqueue_once(HEAR_SONG)
    elif not Variation.select().where(Variation.id == row.id).exists():
        storage().remove(row.id)  # purged while we worked: no row owns what we stored


def _measured(recording: LevelledAudio) -> dict[str, Any]:
    """What is known of the sound itself, as columns."""
    return {
        "master_bytes": len(recording.master),
        "duration_ms": recording.duration_ms,
        "preview_ms": recording.preview_ms,
        "loudness_lufs": recording.loudness_lufs,
        "checks": recording.checks,
        "peaks": {"master": recording.master_peaks, "preview": recording.preview_peaks},
    }
