""" "Mail me, I'm leaving": whoever asks gets one letter as soon as every song can be heard."""

from __future__ import annotations

from peewee import fn

from jobs import outbox
from models import BEFORE_READY, ComposeForm, Email, FormStatus, WrongMomentError, locked, notify, now, transaction


def ask_for_mail(form_id: str) -> str:
    """The customer is leaving; the address that the letter will go to. Asking twice is one letter. Raises WrongMomentError."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).first()
        if form is None or form.status not in BEFORE_READY or not form.guest_email:
            raise WrongMomentError("nothing_to_wait_for")
        if form.mail_asked_at is None:
            ComposeForm.update(mail_asked_at=now()).where(ComposeForm.id == form_id).execute()
            notify(form_id)
    return str(form.guest_email)


def songs_asked_for() -> None:
    """Sweep step: letters for those who asked, once all is ready."""
    written = Email.select().where(Email.form == ComposeForm.id, Email.kind == "song_ready")
    asked = ComposeForm.mail_asked_at.is_null(False) & (ComposeForm.status == FormStatus.VARIATIONS_READY)
    for row in ComposeForm.select(ComposeForm.id).where(asked, ~fn.EXISTS(written)).limit(100):
        with transaction():
            form = locked(ComposeForm.select().where(ComposeForm.id == row.id)).get()
            if not Email.select().where(Email.form == form.id, Email.kind == "song_ready").exists():
                outbox.queue_email(form, "song_ready")
