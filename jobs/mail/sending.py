"""Send the e-mails that are queued in the outbox table; a form is `delivered` once its delivery e-mail is sent."""

from __future__ import annotations

import logging
from datetime import timedelta

from peewee import OperationalError
from rq.timeouts import JobTimeoutException

from integrations.mail import MailError, post
from integrations.storage import StorageError
from jobs import outbox
from jobs.alerts import raise_alert
from jobs.crash_points import crash_at
from jobs.gifts.gift import is_held, missing_songs
from jobs.mail.templates import message_for
from jobs.mail.unsubscribe import wants_reminders
from jobs.queue_names import SEND_EMAIL, is_demo
from jobs.registry import job
from models import PAID, ComposeForm, Email, EmailStatus, FormStatus, move, now, transaction

log = logging.getLogger("serenade.sending")
PAUSES = (60, 300, 1800, 7200, 28800, 86400)  # seconds between tries: a mail server that is down for two days loses nothing
REMINDERS = ("expiry",)  # e-mails that nobody asked for: they honour the unsubscribe link


@job(SEND_EMAIL)
def send_email(email_id: str) -> None:
    """Job: send one e-mail. Twice is harmless: the claim decides who sends, the Message-ID makes a repeat recognisable."""
    due = Email.update(attempts=Email.attempts + 1, next_try_at=now() + outbox.CLAIM).where(
        Email.id == email_id, Email.status == EmailStatus.QUEUED, Email.next_try_at <= now()
    )
    if not due.execute():
        return
    row = Email.find(email_id)
    crash_at("mail_claimed")
    if is_demo(row.form_id):  # written like any other, but not sent, not even into the outbox folder
        _mark_sent(row, "demo: sent to nobody")
        return
    if outbox.must_wait(row):
        later = now() + timedelta(minutes=30)
        Email.update(next_try_at=later, attempts=Email.attempts - 1).where(Email.id == row.id).execute()
        return
    if row.kind == "delivery" and not _may_deliver(row):
        return
    try:
        sent = _send(row)
    except MailError as error:
        _not_sent(row, error)
        return
    if not sent:
        move(row, EmailStatus.CANCELLED, by="send_email", why="nothing_to_say")
        return
    crash_at("mail_sent")
    _mark_sent(row, None)
    crash_at("mail_marked")


def _send(row: Email) -> bool:
    """False for an e-mail that is no longer needed. Raises MailError, also where its template fails."""
    message = None
    try:
        message = message_for(row)
        if message is None or (row.kind in REMINDERS and not wants_reminders(row.to_address)):
            return False
        post().send(message)
    except (MailError, OperationalError, JobTimeoutException):
        raise
    except Exception as error:  # otherwise it would be retried every minute for ever, without an alert
        log.exception("e-mail %s", row.id)
        mistake = f"internal error: {error.__class__.__name__}"
        raise_alert("mail_broken", row.id, f"e-mail of kind {row.kind}: {mistake}", row.form_id)
        raise MailError(mistake, permanent=False, uncertain=message is not None) from error
    return True


def _mark_sent(row: Email, note: str | None) -> None:
    """The email and its form at once: a form whose email counts as sent would never be asked for again."""
    with transaction():
        move(row, EmailStatus.SENT, by="send_email", sent_at=now(), error=note)
        if row.kind == "delivery":
            move((ComposeForm, row.form_id), FormStatus.DELIVERED, by="send_email")


def _may_deliver(row: Email) -> bool:
    """The delivery e-mail is only sent while the songs are paid for and stored; otherwise it waits, with an alert."""
    form = ComposeForm.find(row.form_id)
    if form.status not in PAID:
        move(row, EmailStatus.FAILED, by="send_email", why="not_any_more")
        return False
    if is_held(form):
        ComposeForm.update(attention="to_release").where(ComposeForm.id == form.id).execute()
        later = {"next_try_at": now() + timedelta(minutes=10), "attempts": row.attempts - 1, "error": "to_release"}
        Email.update(**later).where(Email.id == row.id).execute()
        _send_receipt(form)
        return False
    try:
        missing = missing_songs(form)
    except StorageError:  # unknown at the moment: the sweep retries when the claim has run out
        log.warning("e-mail %s waits: the storage is unreachable", row.id)
        if row.attempts > 1:
            _send_receipt(form)
        return False
    if missing:
        raise_alert("song_missing", form.id, f"paid, but not in our storage: {', '.join(missing)}", form.id)
        pause = timedelta(seconds=PAUSES[min(row.attempts - 1, 2)])
        Email.update(next_try_at=now() + pause, error="song_missing").where(Email.id == row.id).execute()
        _send_receipt(form)
    return not missing


def _send_receipt(form: ComposeForm) -> None:
    """Once, and only where the songs do not come at once: otherwise the delivery e-mail is the receipt (decision 0053)."""
    if form.status == FormStatus.PAYMENT_COMPLETED and form.guest_email:
        outbox.put(form.id, "receipt", form.guest_email, sequence=1)


def _not_sent(row: Email, error: MailError) -> None:
    log.warning("e-mail %s not sent: %s", row.id, error)
    lost_twice = error.uncertain and row.facts.get("uncertain")  # it may have arrived twice already: staff decide
    if error.permanent or lost_twice or row.attempts > len(PAUSES):
        why = "permanent" if error.permanent else "uncertain" if lost_twice else "too_many_tries"
        move(row, EmailStatus.FAILED, by="send_email", why=why, error=str(error))
        mark_attention(row)
        raise_alert("mail_failed", row.id, f"e-mail of kind {row.kind} cannot be sent", row.form_id)
        return
    pause = timedelta(seconds=PAUSES[row.attempts - 1])
    facts = {**row.facts, "uncertain": True} if error.uncertain else row.facts
    Email.update(next_try_at=now() + pause, error=str(error), facts=facts).where(Email.id == row.id).execute()


def mark_attention(row: Email) -> None:
    """Staff look at an order whose e-mail did not arrive, where that was its delivery or the gift itself."""
    if row.kind in ("delivery", "gift"):
        ComposeForm.update(attention="mail_failed").where(ComposeForm.id == row.form_id).execute()
