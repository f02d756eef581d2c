"""Staff actions on a song: retry, another provider, one more version, new lyrics, review, release. Each returns a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from customer_texts import wrong_fields_in_words
from jobs.alerts import raise_alert
from jobs.forms.wrong_fields import InvalidFormError
from jobs.generation import revisions
from jobs.generation.bonus_clips import keep_bonus
from jobs.generation.dispatching import dispatch
from jobs.generation.providers import TRIES, able_providers, language_of_song
from jobs.generation.variations import requeue
from jobs.mail.sending import send_email
from jobs.queue import enqueue, enqueue_once
from jobs.queue_names import queue_for
from models import (
    BETWEEN_RECORDINGS,
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
    """Retry a failed or stuck variation, at whichever provider is next."""
    return in_database(_again, request.about, {})


def try_provider(request: Request) -> str:
    """The same, or one more version of a ready one, at a provider of choice: the ones before it count as tried out."""
    name = str(request.values.get("provider", ""))
    if name not in settings.music_providers:
        raise WrongMomentError(f"{name or 'no provider'} is not one of MUSIC_PROVIDERS")
    return in_database(_elsewhere, request.about, name)


def providers_for(form: ComposeForm, row: Variation) -> Sequence[str]:
    """Who sings the language of this recording's song, those first that have not failed at it."""
    able = able_providers(language_of_song(form.form_data, row.song_index))
    return sorted(able, key=lambda name: (name == row.provider, row.failures.get(name, 0)))


def _elsewhere(task_id: str, name: str) -> str:
    row = Variation.select().where(Variation.id == task_id).first()
    if row is not None and name not in providers_for(row.form, row):
        raise WrongMomentError(f"{name} does not sing the language of this song")
    before = settings.music_providers[: settings.music_providers.index(name)]
    failures = dict.fromkeys(before, TRIES)
    if row is None or row.status != VariationStatus.READY:
        return _again(task_id, failures)
    revisions.one_more(row.form_id, row.song_index, row.variation, by="staff", failures=failures)
    return f"One more version is queued, for {name}."


def _again(task_id: str, failures: dict[str, int]) -> str:
    with transaction():
        row = locked(Variation.select().where(Variation.id == task_id)).first()
        if row is None:
            raise WrongMomentError("this variation no longer exists")
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        if form.status in OVER:
            raise WrongMomentError(f"the order is {form.status}")
        if row.status == VariationStatus.QUEUED and failures == row.failures:
            return "Already queued."
        if row.status == VariationStatus.QUEUED:
            Variation.update(failures=failures, not_before=None).where(Variation.id == row.id).execute()
        elif row.status == VariationStatus.READY:
            raise WrongMomentError("it is ready; record one more version instead")
        else:
            if row.provider and row.provider_task_id:  # a late recording is kept as a bonus clip
                keep_bonus(row, row.provider, row.provider_task_id, row.clip_index, "late")
            requeue(row, by="staff", why="retry", failures=failures, softened=False, not_before=None, may_repeat=True)
        if form.status in BETWEEN_RECORDINGS:
            move(form, FormStatus.VARIATIONS_GENERATING, by="staff", why="retry")
        if form.attention == "generation_failed":
            ComposeForm.update(attention=None).where(ComposeForm.id == form.id).execute()
        notify(form.id)
    enqueue_once(dispatch, form.demo, queue=queue_for(form.demo))
    return "Queued again."


def replace(request: Request) -> str:
    """One more version of a ready variation, beyond the customer's limit. Not possible after payment."""
    return in_database(_replace, request.about)


def _replace(task_id: str) -> str:
    old = Variation.find(task_id)
    revisions.one_more(old.form_id, old.song_index, old.variation, by="staff")
    return "One more version is queued."


def change_lyrics_as_staff(request: Request) -> str:
    """New lyrics for one song (`about`: its number, from 0), without a limit. Not possible after payment."""
    song = int(request.about) if request.about.isdecimal() and len(request.about) < 3 else -1
    title, lyrics = (str(request.values.get(name, "")) for name in ("title", "lyrics"))
    return in_database(_change_lyrics, request.form_id, song, title, lyrics)


def _change_lyrics(form_id: str, song: int, title: str, lyrics: str) -> str:
    form = ComposeForm.find(form_id)
    if form.status in PAID:
        raise WrongMomentError("it is paid: the songs stay as bought. A credit pays for a new order with other lyrics")
    if form.status == FormStatus.PAYMENT_INITIATED:
        raise WrongMomentError("the customer's payment page is open: wait until it is paid or closed")
    try:
        checked = revisions.check_lyrics(title, lyrics)
        if checked in zip(form.generated_titles[song:], form.generated_lyrics[song : song + 1], strict=False):
            raise WrongMomentError("the song already has these lyrics")
        revisions.change_lyrics(form_id, song, *checked, by="staff")
    except InvalidFormError as error:
        raise WrongMomentError(" ".join(wrong_fields_in_words(error.fields).values()).rstrip(".")) from error
    return f"Song {song + 1} has new lyrics; its three versions are queued."


def approve(request: Request) -> str:
    """Staff listened, and the recording is good."""
    in_database(_review, request.about, "approved")
    return "Approved."


def flag_song(request: Request) -> str:
    """Staff listened, and the order needs attention."""
    in_database(_review, request.about, "flagged")
    return "Flagged: the order needs attention now."


def _review(task_id: str, verdict: str) -> None:
    with transaction():
        row = Variation.find(task_id)
        Variation.update(verdict=verdict).where(Variation.id == task_id).execute()
        if verdict == "flagged":
            ComposeForm.update(attention="flagged").where(ComposeForm.id == row.form_id).execute()
            raise_alert("flagged", task_id, "a member of staff flagged a recording", row.form_id)
        notify(row.form_id)


def seen(request: Request) -> str:
    """Clear the order's attention mark."""
    in_database(ComposeForm.update(attention=None).where(ComposeForm.id == request.form_id).execute)
    return "Attention cleared."


def release(request: Request) -> str:
    """Where RELEASE_BY_HAND holds paid songs: deliver this order."""
    email_ids = in_database(_release, request.form_id)
    for email_id in email_ids:
        enqueue(send_email, email_id)
    return "Released: the delivery e-mail is queued."


def _release(form_id: str) -> list[str]:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status not in PAID:
            raise WrongMomentError("the order is not paid, so nothing is held")
        ComposeForm.update(released_at=form.released_at or now(), attention=None).where(ComposeForm.id == form_id).execute()
        queued = (Email.form == form_id) & (Email.kind == "delivery") & (Email.status == EmailStatus.QUEUED)
        Email.update(next_try_at=now(), error=None).where(queued).execute()
        notify(form_id)
        return [row.id for row in Email.select(Email.id).where(queued)]
