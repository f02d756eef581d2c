"""The outbox: an e-mail is stored in the transaction that gives the reason for it, and sent afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from jobs.queue import enqueue
from jobs.queue_names import SEND_EMAIL, is_demo, queue_for
from models import CodedError, ComposeForm, Email, EmailStatus, move, new_id, notify, now, transaction
from settings import settings

OWED = (
    "delivery",
    "gift",
    "receipt",
    "extra_receipt",
    "refund",
    "payment_pending",
    "payment_failed",
)  # e-mails that belong to a payment
RESENDS_PER_HOUR = 3
EMAILS_PER_HOUR, EMAILS_PER_DAY = 10, 30  # all others to one address
CLAIM = timedelta(seconds=60)  # the sender of an e-mail has it alone for so long


class ResendTooSoonError(CodedError):
    """Asked for too often."""


def queue_email(form: ComposeForm, kind: str, **facts: Any) -> str | None:
    """Queue an e-mail to the giver; its id, or None where there is no address. The caller sends it after the commit."""
    return _insert(form.id, kind, form.guest_email, None, now(), facts) if form.guest_email else None


def _insert(form_id: str, kind: str, to_address: str, sequence: int | None, at: datetime, facts: dict[str, Any]) -> str | None:
    """One row, its Message-ID fixed now. A `sequence` that exists already: None."""
    email_id = new_id("mail")
    domain = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"
    last = Email.select(fn.MAX(Email.sequence)).where(Email.form == form_id, Email.kind == kind).scalar() or 0
    query = Email.insert(
        id=email_id,
        form=form_id,
        kind=kind,
        sequence=sequence or last + 1,
        to_address=to_address,
        message_id=f"<{email_id}@{domain}>",
        next_try_at=at,
        facts=facts,
    )
    return email_id if query.on_conflict_ignore().returning(Email.id).execute() else None


def put(form_id: str, kind: str, to_address: str, *, at: datetime | None = None, sequence: int | None = None) -> str | None:
    """Queue one e-mail, to be sent not before `at` (UTC). A `sequence` that exists already: None."""
    with transaction():
        email_id = _insert(form_id, kind, to_address, sequence, at or now(), {})
        if email_id is None:
            return None
        notify(form_id)
    if at is None or at <= now():
        enqueue(SEND_EMAIL, email_id, queue=queue_for(is_demo(form_id)))
    return email_id


def cancel_emails(form_id: str, kind: str) -> None:
    """Cancel the e-mails of a kind that were not sent yet."""
    for row in Email.select().where(Email.form == form_id, Email.kind == kind, Email.status == EmailStatus.QUEUED):
        move(row, EmailStatus.CANCELLED, by="customer")


def latest(form_id: str, kind: str) -> Email | None:
    """The newest e-mail of a kind."""
    return Email.select().where(Email.form == form_id, Email.kind == kind).order_by(Email.sequence.desc()).first()  # type: ignore[no-any-return]


def check_resend(form_id: str) -> None:
    """At most so many new e-mails an hour by hand. Raises ResendTooSoonError."""
    recent = Email.select().where(
        Email.form == form_id,
        Email.kind.in_(("delivery", "gift")),
        Email.sequence > 1,
        Email.created_at > now() - timedelta(hours=1),
    )
    if recent.count() >= RESENDS_PER_HOUR:
        raise ResendTooSoonError("too_many_mails", most=RESENDS_PER_HOUR)


def must_wait(row: Email) -> bool:
    """True while this address reached the limit of e-mails that belong to no payment."""
    if row.kind in OWED:
        return False
    sent = Email.select().where(
        fn.LOWER(Email.to_address) == row.to_address.lower(), Email.kind.not_in(OWED), Email.status == EmailStatus.SENT
    )
    hour, day = now() - timedelta(hours=1), now() - timedelta(days=1)
    return (
        sent.where(Email.sent_at > hour).count() >= EMAILS_PER_HOUR or sent.where(Email.sent_at > day).count() >= EMAILS_PER_DAY
    )
