"""Generation: who is next in line (dispatch), and starting it (submit), once. Where it is: polling; when it fails: failing."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from peewee import SQL, IntegrityError, fn

from integrations.music import MusicError, MusicProvider, Reason, SongRequest, Submission
from integrations.storage import StorageError, storage
from jobs.generation.eta import deadline, first_look
from jobs.generation.failures import fail_attempt
from jobs.generation.providers import paused_providers, provider, provider_for
from jobs.queue import begun, enqueue, enqueue_once
from jobs.queue_names import DEMO, lane
from models import LOGGED, BonusClip, ComposeForm, Variation, database, in_database, move, now, ring, transaction
from settings import settings

log = logging.getLogger("serenade.generation")
SUBMIT_LEASE = 40.0  # longer than an adapter's own deadline
SYNCHRONOUS_LEASE = 330.0
STINT = 60.0  # seconds that one job goes on starting the next
DISPATCH_LOCK = 7_301_001
FINISHING = "finishing"

# Fair between customers: the turn of a variation is how many of its own form go before it, then who came first.
LINE = """
SELECT v.id, v.form_id, ARRAY[v.song_index, v.revision, v.softened::integer] AS words, v.failures,
       row_number() OVER (PARTITION BY v.form_id ORDER BY v.queued_at, v.song_index, v.variation)
       + (SELECT count(*) FROM variations o WHERE o.form_id = v.form_id AND o.status IN ('submitted', 'generating')) AS turn
FROM variations v JOIN compose_forms f ON f.id = v.form_id
WHERE v.status = 'queued' AND NOT f.demo AND f.generated_lyrics <> '[]'::jsonb
      AND (v.not_before IS NULL OR v.not_before <= now() AT TIME ZONE 'utc')
ORDER BY turn, v.queued_at, v.song_index, v.variation
"""
DEMO_LINE = LINE.replace("NOT f.demo", "f.demo")


def dispatch(*on_lane: str) -> None:
    """Job: give free places at the providers to those who are next in line, and start them, until nobody is left."""
    begun("jobs.generation.submitting.dispatch", *on_lane)
    until = time.monotonic() + STINT
    while in_database(_dispatch, DEMO in on_lane):
        while in_database(_submit_next, DEMO in on_lane):
            if time.monotonic() > until:
                enqueue_once("jobs.generation.submitting.dispatch", *on_lane)
                return


def _dispatch(demo: bool = False) -> int:
    """How many tasks were given a place."""
    with transaction():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (DISPATCH_LOCK + demo,))
        free, paused = _free_places(demo), paused_providers()
        line = [_Waiting(*row) for row in database.execute_sql((DEMO_LINE if demo else LINE) + " LIMIT 200").fetchall()]
        started = 0
        for first in line:
            music = provider_for(first.failures, paused, demo)
            if first.placed or music is None or free[music.name] <= 0:
                continue
            group = _together(first, line, music, paused, demo)
            if _give_place(group, music):
                free[music.name] -= 1
                started += 1
        if started:
            for form_id in {row.form_id for row in line}:
                ring(form_id)  # everybody in line moved up
    for _ in range(min(started, 1 if demo else settings.workers) - 1):  # this job starts them too
        enqueue("jobs.generation.submitting.submit_next", *lane(demo), urgent=True)
    return started


class _Waiting:
    """One in line."""

    def __init__(self, row_id: str, form_id: str, words: list[int], failures: dict[str, int], turn: int) -> None:
        self.row_id, self.form_id, self.words, self.failures = row_id, form_id, words, failures
        self.placed = False


def _together(first: _Waiting, line: list[_Waiting], music: MusicProvider, paused: set[str], demo: bool) -> list[_Waiting]:
    """Variations of the same words whose turn it is at the same provider share one submit, as far as it serves several."""
    same = [
        row
        for row in line
        if (row.form_id, row.words) == (first.form_id, first.words)
        and not row.placed
        and provider_for(row.failures, paused, demo) is music
    ]
    return same[: music.capabilities.max_n]


def _free_places(demo: bool = False) -> dict[str, int]:
    """Places per provider; the demo has but one while real songs are made on this machine.

    A task that the provider has finished holds none, though we may still be collecting it.
    """
    busy: dict[str | None, int] = dict(
        Variation.select(Variation.provider, fn.COUNT(SQL("DISTINCT coalesce(submit_leader, id)")))
        .where(Variation.status.in_(("submitted", "generating")), Variation.stage.is_null() | (Variation.stage != FINISHING))
        .group_by(Variation.provider)
        .tuples()
        .execute()
    )
    if demo:
        most = 1 if busy.get("studio") else provider(DEMO).capabilities.max_parallel
        return {DEMO: most - busy.get(DEMO, 0)}
    return {name: provider(name).capabilities.max_parallel - busy.get(name, 0) for name in settings.music_providers}


def _give_place(group: list[_Waiting], music: MusicProvider) -> bool:
    lease = SYNCHRONOUS_LEASE if music.capabilities.synchronous else SUBMIT_LEASE
    moved: list[_Waiting] = []
    for row in group:
        row.placed = True
        changes: dict[str, Any] = {"provider": music.name, "submitted_at": now(), "submit_leader": group[0].row_id}
        changes |= {"clip_index": len(moved), "lease_until": now() + timedelta(seconds=lease)}
        moved += [row] * move((Variation, row.row_id), "submitted", by="dispatch", why=music.name, **changes)
    return bool(moved)


# Only the first row of a submit stands for it: two workers that held one row each of the same submit would wait for each other.
CLAIM = """
UPDATE variations SET stage = 'submitting', callback_hash = %s,
    lease_until = now() AT TIME ZONE 'utc' + %s * interval '1 second'
WHERE status = 'submitted' AND stage IS NULL AND provider_task_id IS NULL AND submit_leader = (
    SELECT v.submit_leader FROM variations v
    WHERE v.status = 'submitted' AND v.stage IS NULL AND v.provider_task_id IS NULL AND (v.provider = 'demo') = %s
    AND NOT EXISTS (SELECT 1 FROM variations o WHERE o.submit_leader = v.submit_leader AND o.status = 'submitted'
                    AND o.stage IS NULL AND o.provider_task_id IS NULL AND o.clip_index < v.clip_index)
    ORDER BY v.submitted_at LIMIT 1 FOR UPDATE OF v SKIP LOCKED)
RETURNING *
"""


def submit_next(*on_lane: str) -> None:
    """Job: start, one after another, whatever was given a place; several workers may do so side by side."""
    begun("jobs.generation.submitting.submit_next", *on_lane)
    until = time.monotonic() + STINT
    while in_database(_submit_next, DEMO in on_lane):
        if time.monotonic() > until:
            enqueue("jobs.generation.submitting.submit_next", *on_lane, urgent=True)
            return


def _submit_next(demo: bool = False) -> bool:
    # From here on bytes may have been sent: whoever finds this mark without a task id must not submit again by itself.
    secret = secrets.token_urlsafe(24)
    rows = sorted(Variation.raw(CLAIM, hash_of(secret), SUBMIT_LEASE, demo), key=lambda row: row.clip_index)
    if not rows:
        return False
    music = provider(str(rows[0].provider))
    if music.capabilities.synchronous:
        Variation.update(lease_until=now() + timedelta(seconds=SYNCHRONOUS_LEASE)).where(
            Variation.id.in_([row.id for row in rows])
        ).execute()
    url = f"{settings.public_url}/api/music/callback/{music.name}/{secret}" if music.capabilities.callbacks else ""
    try:
        request = request_for(rows[0], n=len(rows), callback_url=url)
    except (LookupError, TypeError):  # rows that nothing can be made of must not keep their place for ever
        log.exception("variation %s cannot be asked for", rows[0].id[:LOGGED])
        for row in rows:
            fail_attempt(row, MusicError(Reason.BAD_REQUEST, "the form lacks what a song needs"))
        return True
    try:
        submission = music.submit(request)
        _receipt(rows, music, request, submission)
    except MusicError as error:
        for row in rows:
            fail_attempt(row, error)
    except StorageError as error:  # the sound was bought and could not be kept: not bought again by itself
        log.error("ALERT: variation %s: %s", rows[0].id[:LOGGED], error)
        for row in rows:
            fail_attempt(row, MusicError(Reason.SUBMIT_UNCERTAIN, "bought, and not stored"))
    except IntegrityError:  # this task was taken for another's lost one: then that other one is ours to find
        for row in rows:
            fail_attempt(row, MusicError(Reason.SUBMIT_UNCERTAIN))
    return True


def hash_of(secret: str) -> str:
    """What we keep of a callback's secret; looking a hash up leaks nothing by its timing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _receipt(rows: list[Variation], music: MusicProvider, request: SongRequest, submission: Submission) -> None:
    """Commit what the provider said, at once: from now on the task can be found again."""
    clip = None
    if submission.audio is not None:  # a synchronous provider: the sound is the receipt, and there is no second one
        storage().put(f"{rows[0].id}/raw-{rows[0].attempt}.mp3", submission.audio)
        clip = asdict(submission.clip) if submission.clip else {}
        clip.pop("error", None)
    look = first_look(music.name, music.capabilities, submission.eta_seconds)
    with transaction():
        written = (
            Variation.update(
                provider_task_id=submission.task_id if clip is None else f"{submission.task_id}-{request.reference}",
                eta_seconds=submission.eta_seconds,
                stage="waiting" if clip is None else FINISHING,
                clip=clip,
                title=request.title,
                lyrics=request.lyrics,
                style=request.style,
                lease_until=None,
                deadline_at=deadline(submission.eta_seconds),
                next_poll_at=fn.LEAST(fn.COALESCE(Variation.next_poll_at, look), look),
                updated_at=now(),
            )
            .where(
                Variation.callback_hash == rows[0].callback_hash,  # this very submit, though it was doubted meanwhile
                Variation.status == "submitted",
                Variation.stage.in_(("submitting", "uncertain")),
                Variation.provider_task_id.is_null(),
            )
            .returning(Variation.id)
        )
        taken = {row.id for row in written.execute()}
        ring(rows[0].form_id)
        if len(taken) < len(rows) and clip is None:
            _keep_late([row for row in rows if row.id not in taken], music, submission.task_id)
        if music.capabilities.spare:
            _keep_spares(rows, music, submission.task_id)
    if clip is not None:
        enqueue_once("jobs.generation.collecting.collect_ready", urgent=False)


def _keep_late(rows: list[Variation], music: MusicProvider, task_id: str) -> None:
    """A receipt that came when the attempt was over: what it bought is kept, unless somebody found the task before us."""
    known = Variation.provider == music.name, Variation.provider_task_id == task_id
    if not Variation.select().where(*known).exists():
        for row in rows:
            keep_bonus(row, music.name, task_id, row.clip_index, "late")


def _keep_spares(rows: list[Variation], music: MusicProvider, task_id: str) -> None:
    for index in range(len(rows), music.capabilities.max_n):
        keep_bonus(rows[0], music.name, task_id, index, "spare")


def keep_bonus(row: Variation, name: str, task_id: str, clip_index: int, why: str) -> None:
    """Remember a clip that was paid for and has no cell."""
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


def request_for(row: Variation, n: int = 1, callback_url: str = "") -> SongRequest:
    """What is asked of a provider for this variation. The reference changes with each attempt."""
    form = ComposeForm.find(row.form_id)
    song = form.form_data["songs"][row.song_index]
    styles = form.variation_styles[row.song_index]
    voice = song.get("voiceType") or ""
    lyrics = row.asked_lyrics or form.generated_lyrics[row.song_index]
    return SongRequest(
        reference=f"{row.id}-{row.attempt}",
        title=row.asked_title or form.generated_titles[row.song_index],
        lyrics=row.lyrics if row.softened and row.lyrics else lyrics,
        style=styles[row.variation - 1],
        prompt=form.generated_prompts[row.song_index],
        variation=row.variation,
        language=song.get("language") or "en",
        voice=voice if voice in ("male", "female") else "",
        recipient_name=song["recipientName"],
        sender_name=form.form_data["senderName"],
        n=n,
        callback_url=callback_url,
    )


def resume(row: Variation) -> None:
    """A submit was cut short (no task id, lease over): repeat it where that is safe, else nobody knows whether it started."""
    if row.stage == "submitting" and not provider(str(row.provider)).capabilities.safe_resubmit:
        fail_attempt(row, MusicError(Reason.SUBMIT_UNCERTAIN))
        return
    Variation.update(stage=None).where(
        Variation.id == row.id,
        Variation.attempt == row.attempt,
        Variation.provider_task_id.is_null(),
        Variation.stage.is_null() | (Variation.stage == "submitting"),
    ).execute()
    enqueue_once("jobs.generation.submitting.submit_next", *lane(row.provider == DEMO))
