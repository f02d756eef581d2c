"""The mail server of the chaos: it outlives the shop and counts every letter, also the ones that come a second time."""

from __future__ import annotations

import collections
import email
import email.policy
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.stack import free_port

Key = tuple[str, str]  # to whom, and about what: delivery or refund


class Post:
    """A real SMTP server on loopback. Message-IDs are fixed before the first try, so a repeat is recognised by its own."""

    def __init__(self) -> None:
        self.copies: collections.Counter[str] = collections.Counter()
        self.letters: dict[str, Key] = {}
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take everything."""
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        number, subject = str(letter["Message-ID"]), str(letter["Subject"])
        kind = "payment" if "payment" in subject else "refund" if "refund" in subject else "delivery"
        self.copies[number] += 1
        self.letters[number] = (str(letter["To"]), kind)
        return "250 taken"

    def wrong(self, expected: collections.Counter[Key], deaths_in_the_gap: int) -> list[str]:
        """Letters that are missing or too many. Only a death between the server's 250 and our note may send one again."""
        found = collections.Counter(key for key in self.letters.values() if key[1] != "payment")
        wrong = [
            f"letters {key}: {found[key]} instead of {expected[key]}"
            for key in {*found, *expected}
            if found[key] != expected[key]
        ]
        if self.repeats > deaths_in_the_gap:
            wrong.append(f"{self.repeats} letters came again, but only {deaths_in_the_gap} processes died at mail_sent")
        return wrong

    @property
    def repeats(self) -> int:
        """How many letters too many the server took."""
        return self.copies.total() - len(self.copies)

    def told(self, payments: int, deaths_in_the_gap: int) -> str:
        """One line for the report."""
        kinds = collections.Counter(kind for _, kind in self.letters.values())
        owed = kinds["delivery"] + kinds["refund"]
        return (
            f"letters: {owed} for {payments} payments ({kinds['delivery']} with a link, {kinds['refund']} about a refund),"
            f" {kinds['payment']} about slow payments; {self.repeats} came a second time with the same Message-ID,"
            f" after {deaths_in_the_gap} deaths in the gap between the mail server's 250 and our note of it (mail_sent)"
        )
