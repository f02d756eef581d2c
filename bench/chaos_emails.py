"""The mail server of `make chaos`: it outlives the product and counts every email, also repeated ones."""

from __future__ import annotations

import collections
import email
import email.policy
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.stack import free_port

Key = tuple[str, str]  # to whom, and about what: delivery or refund


class MailServer:
    """A real SMTP server on loopback. Message-IDs are fixed before the first try, so a repeat is recognised by its own."""

    def __init__(self) -> None:
        self.copies: collections.Counter[str] = collections.Counter()
        self.emails: dict[str, Key] = {}
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take everything."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        number, subject = str(message["Message-ID"]), str(message["Subject"])
        kind = "payment" if "payment" in subject else "refund" if "refund" in subject else "delivery"
        self.copies[number] += 1
        self.emails[number] = (str(message["To"]), kind)
        return "250 taken"

    def wrong(self, expected: collections.Counter[Key], deaths_in_the_gap: int) -> list[str]:
        """Emails that are missing or too many. Only a death between the server's 250 and our record may send one again."""
        found = collections.Counter(key for key in self.emails.values() if key[1] != "payment")
        wrong = [
            f"emails {key}: {found[key]} instead of {expected[key]}"
            for key in {*found, *expected}
            if found[key] != expected[key]
        ]
        if self.repeats > deaths_in_the_gap:
            wrong.append(f"{self.repeats} emails came again, but only {deaths_in_the_gap} processes died at mail_sent")
        return wrong

    @property
    def repeats(self) -> int:
        """How many repeated emails the server accepted."""
        return self.copies.total() - len(self.copies)

    def summary(self, payments: int, deaths_in_the_gap: int) -> str:
        """One line for the report."""
        kinds = collections.Counter(kind for _, kind in self.emails.values())
        owed = kinds["delivery"] + kinds["refund"]
        return (
            f"emails: {owed} for {payments} payments ({kinds['delivery']} with a link, {kinds['refund']} about a refund),"
            f" {kinds['payment']} about slow payments; {self.repeats} came a second time with the same Message-ID,"
            f" after {deaths_in_the_gap} deaths in the gap between the mail server's 250 and our record of it (mail_sent)"
        )
