"""A mail server on loopback (a fixture), and emails that wait for it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

import jobs.mail.sending
from integrations.mail.smtp import Smtp
from jobs import outbox
from jobs.mail.sending import send_email
from models import Email, database, now
from tests.support.overrides import Enqueued
from tests.support.stack import free_port


class Sink:
    """What the server does with mail: `mode` is an SMTP answer, or how it dies."""

    mode = "250"
    port = 0

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []  # what came over the line
        self.envelopes: list[Any] = []
        self.names: list[str] = []  # by which we called ourselves

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.mode in ("451", "550"):
            return {"451": "451 greylisted, come back", "550": f"550 no such user {address}"}[self.mode]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str | None:
        if self.mode in ("452", "554"):
            return {"452": "452 disk full", "554": "554 rejected"}[self.mode]
        self.raw.append(envelope.original_content)
        self.envelopes.append(envelope)
        self.names.append(session.host_name)
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        if self.mode == "drop":
            server.transport.abort()
        return "250 taken"


class PlainServer(Controller):
    """A server without STARTTLS."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="sink.test", timeout=60)


@pytest.fixture
def sink(migrated: None, monkeypatch: pytest.MonkeyPatch, recorded_queue: list[Enqueued]) -> Iterator[Sink]:
    """A real server; our email goes there, and jobs are run by hand."""
    handler = Sink()
    handler.port = free_port()
    server = PlainServer(handler, hostname="127.0.0.1", port=handler.port)
    server.start()
    post = Smtp(f"smtp://127.0.0.1:{handler.port}")
    monkeypatch.setattr(jobs.mail.sending, "post", lambda: post)
    yield handler
    server.stop()


def queued(form_id: str, kind: str, **more: Any) -> Email:
    """The row of a fresh email."""
    with database.connection_context():
        email_id = outbox.put(form_id, kind, more.pop("to", "mia@example.com"), **more)
        assert email_id
        return Email.find(email_id)


def after(row: Email) -> Email:
    with database.connection_context():
        return Email.find(row.id)


def deliver(row: Email) -> Email:
    """Run the job now, whatever its next try was to be."""
    with database.connection_context():
        Email.update(next_try_at=now()).where(Email.id == row.id).execute()
    send_email(row.id)
    return after(row)
