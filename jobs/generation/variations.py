"""The three variations of a song: begin them, choose one, retry, put back in line."""

from __future__ import annotations

from typing import Any

from peewee import SQL

from jobs.forms.drafts import find_form
from jobs.forms.wrong_fields import no_such_song
from jobs.generation.budget import afford
from jobs.queue import enqueue, enqueue_once
from jobs.queue_names import DISPATCH, WRITE_PROMPTS, queue_for
from jobs.rate_limits import spend
from models import (
    BEFORE_PAYING,
    BETWEEN_RECORDINGS,
    CHOOSING,
    OVER,
    ComposeForm,
    FormStatus,
    NotFoundError,
    Variation,
    VariationStatus,
    WrongMomentError,
    in_database,
    locked,
    move,
    new_id,
    notify,
    now,
    show_cell,
    transaction,
)

VARIATIONS = (1, 2, 3)


def begin_variations(form_id: str, song_index: int | None = None, variation: int | None = None) -> list[Variation]:
    """Three variations for every song (or for one song, or just one), each started exactly once whoever asks how often.

    Whoever names one that has failed starts it anew. The rows come first; the jobs follow from them. Raises WrongMomentError
    for a draft and for a form that is over, TooManyError beyond the limits, and then no row is there.
    """
    form = find_form(form_id)
    if form.submitted_at is None and form.status == FormStatus.CREATED:
        raise WrongMomentError("still_a_draft")
    if form.status in OVER:
        raise WrongMomentError("form_is_over", status=form.status)
    if song_index is not None and not 0 <= song_index < form.song_count:
        raise no_such_song(song_index)
    songs = range(form.song_count) if song_index is None else [song_index]
    wanted = VARIATIONS if variation is None else [variation]
    rows = [
        {"id": new_id("task"), "form": form_id, "song_index": song, "variation": number} for song in songs for number in wanted
    ]
    with transaction():
        new = form.status in BEFORE_PAYING and list(
            Variation.insert_many(rows).on_conflict_ignore().returning(Variation.id).tuples().execute()
        )
        if new:
            afford(form, len(new))
            show_task_ids(form_id)
            _start_what_is_written(form)
    if new and form.generated_lyrics:
        enqueue_once(DISPATCH, form.demo, queue=queue_for(form.demo))
    elif new:
        enqueue(WRITE_PROMPTS, form_id, queue=queue_for(form.demo))
    elif song_index is not None and variation is not None and _has_failed(form, song_index, variation):
        retry(form_id, song_index, variation)
    current = Variation.select().where(Variation.form == form_id, Variation.shown)
    return list(current.order_by(Variation.song_index, Variation.variation))


def _has_failed(form: ComposeForm, song_index: int, variation: int) -> bool:
    place = (Variation.form == form.id, Variation.song_index == song_index, Variation.variation == variation)
    failed = Variation.select().where(*place, Variation.shown, Variation.status == VariationStatus.FAILED)
    return form.status in CHOOSING and bool(failed.exists())


def _start_what_is_written(form: ComposeForm) -> None:
    if form.status in BETWEEN_RECORDINGS and form.generated_lyrics:
        move(form, FormStatus.VARIATIONS_GENERATING, by="customer", why="begin")


def show_task_ids(form_id: str) -> None:
    """Publish the ids as docs/api.md says, {"0": ["task1", "task2", "task3"]}, positional, null where there is none."""
    locked(ComposeForm.select(SQL("1")).where(ComposeForm.id == form_id)).execute()
    task_ids: dict[str, list[str | None]] = {}
    for row in Variation.select().where(Variation.form == form_id, Variation.shown):
        task_ids.setdefault(str(row.song_index), [None, None, None])[row.variation - 1] = row.id
    ComposeForm.update(variation_task_ids=task_ids, updated_at=now()).where(ComposeForm.id == form_id).execute()
    notify(form_id)


def choose_variation(form_id: str, song_index: int, variation: int) -> None:
    """Choose the variation of a song; a later choice replaces it. Raises WrongMomentError once paid or while not ready."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).first()
        if form is None:
            raise NotFoundError("no such form")
        if form.status not in CHOOSING:
            raise WrongMomentError("choice_is_closed", status=form.status)
        ready = Variation.select().where(
            Variation.form == form_id,
            Variation.song_index == song_index,
            Variation.variation == variation,
            Variation.status == VariationStatus.READY,
            Variation.shown,
        )
        if not ready.exists():
            raise WrongMomentError("variation_not_ready")
        ComposeForm.update(
            selected_variations={**form.selected_variations, str(song_index): variation}, updated_at=now()
        ).where(ComposeForm.id == form_id).execute()
        notify(form_id)


def retry(form_id: str, song_index: int, variation: int) -> bool:
    """The customer asks again for a failed variation. True if this started a new attempt.

    Raises TooManyError, WrongMomentError for a form that is paid or over: nothing is bought for it any more.
    """
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == find_form(form_id).id)).get()
        if form.status not in CHOOSING:
            raise WrongMomentError("songs_are_settled", status=form.status)
        place = (Variation.form == form_id, Variation.song_index == song_index, Variation.variation == variation)
        row = Variation.select().where(*place, Variation.shown).first()
        if row is None:
            raise NotFoundError("no such variation")
        afford(form, 1)
        moved = requeue(row, by="customer", why="retry", failures={}, softened=False, not_before=None, may_repeat=True)
        if moved:
            move(form, FormStatus.VARIATIONS_GENERATING, by="customer", why="retry")
    if moved:
        enqueue_once(DISPATCH, form.demo, queue=queue_for(form.demo))
    return moved


def requeue(row: Variation, *, by: str, why: str, **changes: Any) -> bool:
    """A new attempt of the same variation, behind those who wait already; `changes` are columns to set with it."""
    return move(
        row,
        VariationStatus.QUEUED,
        by=by,
        why=why,
        where=(Variation.attempt == row.attempt,),
        attempt=row.attempt + 1,
        provider=None,
        provider_task_id=None,
        progress=None,
        stage=None,
        eta_seconds=None,
        error_code=None,
        lease_until=None,
        queued_at=now(),
        clip=None,
        clip_index=0,
        submit_leader=None,
        callback_hash=None,
        deadline_at=None,
        next_poll_at=None,
        uncertain_at=None,
        collect_tries=0,
        **changes,
    )


def show_ready(row: Variation, url: str, title: str, lyrics: str) -> None:
    """Publish a finished variation in its columns (docs/api.md), if it is current. The form's row is locked by the caller."""
    stands = SQL("EXISTS (SELECT 1 FROM variations WHERE id = %s AND shown)", (row.id,))
    texts = {"variation_audio_urls": url, "variation_titles": title, "variation_lyrics": lyrics}
    show_cell(row.form_id, row.song_index, row.variation, only_if=stands, **texts)


def begin_songs(address: str, form_id: str) -> None:
    """The customer starts the songs: so many times a day from one address. Raises as `begin_variations`."""
    spend("starts", address)
    in_database(begin_variations, form_id)
