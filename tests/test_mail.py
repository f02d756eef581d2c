"""What leaves by SMTP: whole, once, encrypted, tried again as long as it may be; addresses and what they refuse."""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from peewee import OperationalError

import jobs.mail.sending
from integrations.mail import MailError, Message
from integrations.mail.smtp import Smtp
from jobs import outbox
from jobs.accounts import login
from jobs.gifts import giver_actions
from jobs.mail import login_link
from jobs.mail.templates import KINDS
from models import Alert, ComposeForm, Email, ExtraPurchase, Login, Reply, database, in_database, new_id, now
from tests.support.gifts import give
from tests.support.smtp import Sink, deliver, queued
from tests.support.stack import free_port


def a_message(**changes: str) -> Message:
    values = {"to_address": "mia@example.com", "subject": "Hello", "text": "a", "html": "<p>a</p>", "message_id": "<a@b>"}
    return Message(**{**values, **changes})


PAID_WITH = {"amount": 999, "currency": "usd", "why": "undelivered", "whole": True}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_email_arrives_whole(sink: Sink, kind: str) -> None:
    form_id = give(name="Mia <3", sender='Jo "the man" O\'Neil\r\nBcc: x@example.com')
    with database.connection_context():
        Reply.insert(id=new_id("r"), form=form_id, token="t", kind="text", words="I cried </p><script>").execute()
        status = {"song_ready": "variations_ready", "expiry": "variations_ready", "receipt": "payment_completed"}.get(kind)
        if status:
            ComposeForm.update(status=status).where(ComposeForm.id == form_id).execute()
        ExtraPurchase.insert(
            id=f"extra_{form_id}", form=form_id, idempotency_key=form_id, amount=499, currency="usd", song_index=0,
            what="versions", status="fulfilled", amount_paid=499, fulfilled_at=now(), expires_at=now(),
        ).execute()  # fmt: skip
    email_row = queued(form_id, kind)
    facts = {"extra_receipt": {"extra": f"extra_{form_id}"}}
    facts |= dict.fromkeys(("refund", "payment_pending", "payment_failed"), PAID_WITH)
    if kind in facts:
        with database.connection_context():
            Email.update(facts=facts[kind]).where(Email.id == email_row.id).execute()
    row = deliver(email_row)
    assert row.status == "sent"
    (message,) = sink.messages
    text, html = (str(message.get_body((part,)).get_content()) for part in ("plain", "html"))  # type: ignore[union-attr]
    assert message["Message-ID"] == row.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Bcc"] is None
    assert "<script" not in html
    assert ("http://localhost" in text) == (kind not in ("refund", "payment_pending"))
    assert ("$9.99" in text) == (kind in ("refund", "payment_pending"))
    assert (message["List-Unsubscribe"] is not None) == (kind in ("song_ready", "expiry"))
    if kind == "gift":
        assert "formId" not in text, "no way back to the order"


@pytest.mark.parametrize(("kind", "subject"), [("delivery", "Tu canción para Mía está lista"), ("gift", "de parte de Papá")])
def test_a_spanish_form_s_emails_arrive_in_spanish(sink: Sink, kind: str, subject: str) -> None:
    form_id = give(name="Mía", sender="Papá")
    with database.connection_context():
        ComposeForm.update(locale="es").where(ComposeForm.id == form_id).execute()
    assert deliver(queued(form_id, kind)).status == "sent"
    (message,) = sink.messages
    assert subject in message["Subject"]
    text, html = (str(message.get_body((part,)).get_content()) for part in ("plain", "html"))  # type: ignore[union-attr]
    assert text.startswith("Hola, ")
    assert '<html lang="es">' in html
    assert "canciones se hacen con IA" in html


@pytest.mark.parametrize(
    ("mode", "status", "stored"),
    [("451", "queued", 0), ("550", "failed", 0), ("452", "queued", 0), ("554", "failed", 0), ("drop", "queued", 1)],
)
def test_a_server_that_refuses_is_tried_again_or_never(sink: Sink, mode: str, status: str, stored: int) -> None:
    """docs/reliability.md rows 126 to 129. `drop`: the server took the email and its 250 was lost; nobody can know that."""
    sink.mode = mode
    row = deliver(queued(give(), "delivery"))
    assert (row.status, len(sink.messages), row.attempts) == (status, stored, 1)
    assert "example.com" not in row.error, "no address in a log line"
    if status == "queued":
        assert 50 < (row.next_try_at - now()).total_seconds() < 70
        sink.mode = "250"
        again = deliver(row)
        assert again.status == "sent"
        assert len({message["Message-ID"] for message in sink.messages}) == 1, "a repeat can be recognised"
        assert len({str(message.get_body(("plain",))) for message in sink.messages}) == 1, "and says the same"
        assert len(sink.messages) == stored + 1


def test_an_email_whose_fate_is_unknown_goes_out_once_more_and_then_staff_look(sink: Sink) -> None:
    """docs/reliability.md row 129: a server that loses every 250 gets at most one extra copy; then people decide."""
    sink.mode = "drop"
    form_id = give()
    row = queued(form_id, "delivery")
    for _ in range(4):
        row = deliver(row)
    assert (row.status, len(sink.messages)) == ("failed", 2)
    with database.connection_context():
        assert ComposeForm.find(form_id).attention == "mail_failed"


def test_a_database_that_goes_away_when_the_email_has_left_does_not_lose_the_delivery(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The email and its form are marked in one transaction: else the form would count as undelivered for ever."""
    form_id = give()
    with database.connection_context():
        ComposeForm.update(status="payment_completed").where(ComposeForm.id == form_id).execute()
    row, moves = queued(form_id, "delivery"), jobs.mail.sending.move

    def cut(*what: Any, **why: Any) -> bool:
        if "delivered" in what:
            raise OperationalError("server closed the connection unexpectedly")
        return bool(moves(*what, **why))

    with monkeypatch.context() as broken:
        broken.setattr(jobs.mail.sending, "move", cut)
        with pytest.raises(OperationalError):
            deliver(row)
    assert deliver(row).status == "sent"
    with database.connection_context():
        assert ComposeForm.find(form_id).status == "delivered"
    assert len({str(message["Message-ID"]) for message in sink.messages}) == 1


@pytest.mark.parametrize(
    ("mode", "tries", "copies"),
    [("250", 1, 1), ("451", 2, 1), ("550", login.MOST_TRIES, 0), ("drop", login.MOST_TRIES, 2)],
)
def test_the_link_to_sign_in_meets_every_server(
    sink: Sink, monkeypatch: pytest.MonkeyPatch, mode: str, tries: int, copies: int
) -> None:
    monkeypatch.setattr(login_link, "post", jobs.mail.sending.post)
    address = f"{new_id('a')}@example.com"
    in_database(login.ask_for_link, address)
    sink.mode = mode
    for _ in range(4):
        row = in_database(lambda: Login.get(Login.email == address))
        if row.attempts < login.MOST_TRIES:  # the sweep asks for no others
            with database.connection_context():
                Login.update(next_try_at=now()).where(Login.id == row.id).execute()
            login_link.send_login_link(row.id)
        sink.mode = "250" if mode == "451" else mode
    row = in_database(lambda: Login.get(Login.email == address))
    assert (row.attempts, len(sink.messages), row.mailed_at is not None) == (tries, copies, mode in ("250", "451"))
    assert len({message["Message-ID"] for message in sink.messages}) == min(copies, 1)


def test_a_server_that_takes_its_time_gets_no_second_copy(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the email's minute is over it is called off, so that no other worker sends it at the same time."""
    monkeypatch.setattr("integrations.mail.smtp.DATA_SECONDS", -1.0)
    row = deliver(queued(give(), "delivery"))
    assert (row.status, row.error, row.facts, sink.messages) == ("queued", "connection lost: SMTPServerDisconnected", {}, [])


def test_an_email_that_breaks_its_template_is_reported_to_staff_and_ends(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not begun anew every minute for ever: the pauses grow, and a corrected program sends it."""
    row = queued(give(), "delivery")
    with monkeypatch.context() as wrong:
        wrong.setattr(jobs.mail.sending, "message_for", lambda row: {}[row.kind])
        tries = [deliver(row) for _ in range(2)]
        assert [one.status for one in tries] == ["queued", "queued"]
        assert tries[-1].next_try_at > now() + dt.timedelta(minutes=4)
        with database.connection_context():
            assert Alert.select().where(Alert.kind == "mail_broken", Alert.about == row.id).count() == 1
    assert deliver(row).status == "sent"


def test_the_pauses_grow_until_it_is_given_up(sink: Sink) -> None:
    sink.mode = "451"
    row = queued(give(), "delivery")
    pauses = []
    for _ in range(7):
        row = deliver(row)
        pauses.append(round((row.next_try_at - now()).total_seconds(), -1))
    assert pauses[:6] == [60, 300, 1800, 7200, 28800, 86400]
    assert row.status == "failed"


def test_what_is_wrong_before_any_email_is_for_later(migrated: None) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(MailError) as refused:
            Smtp(f"smtp://127.0.0.1:{closed.getsockname()[1]}").send(a_message())
    assert not refused.value.permanent


def test_no_email_and_no_password_goes_out_in_the_clear(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server does not offer STARTTLS; to another machine that is refused, and tried again later."""
    monkeypatch.setattr("integrations.mail.smtp._is_this_machine", lambda host: False)
    with pytest.raises(MailError) as refused:
        Smtp(f"smtp://me:secret@127.0.0.1:{sink.port}").send(a_message())
    assert not refused.value.permanent
    assert sink.messages == []


def test_tls_is_checked_against_the_certificate(migrated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ssl

    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run(
        [*make, "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert], check=True, capture_output=True
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    handler = Sink()

    class TlsServer(Controller):
        def factory(self) -> SMTP:
            return SMTP(self.handler, hostname="localhost", tls_context=context, require_starttls=True)

    handler.port = free_port()
    server = TlsServer(handler, hostname="localhost", port=handler.port)
    server.start()
    url = f"smtp://localhost:{handler.port}"
    try:
        with pytest.raises(MailError) as unknown:
            Smtp(url).send(a_message())
        assert not unknown.value.permanent
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        Smtp(url).send(a_message(to_address="mia@example.com"))
    finally:
        server.stop()
    assert len(handler.messages) == 1


@pytest.mark.parametrize("address", ["a@example.com, b@example.com", "a@example.com\r\nBcc: b@example.com", "no address"])
def test_one_email_goes_to_one_mailbox(sink: Sink, address: str) -> None:
    with pytest.raises(MailError) as refused:
        Smtp(f"smtp://127.0.0.1:{sink.port}").send(a_message(to_address=address))
    assert refused.value.permanent
    assert sink.messages == []


def test_an_address_that_the_server_cannot_write_is_never_tried_again(sink: Sink) -> None:
    with pytest.raises(MailError) as refused:
        Smtp(f"smtp://127.0.0.1:{sink.port}").send(a_message(to_address="müller@example.com"))
    assert refused.value.permanent


def test_nobody_is_flooded(sink: Sink) -> None:
    form_id = give()
    deliver(queued(form_id, "delivery"))
    for _ in range(3):
        in_database(giver_actions.resend_link, form_id)
    with pytest.raises(outbox.ResendTooSoonError):
        in_database(giver_actions.resend_link, form_id)
    victim = "victim@example.com"
    for _ in range(outbox.EMAILS_PER_HOUR):
        other = give()
        with database.connection_context():
            ComposeForm.update(status="variations_ready").where(ComposeForm.id == other).execute()
        assert deliver(queued(other, "song_ready", to=victim)).status == "sent"
    with database.connection_context():
        ComposeForm.update(status="variations_ready").where(ComposeForm.id == form_id).execute()
    row = deliver(queued(form_id, "song_ready", to=victim))
    assert (row.status, row.attempts) == ("queued", 0)
    assert row.next_try_at > now() + dt.timedelta(minutes=29)
