"""The outbox: put a letter in line, take it back, find out whether one more may be written."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from peewee import fn

from jobs.queue import enqueue
from models import Email, Unsubscribed, move, new_id, now, ring, transaction
from settings import settings

RESENDS_PER_HOUR = 3
PER_HOUR, PER_DAY = 10, 30  # letters to one address that nobody paid for


class TooManyError(Exception):
    """Asked for too often; the message is a sentence for the customer."""


def put(form_id: str, kind: str, to_address: str, *, at: datetime | None = None, sequence: int | None = None) -> str | None:
    """Queue one letter; its Message-ID is fixed now. `at`: UTC, not before. A `sequence` that exists already: None."""
    letter = new_id("mail")
    domain = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"
    with transaction():
        last = Email.select(fn.MAX(Email.sequence)).where(Email.form == form_id, Email.kind == kind).scalar() or 0
        query = Email.insert(
            id=letter,
            form=form_id,
            kind=kind,
            sequence=sequence or last + 1,
            to_address=to_address,
            message_id=f"<{letter}@{domain}>",
            next_try_at=at or now(),
        )
        if not query.on_conflict_ignore().returning(Email.id).execute():
            return None
        ring(form_id)
    if at is None or at <= now():
        enqueue("jobs.delivery.send_email", letter, urgent=True)
    return letter


def cancel(form_id: str, kind: str) -> None:
    """Take back letters of a kind that were not sent yet."""
    for row in Email.select().where(Email.form == form_id, Email.kind == kind, Email.status == "queued"):
        move(row, "cancelled", by="customer")


def latest(form_id: str, kind: str) -> Email | None:
    """The newest letter of a kind."""
    return Email.select().where(Email.form == form_id, Email.kind == kind).order_by(Email.sequence.desc()).first()  # type: ignore[no-any-return]


def check_resend(form_id: str) -> None:
    """At most so many new letters an hour by hand. Raises TooManyError."""
    recent = Email.select().where(
        Email.form == form_id,
        Email.kind.in_(("delivery", "gift")),
        Email.sequence > 1,
        Email.created_at > now() - timedelta(hours=1),
    )
    if recent.count() >= RESENDS_PER_HOUR:
        raise TooManyError(f"That was {RESENDS_PER_HOUR} mails within the hour. Please wait; the link works meanwhile.")


def must_wait(row: Email) -> bool:
    """True while this address had its share of letters that nobody paid for."""
    if row.kind in ("delivery", "gift"):
        return False
    sent = Email.select().where(
        fn.LOWER(Email.to_address) == row.to_address.lower(), Email.kind.not_in(("delivery", "gift")), Email.status == "sent"
    )
    hour, day = now() - timedelta(hours=1), now() - timedelta(days=1)
    return sent.where(Email.sent_at > hour).count() >= PER_HOUR or sent.where(Email.sent_at > day).count() >= PER_DAY


def address_key(address: str) -> str:
    """An address as we remember that it wants no reminders: by its hash only."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def wants_reminders(address: str) -> bool:
    """False once its owner unsubscribed."""
    return not Unsubscribed.select().where(Unsubscribed.address_sha256 == address_key(address)).exists()


def unsubscribe(key: str) -> None:
    """No reminders to this address any more."""
    Unsubscribed.insert(address_sha256=key).on_conflict_ignore().execute()
