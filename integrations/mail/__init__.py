"""E-mail: one function, `send`. Without SMTP the built-in stand-in writes .eml files into an outbox folder."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from integrations.mail.message import MailError, Message
from settings import settings

__all__ = ["MailError", "Message", "Post", "post"]


class Post(Protocol):
    """What can send e-mails."""

    def send(self, message: Message) -> None:
        """Send once; raises MailError."""
        ...


@cache
def post() -> Post:
    """The sender that settings name: a mail server, or the outbox folder."""
    if settings.smtp_url != "outbox:":
        from integrations.mail.smtp import Smtp

        return Smtp(settings.smtp_url, plain=settings.smtp_plain, ehlo_name=settings.smtp_ehlo_name)
    from integrations.mail.outbox import Outbox

    return Outbox(settings.data_dir / "outbox")
