"""Delivery: send the letters that wait in the outbox table; a form is `delivered` once its link is on the way."""

from __future__ import annotations

import logging
from datetime import timedelta

from integrations.mail import MailError, post
from jobs.letters import delivery_letter
from models import ComposeForm, Email, in_database, move, now

log = logging.getLogger("serenade.delivery")
PAUSES = (60, 300, 1800, 7200, 28800, 86400)  # seconds between tries (fault table row 127)


def send_email(email_id: str) -> None:
    """Job: send one letter. Twice is harmless: the claim decides who sends, the Message-ID makes a repeat recognisable."""
    in_database(_send_email, email_id)


def _send_email(email_id: str) -> None:
    due = Email.update(attempts=Email.attempts + 1, next_try_at=now() + timedelta(seconds=60)).where(
        Email.id == email_id, Email.status == "queued", Email.next_try_at <= now()
    )
    if not due.execute():
        return
    row = Email.find(email_id)
    try:
        post().send(delivery_letter(row))
    except MailError as error:
        _not_sent(row, error)
        return
    move(row, "sent", by="delivery", sent_at=now(), error=None)
    if row.kind == "delivery":
        move((ComposeForm, row.form_id), "delivered", by="delivery")


def _not_sent(row: Email, error: MailError) -> None:
    log.warning("mail %s not sent: %s", row.id, error)
    if error.permanent or row.attempts > len(PAUSES):
        move(row, "failed", by="delivery", why="permanent" if error.permanent else "too_many_tries", error=str(error))
        ComposeForm.update(attention="mail_failed").where(ComposeForm.id == row.form_id).execute()
        return
    pause = timedelta(seconds=PAUSES[row.attempts - 1])
    Email.update(next_try_at=now() + pause, error=str(error)).where(Email.id == row.id).execute()
