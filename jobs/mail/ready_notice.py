"""The ready notice: a customer who leaves and asks for it gets one e-mail when every song is ready."""

from __future__ import annotations

from peewee import fn

from jobs import outbox
from models import BEFORE_READY, ComposeForm, Email, FormStatus, WrongMomentError, locked, notify, now, transaction


def ask_for_mail(form_id: str) -> str:
    """Request the notice; returns the address it will go to. Asking twice sends one e-mail. Raises WrongMomentError."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).first()
        if form is None or form.status not in BEFORE_READY or not form.guest_email:
            raise WrongMomentError("nothing_to_wait_for")
        if form.mail_asked_at is None:
            ComposeForm.update(mail_asked_at=now()).where(ComposeForm.id == form_id).execute()
            notify(form_id)
    return str(form.guest_email)


def songs_asked_for() -> None:
    """Sweep step: queue the e-mail for those who asked, once all songs are ready."""
    written = Email.select().where(Email.form == ComposeForm.id, Email.kind == "song_ready")
    asked = ComposeForm.mail_asked_at.is_null(False) & (ComposeForm.status == FormStatus.VARIATIONS_READY)
    for row in ComposeForm.select(ComposeForm.id).where(asked, ~fn.EXISTS(written)).limit(100):
        with transaction():
            form = locked(ComposeForm.select().where(ComposeForm.id == row.id)).get()
            if not Email.select().where(Email.form == form.id, Email.kind == "song_ready").exists():
                outbox.queue_email(form, "song_ready")
