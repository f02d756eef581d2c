"""Bounces: a mail server reports later that an e-mail could not be delivered. The giver sees it and can correct the address."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from jobs.mail.bounce_spool import waiting_bounces
from jobs.mail.sending import mark_attention
from models import Email, EmailStatus, append_event, notify, now, transaction


def take_up_bounces() -> int:
    """Sweep step: mark the e-mails of the bounces that wait; how many. The others wait on, for at most three days.

    A report may be faster than the row of its e-mail, which is `sent` only once the mail server's answer is stored.
    """
    marked = 0
    for path, bounce in waiting_bounces():
        is_known = any(mark_bounced(known, why=f"bounced {bounce.status}") for known in bounce.references)
        marked += is_known
        with suppress(FileNotFoundError):  # another process took it up too
            path.unlink() if is_known else os.utime(path, (time.time(), time.time()))
    return marked


def mark_bounced(reference: str, why: str = "bounce") -> bool:
    """A sent e-mail bounced: the giver sees it beside the address. False for a reference that is not ours.

    For whatever reads bounces (a mailbox, a relay's webhook). The reference is a Message-ID, or its part before the @, which
    the header X-Email-Id carries too; both hold 128 random bits, so they cannot be guessed.
    """
    with transaction():
        is_ours = (Email.message_id == reference.strip()) | (Email.id == reference.strip())
        row = Email.get_or_none(is_ours, Email.status == EmailStatus.SENT)
        if row is None:
            return False
        if Email.update(bounced_at=now(), error=why[:120]).where(Email.id == row.id, Email.bounced_at.is_null()).execute():
            append_event(row.form_id, "email", row.id, EmailStatus.SENT, EmailStatus.SENT, by="bounce", why="bounced")
            mark_attention(row)
            notify(row.form_id)
    return True
