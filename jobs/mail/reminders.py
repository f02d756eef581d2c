"""Reminders, queued by the sweep: orders that will be deleted tomorrow."""

from __future__ import annotations

from datetime import timedelta

from peewee import fn

from jobs import outbox
from models import WITH_PROMPTS, ComposeForm, Email, now


def orders_that_end() -> None:
    """One e-mail, a day before an unpaid order is deleted."""
    tomorrow = (ComposeForm.expires_at > now()) & (ComposeForm.expires_at < now() + timedelta(days=1))
    _remind("expiry", ComposeForm.status.in_(WITH_PROMPTS) & tomorrow)


def _remind(kind: str, due: object) -> None:
    written = Email.select().where(Email.form == ComposeForm.id, Email.kind == kind)
    rows = ComposeForm.select(ComposeForm.id, ComposeForm.guest_email).where(
        due, ~ComposeForm.demo, ComposeForm.guest_email.is_null(False), ComposeForm.guest_email != "", ~fn.EXISTS(written)
    )
    for form in rows.limit(100):
        outbox.put(form.id, kind, str(form.guest_email), sequence=1)
