"""Bounces: a mail server reports later that an e-mail could not be delivered. The giver sees it and can correct the address."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from jobs.mail.bounce_spool import waiting
from jobs.mail.sending import mark_bounced


def take_up_bounces() -> int:
    """Sweep step: mark the e-mails of the bounces that wait; how many. The others wait on, for at most three days.

    A report may be faster than the row of its e-mail, which is `sent` only once the mail server's answer is stored.
    """
    marked = 0
    for path, bounce in waiting():
        is_known = any(mark_bounced(known, why=f"bounced {bounce.status}") for known in bounce.references)
        marked += is_known
        with suppress(FileNotFoundError):  # another process took it up too
            path.unlink() if is_known else os.utime(path, (time.time(), time.time()))
    return marked
