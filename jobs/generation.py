"""Generation: who is next in line (dispatch), start it (submit), see where it is (poll), and what to do when it fails."""

from __future__ import annotations

import logging
from datetime import timedelta

from peewee import SQL, fn

from integrations.music import MusicError, MusicProvider, Reason, SongRequest, State, TaskState
from jobs.composing import requeue
from jobs.providers import provider, provider_for
from jobs.queue import begun, enqueue, enqueue_once
from models import LOGGED, ComposeForm, Variation, database, in_database, move, now, ring, settle, transaction
from settings import settings

log = logging.getLogger("serenade.generation")
SUBMIT_LEASE = 30.0
COLLECT_LEASE = 30.0
DISPATCH_LOCK = 7_301_001
FINISHING = "finishing"

# Fair between customers: the turn of a variation is how many of its own form go before it, then who came first.
LINE = """
SELECT v.id, v.form_id, v.attempt,
       row_number() OVER (PARTITION BY v.form_id ORDER BY v.queued_at, v.song_index, v.variation)
       + (SELECT count(*) FROM variations o WHERE o.form_id = v.form_id AND o.status IN ('submitted', 'generating')) AS turn
FROM variations v JOIN compose_forms f ON f.id = v.form_id
WHERE v.status = 'queued' AND f.generated_lyrics <> '[]'::jsonb
ORDER BY turn, v.queued_at, v.song_index, v.variation
"""


def dispatch() -> None:
    """Job: give free places at the providers to those who are next in line."""
    begun("jobs.generation.dispatch")
    in_database(_dispatch)


def _dispatch() -> None:
    with transaction():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (DISPATCH_LOCK,))
        free = _free_places()
        line = database.execute_sql(LINE + " LIMIT 100").fetchall()
        started = [row_id for row_id, _, attempt, _ in line if _give_place(row_id, attempt, free)]
        if started:
            for form_id in {form_id for _, form_id, _, _ in line}:
                ring(form_id)  # everybody in line moved up
    for row_id in started:
        enqueue("jobs.generation.submit_variation", row_id, urgent=True)


def _free_places() -> dict[str, int]:
    """Places per provider. A task that the provider has finished holds none, though we may still be collecting it."""
    busy: dict[str | None, int] = dict(
        Variation.select(Variation.provider, fn.COUNT(SQL("*")))
        .where(Variation.status.in_(("submitted", "generating")), Variation.stage.is_null() | (Variation.stage != FINISHING))
        .group_by(Variation.provider)
        .tuples()
        .execute()
    )
    return {name: provider(name).capabilities.max_parallel - busy.get(name, 0) for name in settings.music_providers}


def _give_place(row_id: str, attempt: int, free: dict[str, int]) -> bool:
    music = provider_for(attempt)
    if free[music.name] <= 0:
        return False
    free[music.name] -= 1
    return move(
        (Variation, row_id),
        "submitted",
        by="dispatch",
        why=music.name,
        provider=music.name,
        submitted_at=now(),
        lease_until=now() + timedelta(seconds=SUBMIT_LEASE),
    )


def submit_variation(row_id: str) -> None:
    """Job: start one variation at its provider, once. The task id is committed right after the provider said it."""
    in_database(_submit_variation, row_id)


def _submit_variation(row_id: str) -> None:
    # From here on bytes may have been sent: whoever finds this mark without a task id must not submit again by itself.
    mine = (
        Variation.update(stage="submitting", lease_until=now() + timedelta(seconds=SUBMIT_LEASE))
        .where(Variation.id == row_id, Variation.status == "submitted", Variation.stage.is_null())
        .execute()
    )
    if not mine:
        return
    row = Variation.find(row_id)
    try:
        request = request_for(row)
    except (LookupError, TypeError):  # a row that nothing can be made of must not keep its place for ever
        log.exception("variation %s cannot be asked for", row.id[:LOGGED])
        fail_attempt(row, MusicError(Reason.BAD_REQUEST, "the form lacks what a song needs"))
        return
    try:
        submission = provider(str(row.provider)).submit(request)
    except MusicError as error:
        fail_attempt(row, error)
        return
    Variation.update(
        provider_task_id=submission.task_id,
        eta_seconds=submission.eta_seconds,
        stage="waiting",
        title=request.title,
        lyrics=request.lyrics,
        style=request.style,
        lease_until=None,
        updated_at=now(),
    ).where(Variation.id == row.id, Variation.attempt == row.attempt).execute()
    ring(row.form_id)


def request_for(row: Variation) -> SongRequest:
    """What is asked of a provider for this variation. The reference changes with each attempt."""
    form = ComposeForm.find(row.form_id)
    song = form.form_data["songs"][row.song_index]
    styles = form.variation_styles[row.song_index]
    voice = song.get("voiceType") or ""
    return SongRequest(
        reference=f"{row.id}-{row.attempt}",
        title=form.generated_titles[row.song_index],
        lyrics=form.generated_lyrics[row.song_index],
        style=styles[row.variation - 1],
        prompt=form.generated_prompts[row.song_index],
        variation=row.variation,
        language=song.get("language") or "en",
        voice=voice if voice in ("male", "female") else "",
        recipient_name=song["recipientName"],
        sender_name=form.form_data["senderName"],
    )


def poll_provider(name: str) -> None:
    """Job: ask a provider once about all its open tasks, and move every row to where its task is."""
    begun("jobs.generation.poll_provider", name)
    in_database(_poll_provider, provider(name))


def _poll_provider(music: MusicProvider) -> None:
    rows = list(
        Variation.select().where(
            Variation.provider == music.name,
            Variation.status.in_(("submitted", "generating")),
            Variation.provider_task_id.is_null(False),
        )
    )
    if not rows:
        return
    try:
        states = music.statuses([str(row.provider_task_id) for row in rows])
    except MusicError as error:
        log.warning("%s does not answer: %s", music.name, error.reason)
        return
    for row in rows:
        _follow(row, states.get(str(row.provider_task_id), TaskState(State.LOST)))


def _follow(row: Variation, state: TaskState) -> None:
    match state.state:
        case State.QUEUED | State.RUNNING:
            _report(row, state)
        case State.SUCCEEDED:
            _ask_for_collection(row)
        case State.FAILED:
            fail_attempt(row, state.error or MusicError(Reason.TRANSIENT))
        case State.LOST:
            fail_attempt(row, MusicError(Reason.LOST))


def _report(row: Variation, state: TaskState) -> None:
    """Progress moves forward only; a status read that arrives late changes nothing."""
    if row.status == "submitted" and state.state is State.RUNNING:
        move(row, "generating", by="poll", where=(Variation.attempt == row.attempt,))
    if (state.progress, state.stage) == (row.progress, row.stage):
        return
    ahead = Variation.progress.is_null() | (Variation.progress <= (state.progress or 0))
    Variation.update(progress=state.progress, stage=state.stage or row.stage, updated_at=now()).where(
        Variation.id == row.id, Variation.attempt == row.attempt, Variation.status.in_(("submitted", "generating")), ahead
    ).execute()
    ring(row.form_id)


def _ask_for_collection(row: Variation) -> None:
    """One hint at a time: the lease keeps others from asking again until it runs out or the work is done."""
    free = Variation.lease_until.is_null() | (Variation.lease_until < now())
    asked = (
        Variation.update(lease_until=now() + timedelta(seconds=COLLECT_LEASE), stage=FINISHING, progress=100)
        .where(Variation.id == row.id, Variation.attempt == row.attempt, Variation.status != "ready", free)
        .execute()
    )
    if asked:
        ring(row.form_id)
        enqueue("jobs.collecting.collect_variation", row.id, str(row.attempt))
        enqueue_once("jobs.generation.dispatch")


def fail_attempt(row: Variation, error: MusicError) -> None:
    """An attempt failed: try again by ourselves while attempts are left, and only then show it as failed.

    A submit whose outcome is unknown is never repeated by itself: it may have been billed.
    """
    log.warning("variation %s attempt %s failed: %s", row.id[:LOGGED], row.attempt, error.reason)
    same = (Variation.attempt == row.attempt,)
    final = error.reason is Reason.SUBMIT_UNCERTAIN or row.attempt % settings.max_attempts == 0
    if final:
        move(
            row, "failed", by="generation", why=error.reason.value, where=same, error_code=error.reason.value, lease_until=None
        )
        after(row.form_id)
    elif requeue(row, by="generation", why=error.reason.value):
        enqueue_once("jobs.generation.dispatch")


def after(form_id: str) -> None:
    """A variation ended: close the form's generation if it was the last, and let the next in line start."""
    if not settle(form_id):
        _call_for_attention(form_id)
    enqueue_once("jobs.generation.dispatch")


def _call_for_attention(form_id: str) -> None:
    unfinished = SQL("EXISTS (SELECT 1 FROM variations WHERE form_id = %s AND status IN %s)", (form_id, _OPEN))
    ComposeForm.update(attention="generation_failed").where(
        ComposeForm.id == form_id, ComposeForm.status == "variations_generating", ~unfinished
    ).execute()


_OPEN = ("queued", "submitted", "generating")


def resume(row: Variation) -> None:
    """A submit was cut short (no task id, lease over): repeat it where that is safe, else it stays uncertain."""
    if row.stage == "submitting" and not provider(str(row.provider)).capabilities.safe_resubmit:
        fail_attempt(row, MusicError(Reason.SUBMIT_UNCERTAIN))
        return
    Variation.update(stage=None).where(
        Variation.id == row.id, Variation.attempt == row.attempt, Variation.provider_task_id.is_null()
    ).execute()
    enqueue("jobs.generation.submit_variation", row.id, urgent=True)


def typical_seconds(name: str) -> float | None:
    """How long this provider takes from submit to ready: the median of its last 200, or None while there are none."""
    found = database.execute_sql(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM (SELECT extract(epoch FROM ready_at - submitted_at)"
        " AS seconds FROM variations WHERE provider = %s AND status = 'ready' ORDER BY ready_at DESC LIMIT 200) AS recent",
        (name,),
    ).fetchone()
    return None if found is None or found[0] is None else float(found[0])
