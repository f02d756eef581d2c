"""Submitting: a variation that has a place is sent to its provider, once; the answer is its receipt."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from peewee import IntegrityError, fn

from integrations.music import MusicError, MusicProvider, Reason, SongRequest, Submission
from integrations.storage import StorageError, storage
from jobs.generation.bonus_clips import keep_bonus
from jobs.generation.eta import deadline, first_look
from jobs.generation.failures import fail_attempt, mark_uncertain
from jobs.generation.log_lines import log_about
from jobs.generation.providers import provider
from jobs.queue import begun, enqueue, enqueue_once
from jobs.queue_names import COLLECT_READY, DEMO_PROVIDER, URGENT, queue_for
from jobs.registry import job
from models import LOGGED, ComposeForm, Variation, VariationStatus, VariationStep, move_steps, now, transaction
from settings import settings

log = logging.getLogger("serenade.submitting")
SUBMIT_LEASE = 40.0  # longer than an adapter's own deadline
SYNCHRONOUS_LEASE = 330.0
TIME_SLICE = 60.0  # seconds that one job goes on starting the next
# Only the first row of a submit stands for it: two workers that held one row each of the same submit would wait for each other.
NEXT = """
SELECT * FROM variations
WHERE status = 'submitted' AND step IS NULL AND provider_task_id IS NULL AND submit_leader = (
    SELECT v.submit_leader FROM variations v
    WHERE v.status = 'submitted' AND v.step IS NULL AND v.provider_task_id IS NULL AND (v.provider = 'demo') = %s
    AND NOT EXISTS (SELECT 1 FROM variations o WHERE o.submit_leader = v.submit_leader AND o.status = 'submitted'
                    AND o.step IS NULL AND o.provider_task_id IS NULL AND o.clip_index < v.clip_index)
    ORDER BY v.submitted_at LIMIT 1 FOR UPDATE OF v SKIP LOCKED)
ORDER BY clip_index
"""


@job("submit_next", queue=URGENT)
def submit_next(demo: bool = False) -> None:
    """Job: start, one after another, whatever was given a place; several workers may do so side by side."""
    begun(submit_next, demo)
    until = time.monotonic() + TIME_SLICE
    while submit_one(demo):
        if time.monotonic() > until:
            enqueue(submit_next, demo, queue=queue_for(demo))
            return


def submit_one(demo: bool = False) -> bool:
    """Start what was given a place first. False if nothing waits for that."""
    secret = secrets.token_urlsafe(24)
    rows = _claim(hash_of(secret), demo)
    if not rows:
        return False
    with log_about(rows[0]):
        _submit(rows, secret)
    return True


def _submit(rows: list[Variation], secret: str) -> None:
    music = provider(str(rows[0].provider))
    url = f"{settings.public_url}/api/music/callback/{music.name}/{secret}" if music.capabilities.callbacks else ""
    try:
        request = request_for(rows[0], n=len(rows), callback_url=url)
    except (LookupError, TypeError):  # rows that cannot be submitted must not keep their place for ever
        log.exception("variation %s cannot be asked for", rows[0].id[:LOGGED])
        for row in rows:
            fail_attempt(row, MusicError(Reason.BAD_REQUEST, "the form lacks what a song needs"))
        return
    try:
        submission = music.submit(request)
        _receipt(rows, music, request, submission)
    except MusicError as error:
        for row in rows:
            fail_attempt(row, error)
    except StorageError as error:  # the audio was paid for and could not be stored: it is not bought again automatically
        log.error("ALERT: variation %s: %s", rows[0].id[:LOGGED], error)
        for row in rows:
            mark_uncertain(row, may_repeat=False)
    except IntegrityError:  # another uncertain submit adopted this task: ours is still to be found
        for row in rows:
            fail_attempt(row, MusicError(Reason.SUBMIT_UNCERTAIN))


def _claim(callback_hash: str, demo: bool) -> list[Variation]:
    """The variations of the next submit, ours from now on: bytes may have been sent.

    Whoever finds this step without a task id must not submit again by itself.
    """
    with transaction():
        rows = list(Variation.raw(NEXT, demo))
        if not rows:
            return []
        lease = SYNCHRONOUS_LEASE if provider(str(rows[0].provider)).capabilities.synchronous else SUBMIT_LEASE
        changes: dict[str, Any] = {"callback_hash": callback_hash, "lease_until": now() + timedelta(seconds=lease)}
        taken = move_steps(
            rows, VariationStep.SUBMITTING, by="submit", where=(Variation.provider_task_id.is_null(),), **changes
        )
    for row in rows:
        row.callback_hash = callback_hash
    return [row for row in rows if row.id in taken]


def hash_of(secret: str) -> str:
    """What we keep of a callback's secret; looking a hash up leaks nothing by its timing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _receipt(rows: list[Variation], music: MusicProvider, request: SongRequest, submission: Submission) -> None:
    """Commit what the provider said, at once: from now on the task can be found again."""
    clip = None
    if submission.audio is not None:  # a synchronous provider: the audio is the receipt, and it is sent once
        storage().put(f"{rows[0].id}/raw-{rows[0].attempt}.mp3", submission.audio)
        clip = asdict(submission.clip) if submission.clip else {}
        clip.pop("error", None)
    look = first_look(music.name, music.capabilities, submission.eta_seconds)
    with transaction():
        taken = move_steps(
            rows,
            VariationStep.WAITING if clip is None else VariationStep.FINISHING,
            by="submit",
            where=(  # this very submit, even if it was marked uncertain meanwhile
                Variation.callback_hash == rows[0].callback_hash,
                Variation.status == VariationStatus.SUBMITTED,
                Variation.provider_task_id.is_null(),
            ),
            provider_task_id=submission.task_id if clip is None else f"{submission.task_id}-{request.reference}",
            eta_seconds=submission.eta_seconds,
            stage=None,
            clip=clip,
            title=request.title,
            lyrics=request.lyrics,
            style=request.style,
            lease_until=None,
            deadline_at=deadline(submission.eta_seconds),
            next_poll_at=fn.LEAST(fn.COALESCE(Variation.next_poll_at, look), look),
        )
        if len(taken) < len(rows) and clip is None:
            _keep_late([row for row in rows if row.id not in taken], music, submission.task_id)
        if music.capabilities.spare:
            _keep_spares(rows, music, submission.task_id)
    log.info("%s made a task of it: %s", music.name, str(submission.task_id)[:LOGGED])
    if clip is not None:
        enqueue_once(COLLECT_READY, False)


def _keep_late(rows: list[Variation], music: MusicProvider, task_id: str) -> None:
    """A receipt that came when the attempt was over: what it bought is kept, unless somebody found the task before us."""
    known = Variation.provider == music.name, Variation.provider_task_id == task_id
    if not Variation.select().where(*known).exists():
        for row in rows:
            keep_bonus(row, music.name, task_id, row.clip_index, "late")


def _keep_spares(rows: list[Variation], music: MusicProvider, task_id: str) -> None:
    for index in range(len(rows), music.capabilities.max_n):
        keep_bonus(rows[0], music.name, task_id, index, "spare")


def request_for(row: Variation, n: int = 1, callback_url: str = "") -> SongRequest:
    """What is asked of a provider for this variation. The reference changes with each attempt."""
    form = ComposeForm.find(row.form_id)
    song = form.form_data["songs"][row.song_index]
    styles = form.variation_styles[row.song_index]
    voice = song.get("voiceType") or ""
    lyrics = row.asked_lyrics or form.generated_lyrics[row.song_index]
    tune = {} if row.softened else row.tune or {}  # other lyrics than were asked for have a tune of their own
    return SongRequest(
        reference=f"{row.id}-{row.attempt}",
        title=row.asked_title or form.generated_titles[row.song_index],
        lyrics=row.lyrics if row.softened and row.lyrics else lyrics,
        style=styles[row.variation - 1],
        prompt=form.generated_prompts[row.song_index],
        variation=row.variation,
        language=song.get("language") or "en",
        voice=voice if voice in ("male", "female") else "",
        duet=voice == "duet",
        recipient_name=song["recipientName"],
        sender_name=form.form_data["senderName"],
        n=n,
        callback_url=callback_url,
        pronunciation=song.get("pronunciation") or "",
        take=tune.get("take", row.take),
        tune_of=tune.get("lyrics", ""),
    )


def resume(row: Variation) -> None:
    """A submit was cut short (no task id, lease over): repeat it where that is safe, else it is unknown whether it started."""
    if row.step == VariationStep.SUBMITTING:
        if not provider(str(row.provider)).capabilities.safe_resubmit:
            fail_attempt(row, MusicError(Reason.SUBMIT_UNCERTAIN))
            return
        move_steps([row], None, by="sweep", why="cut_short", where=(Variation.provider_task_id.is_null(),))
    demo = row.provider == DEMO_PROVIDER
    enqueue_once(submit_next, demo, queue=queue_for(demo))
