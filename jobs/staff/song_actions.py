"""Mending: what staff do to a song: record it again, elsewhere or once more, hear it, let it go. Verbs answer in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.alerts import raise_alert
from jobs.forms.form_data import InvalidFormError
from jobs.generation import revisions
from jobs.generation.bonus_clips import keep_bonus
from jobs.generation.dispatching import dispatch
from jobs.generation.providers import TRIES
from jobs.generation.variations import requeue
from jobs.mail.sending import send_email
from jobs.queue import enqueue, enqueue_once
from jobs.queue_names import queue_for
from models import (
    OVER,
    PAID,
    ComposeForm,
    Email,
    EmailStatus,
    FormStatus,
    Variation,
    VariationStatus,
    WrongMomentError,
    in_database,
    locked,
    move,
    notify,
    now,
    transaction,
)
from settings import settings

if TYPE_CHECKING:
    from jobs.staff.action_request import Request


def record_again(request: Request) -> str:
    """A failed or stuck variation is recorded anew, wherever its turn is."""
    return in_database(_again, request.about, {})


def try_provider(request: Request) -> str:
    """The same, or one more version of a ready one, by a provider that staff name: those before it have had their tries."""
    name = str(request.values.get("provider", ""))
    if name not in settings.music_providers:
        raise WrongMomentError(f"{name or 'nobody'} is not one of MUSIC_PROVIDERS")
    before = settings.music_providers[: settings.music_providers.index(name)]
    return in_database(_elsewhere, request.about, dict.fromkeys(before, TRIES), name)


def _elsewhere(task_id: str, failures: dict[str, int], name: str) -> str:
    row = Variation.select().where(Variation.id == task_id).first()
    if row is None or row.status != VariationStatus.READY:
        return _again(task_id, failures)
    revisions.one_more(row.form_id, row.song_index, row.variation, by="staff", failures=failures)
    return f"One more version is in line, for {name}."


def _again(task_id: str, failures: dict[str, int]) -> str:
    with transaction():
        row = locked(Variation.select().where(Variation.id == task_id)).first()
        if row is None:
            raise WrongMomentError("there is no such variation any more")
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        if form.status in OVER:
            raise WrongMomentError(f"the order is {form.status}")
        if row.status == VariationStatus.QUEUED and failures == row.failures:
            return "It is in line already."
        if row.status == VariationStatus.QUEUED:
            Variation.update(failures=failures, not_before=None).where(Variation.id == row.id).execute()
        elif row.status == VariationStatus.READY:
            raise WrongMomentError("it is ready; ask for one more version instead")
        else:
            if row.provider and row.provider_task_id:  # it may still come: then it is kept as a bonus, not thrown away
                keep_bonus(row, row.provider, row.provider_task_id, row.clip_index, "late")
            requeue(row, by="staff", why="retry", failures=failures, softened=False, not_before=None)
        if form.status in (FormStatus.PROMPTS_GENERATED, FormStatus.VARIATIONS_READY):
            move(form, FormStatus.VARIATIONS_GENERATING, by="staff", why="retry")
        if form.attention == "generation_failed":
            ComposeForm.update(attention=None).where(ComposeForm.id == form.id).execute()
        notify(form.id)
    enqueue_once(dispatch, form.demo, queue=queue_for(form.demo))
    return "It is in line again."


def replace(request: Request) -> str:
    """One more version of a ready cell, beyond what a customer may ask for. After payment the bought song stays as it is."""
    return in_database(_replace, request.about)


def _replace(task_id: str) -> str:
    old = Variation.find(task_id)
    revisions.one_more(old.form_id, old.song_index, old.variation, by="staff")
    return "One more version is in line."


def change_lyrics(request: Request) -> str:
    """New words for one song (`about`: its number, from 0), however often. What is paid for stays as it was bought."""
    song = int(request.about) if request.about.isdecimal() and len(request.about) < 3 else -1
    title, lyrics = (str(request.values.get(name, "")) for name in ("title", "lyrics"))
    return in_database(_change_words, request.form_id, song, title, lyrics)


def _change_words(form_id: str, song: int, title: str, lyrics: str) -> str:
    form = ComposeForm.find(form_id)
    if form.status in PAID:
        raise WrongMomentError("it is paid: its songs stay what was bought. A credit pays for a new order with other words")
    if form.status == FormStatus.PAYMENT_INITIATED:
        raise WrongMomentError("the customer's payment page is open: wait until it is paid or closed")
    try:
        words = revisions.check_lyrics(title, lyrics)
        if words in zip(form.generated_titles[song:], form.generated_lyrics[song : song + 1], strict=False):
            raise WrongMomentError("these are the words it has already")
        revisions.change_lyrics(form_id, song, *words, by="staff")
    except InvalidFormError as error:
        raise WrongMomentError(" ".join(error.fields.values()).rstrip(".")) from error
    return f"Song {song + 1} has new words; its three versions are in line."


def approve(request: Request) -> str:
    """A person heard it, and it is good."""
    in_database(_say, request.about, "approved")
    return "Approved."


def flag(request: Request) -> str:
    """A person heard it, and somebody must look at the order."""
    in_database(_say, request.about, "flagged")
    return "Flagged: the order asks for attention."


def _say(task_id: str, verdict: str) -> None:
    with transaction():
        row = Variation.find(task_id)
        Variation.update(verdict=verdict).where(Variation.id == task_id).execute()
        if verdict == "flagged":
            ComposeForm.update(attention="flagged").where(ComposeForm.id == row.form_id).execute()
            raise_alert("flagged", task_id, "a member of staff heard something wrong", row.form_id)
        notify(row.form_id)


def seen(request: Request) -> str:
    """The order no longer asks for attention."""
    in_database(ComposeForm.update(attention=None).where(ComposeForm.id == request.form_id).execute)
    return "Done: it no longer asks for attention."


def release(request: Request) -> str:
    """Where RELEASE_BY_HAND holds paid songs back: let this order's go."""
    letters = in_database(_release, request.form_id)
    for letter in letters:
        enqueue(send_email, letter)
    return "Released: the link is on its way."


def _release(form_id: str) -> list[str]:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status not in PAID:
            raise WrongMomentError("nothing is paid here, so nothing is held back")
        ComposeForm.update(released_at=form.released_at or now(), attention=None).where(ComposeForm.id == form_id).execute()
        waiting = (Email.form == form_id) & (Email.kind == "delivery") & (Email.status == EmailStatus.QUEUED)
        Email.update(next_try_at=now(), error=None).where(waiting).execute()
        notify(form_id)
        return [row.id for row in Email.select(Email.id).where(waiting)]
