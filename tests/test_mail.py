"""Mail against a real SMTP server that misbehaves in every way, and letters at the minute a giver chose."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import socket
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

import jobs.mail.sending
import models
from integrations.mail import MailError, Message
from integrations.mail.smtp import Smtp
from jobs import outbox
from jobs.accounts import login
from jobs.gifts import giver_actions
from jobs.gifts.gift import find_gift
from jobs.gifts.replies import leave_words
from jobs.gifts.schedule import NoSuchMomentError, moment_of
from jobs.mail import reminders
from jobs.mail.bounces import record_bounce
from jobs.mail.sending import mark_bounced, send_email
from jobs.mail.templates import KINDS, message_for
from jobs.views.gift_view import read_gift_view
from models import Alert, ComposeForm, Email, Gift, Login, Reply, ShareToken, database, in_database, new_id, now
from tests.support.gifts import give, tokens
from tests.support.overrides import Enqueued
from tests.support.stack import free_port


class Sink:
    """What the server does with mail: `mode` is an SMTP answer, or how it dies."""

    mode = "250"
    port = 0

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.mode in ("451", "550"):
            return {"451": "451 greylisted, come back", "550": f"550 no such user {address}"}[self.mode]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str | None:
        if self.mode in ("452", "554"):
            return {"452": "452 disk full", "554": "554 rejected"}[self.mode]
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        if self.mode == "drop":
            server.transport.abort()
        return "250 taken"


class PlainServer(Controller):
    """A server without STARTTLS."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="sink.test", timeout=5)


@pytest.fixture
def sink(migrated: None, monkeypatch: pytest.MonkeyPatch, recorded_queue: list[Enqueued]) -> Iterator[Sink]:
    """A real server; our post goes there, and jobs are run by hand."""
    handler = Sink()
    handler.port = free_port()
    server = PlainServer(handler, hostname="127.0.0.1", port=handler.port)
    server.start()
    post = Smtp(f"smtp://127.0.0.1:{handler.port}")
    monkeypatch.setattr(jobs.mail.sending, "post", lambda: post)
    yield handler
    server.stop()


def a_letter(**changes: str) -> Message:
    values = {"to_address": "mia@example.com", "subject": "Hello", "text": "a", "html": "<p>a</p>", "message_id": "<a@b>"}
    return Message(**{**values, **changes})


def queued(form_id: str, kind: str, **more: Any) -> Email:
    """The row of a fresh letter."""
    with database.connection_context():
        letter = outbox.put(form_id, kind, more.pop("to", "mia@example.com"), **more)
        assert letter
        return Email.find(letter)


def after(row: Email) -> Email:
    with database.connection_context():
        return Email.find(row.id)


def deliver(row: Email) -> Email:
    """Run the job now, whatever its next try was to be."""
    with database.connection_context():
        Email.update(next_try_at=now()).where(Email.id == row.id).execute()
    send_email(row.id)
    return after(row)


PAID_WITH = {"amount": 999, "currency": "usd", "why": "undelivered", "whole": True}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_letter_arrives_whole(sink: Sink, kind: str) -> None:
    form_id = give(name="Mia <3", sender='Jo "the man" O\'Neil\r\nBcc: x@example.com')
    with database.connection_context():
        Reply.insert(id=new_id("r"), form=form_id, token="t", kind="text", words="I cried </p><script>").execute()
        if kind in ("song_ready", "expiry"):
            ComposeForm.update(status="variations_ready").where(ComposeForm.id == form_id).execute()
    letter_row = queued(form_id, kind)
    if kind in ("refund", "payment_pending", "payment_failed"):
        with database.connection_context():
            Email.update(facts=PAID_WITH).where(Email.id == letter_row.id).execute()
    row = deliver(letter_row)
    assert row.status == "sent"
    (letter,) = sink.letters
    text, html = (str(letter.get_body((part,)).get_content()) for part in ("plain", "html"))  # type: ignore[union-attr]
    assert letter["Message-ID"] == row.message_id
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Bcc"] is None
    assert "<script" not in html
    assert ("http://localhost" in text) == (kind not in ("refund", "payment_pending"))
    assert ("$9.99" in text) == (kind in ("refund", "payment_pending"))
    assert (letter["List-Unsubscribe"] is not None) == (kind in ("song_ready", "expiry"))
    if kind == "gift":
        assert "formId" not in text, "no way back to the order"


@pytest.mark.parametrize(("kind", "subject"), [("delivery", "Tu canción para Mía está lista"), ("gift", "de parte de Papá")])
def test_a_spanish_form_s_letters_arrive_in_spanish(sink: Sink, kind: str, subject: str) -> None:
    form_id = give(name="Mía", sender="Papá")
    with database.connection_context():
        ComposeForm.update(locale="es").where(ComposeForm.id == form_id).execute()
    assert deliver(queued(form_id, kind)).status == "sent"
    (letter,) = sink.letters
    assert subject in letter["Subject"]
    text, html = (str(letter.get_body((part,)).get_content()) for part in ("plain", "html"))  # type: ignore[union-attr]
    assert text.startswith("Hola, ")
    assert '<html lang="es">' in html
    assert "canciones se hacen con IA" in html


@pytest.mark.parametrize(
    ("mode", "status", "stored"),
    [("451", "queued", 0), ("550", "failed", 0), ("452", "queued", 0), ("554", "failed", 0), ("drop", "queued", 1)],
)
def test_a_server_that_refuses_is_tried_again_or_never(sink: Sink, mode: str, status: str, stored: int) -> None:
    """Fault table rows 126 to 129. `drop`: the server took the letter and its 250 was lost; nobody can know that."""
    sink.mode = mode
    row = deliver(queued(give(), "delivery"))
    assert (row.status, len(sink.letters), row.attempts) == (status, stored, 1)
    assert "example.com" not in row.error, "no address in a log line"
    if status == "queued":
        assert 50 < (row.next_try_at - now()).total_seconds() < 70
        sink.mode = "250"
        again = deliver(row)
        assert again.status == "sent"
        assert len({letter["Message-ID"] for letter in sink.letters}) == 1, "a repeat can be recognised"
        assert len({str(letter.get_body(("plain",))) for letter in sink.letters}) == 1, "and says the same"
        assert len(sink.letters) == stored + 1


def test_a_letter_whose_fate_was_never_told_goes_out_once_more_and_then_staff_look(sink: Sink) -> None:
    """Fault table row 129: a server that loses every 250 gets at most one extra copy; it may have arrived, so people decide."""
    sink.mode = "drop"
    form_id = give()
    row = queued(form_id, "delivery")
    for _ in range(4):
        row = deliver(row)
    assert (row.status, len(sink.letters)) == ("failed", 2)
    with database.connection_context():
        assert ComposeForm.find(form_id).attention == "mail_failed"


@pytest.mark.parametrize(
    ("mode", "tries", "copies"),
    [("250", 1, 1), ("451", 2, 1), ("550", login.MOST_TRIES, 0), ("drop", login.MOST_TRIES, 2)],
)
def test_the_link_to_sign_in_meets_every_server(
    sink: Sink, monkeypatch: pytest.MonkeyPatch, mode: str, tries: int, copies: int
) -> None:
    monkeypatch.setattr(login, "post", jobs.mail.sending.post)
    address = f"{new_id('a')}@example.com"
    in_database(login.ask_for_link, address)
    sink.mode = mode
    for _ in range(4):
        row = in_database(lambda: Login.get(Login.email == address))
        if row.attempts < login.MOST_TRIES:  # the sweep asks for no others
            with database.connection_context():
                Login.update(next_try_at=now()).where(Login.id == row.id).execute()
            login.send_link(row.id)
        sink.mode = "250" if mode == "451" else mode
    row = in_database(lambda: Login.get(Login.email == address))
    assert (row.attempts, len(sink.letters), row.mailed_at is not None) == (tries, copies, mode in ("250", "451"))
    assert len({letter["Message-ID"] for letter in sink.letters}) == min(copies, 1)


def test_a_server_that_takes_its_time_gets_no_second_copy(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the letter's minute is over it is called off, so that no other worker sends it at the same time."""
    monkeypatch.setattr("integrations.mail.smtp.DATA_SECONDS", -1.0)
    row = deliver(queued(give(), "delivery"))
    assert (row.status, row.error, row.facts, sink.letters) == ("queued", "connection lost: SMTPServerDisconnected", {}, [])


def test_a_letter_that_breaks_its_writer_is_told_to_staff_and_ends(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_what_is_wrong_before_any_letter_is_for_later(migrated: None) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(MailError) as refused:
            Smtp(f"smtp://127.0.0.1:{closed.getsockname()[1]}").send(a_letter())
    assert not refused.value.permanent


def test_no_letter_and_no_password_goes_out_in_the_clear(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server does not offer STARTTLS; to another machine that is refused, and tried again later."""
    monkeypatch.setattr("integrations.mail.smtp._is_this_machine", lambda host: False)
    with pytest.raises(MailError) as refused:
        Smtp(f"smtp://me:secret@127.0.0.1:{sink.port}").send(a_letter())
    assert not refused.value.permanent
    assert sink.letters == []


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
            Smtp(url).send(a_letter())
        assert not unknown.value.permanent
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        Smtp(url).send(a_letter(to_address="mia@example.com"))
    finally:
        server.stop()
    assert len(handler.letters) == 1


@pytest.mark.parametrize("address", ["a@example.com, b@example.com", "a@example.com\r\nBcc: b@example.com", "no address"])
def test_one_letter_goes_to_one_mailbox(sink: Sink, address: str) -> None:
    with pytest.raises(MailError) as refused:
        Smtp(f"smtp://127.0.0.1:{sink.port}").send(a_letter(to_address=address))
    assert refused.value.permanent
    assert sink.letters == []


def test_an_address_that_the_server_cannot_write_is_never_tried_again(sink: Sink) -> None:
    with pytest.raises(MailError) as refused:
        Smtp(f"smtp://127.0.0.1:{sink.port}").send(a_letter(to_address="müller@example.com"))
    assert refused.value.permanent


def test_the_giver_sees_a_failure_and_corrects_the_address(sink: Sink) -> None:
    form_id = give()
    sink.mode = "550"
    deliver(queued(form_id, "delivery", to="wrong@example.com"))
    desk = in_database(read_gift_view, form_id)
    assert desk
    assert desk["mails"][0]["status"] == "failed"
    sink.mode = "250"
    in_database(giver_actions.resend_link, form_id, " Right@Example.com ")
    with database.connection_context():
        row = outbox.latest(form_id, "delivery")
        assert row
        assert ComposeForm.find(form_id).guest_email == "right@example.com"
    assert deliver(row).status == "sent"
    assert sink.letters[0]["To"] == "right@example.com"


def test_what_is_answered_while_a_letter_goes_out_comes_with_the_next_one(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = give()
    gift = in_database(find_gift, tokens(form_id)[0])
    in_database(leave_words, gift, "the first")

    def answered_meanwhile(row: Email) -> Message | None:
        letter = message_for(row)
        leave_words(gift, "the second")
        return letter

    with monkeypatch.context() as busy:
        busy.setattr(jobs.mail.sending, "message_for", answered_meanwhile)
        first = deliver(latest(form_id))
    second = latest(form_id)
    assert (first.status, second.status, first.id != second.id) == ("sent", "queued", True)
    assert deliver(second).status == "sent"
    told = [str(one.get_body(("plain",)).get_content()) for one in sink.letters]  # type: ignore[union-attr]
    assert ["the first" in told[0], "the second" in told[0]] == [True, False]
    assert ["the first" in told[1], "the second" in told[1]] == [False, True]


def latest(form_id: str) -> Email:
    row = in_database(outbox.latest, form_id, "reply")
    assert row
    return row


def test_nobody_is_flooded(sink: Sink) -> None:
    form_id = give()
    deliver(queued(form_id, "delivery"))
    for _ in range(3):
        in_database(giver_actions.resend_link, form_id)
    with pytest.raises(outbox.ResendTooSoonError):
        in_database(giver_actions.resend_link, form_id)
    victim = "victim@example.com"
    for _ in range(outbox.PER_HOUR):
        other = give()
        with database.connection_context():
            ComposeForm.update(status="variations_ready").where(ComposeForm.id == other).execute()
        assert deliver(queued(other, "song_ready", to=victim)).status == "sent"
    with database.connection_context():
        ComposeForm.update(status="variations_ready").where(ComposeForm.id == form_id).execute()
    row = deliver(queued(form_id, "song_ready", to=victim))
    assert (row.status, row.attempts) == ("queued", 0)
    assert row.next_try_at > now() + dt.timedelta(minutes=29)


@pytest.mark.parametrize(
    ("on", "zone", "utc"),
    [
        ("2027-03-28T01:30", "Europe/Berlin", "2027-03-28T00:30"),
        ("2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30"),  # skipped by the clock: 03:30 in summer time
        ("2027-03-28T03:30", "Europe/Berlin", "2027-03-28T01:30"),
        ("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30"),  # shown twice: the first
        ("2027-10-31T03:00", "Europe/Berlin", "2027-10-31T02:00"),
        ("2027-03-14T08:00", "America/New_York", "2027-03-14T12:00"),
        ("2027-03-13T08:00", "America/New_York", "2027-03-13T13:00"),
        ("2028-02-29T12:00", "Asia/Kathmandu", "2028-02-29T06:15"),
    ],
)
def test_a_wall_clock_is_a_moment_also_when_the_clock_changes(on: str, zone: str, utc: str) -> None:
    assert moment_of(on, zone).isoformat(timespec="minutes") == utc


@pytest.mark.parametrize(
    ("on", "zone"),
    [
        ("2027-02-30T10:00", "Europe/Berlin"),
        ("tomorrow", "UTC"),
        ("2027-01-01T10:00", "Mars/Base"),
        ("2027-01-01T10:00", "../etc/passwd"),
    ],
)
def test_a_moment_that_does_not_exist_is_refused(on: str, zone: str) -> None:
    with pytest.raises(NoSuchMomentError):
        moment_of(on, zone)


def test_a_scheduled_gift_goes_out_at_its_minute_across_a_clock_change(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ordered in winter time for 08:00 on the first morning of summer time: 06:00 UTC, not 07:00."""
    form_id = give()
    clock = [dt.datetime(2027, 3, 26, 12, 0)]
    for place in (models, jobs.mail.sending, outbox, giver_actions):
        monkeypatch.setattr(place, "now", lambda: clock[0])
    in_database(giver_actions.send_gift, form_id, "mia@example.com", "2027-03-28T08:00", "Europe/Berlin")
    with database.connection_context():
        row = outbox.latest(form_id, "gift")
    assert row
    assert row.next_try_at == dt.datetime(2027, 3, 28, 6, 0)
    clock[0] = dt.datetime(2027, 3, 28, 5, 59, 59)
    send_email(row.id)
    assert sink.letters == []
    clock[0] = dt.datetime(2027, 3, 28, 6, 0)
    send_email(row.id)
    send_email(row.id)
    assert [letter["To"] for letter in sink.letters] == ["mia@example.com"]
    assert tokens(form_id)[0] in str(sink.letters[0].get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_a_gift_mail_can_be_moved_and_taken_back_and_never_follows_a_dead_link(sink: Sink) -> None:
    form_id = give()
    in_database(giver_actions.send_gift, form_id, "mia@example.com", "2050-01-01T08:00", "Europe/Berlin")
    in_database(giver_actions.send_gift, form_id, "mia@example.com", "2051-01-01T08:00", "Europe/Berlin")
    with database.connection_context():
        rows = list(Email.select().where(Email.form == form_id, Email.kind == "gift").order_by(Email.sequence))
        assert [row.status for row in rows] == ["cancelled", "queued"]
        ShareToken.update(revoked_at=now()).where(ShareToken.form == form_id).execute()
    assert deliver(rows[1]).status == "cancelled"
    assert deliver(rows[0]).status == "cancelled"
    assert sink.letters == []
    with database.connection_context():
        assert Gift.get_by_id(form_id).mail_on == "2051-01-01T08:00"


def test_a_letter_that_is_being_moved_is_never_lost_on_the_way(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = give()
    in_database(giver_actions.send_gift, form_id, "mia@example.com", "2050-01-01T08:00", "Europe/Berlin")

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "put", dies)
    for verb in (
        lambda: giver_actions.send_gift(form_id, "ben@example.com", "", ""),
        lambda: giver_actions.resend_link(form_id),
    ):
        with pytest.raises(KeyboardInterrupt):
            in_database(verb)
    row = in_database(outbox.latest, form_id, "gift")
    assert row
    assert (row.status, row.to_address) == ("queued", "mia@example.com")


def test_a_bounce_is_marked_on_its_own_letter_only(sink: Sink) -> None:
    form_id, other = give(), give()
    sent, still = deliver(queued(form_id, "gift")), deliver(queued(other, "gift"))
    assert not in_database(mark_bounced, "<invented@example.com>")
    assert in_database(mark_bounced, sent.message_id)
    assert after(sent).bounced_at is not None
    assert after(still).bounced_at is None
    desk = in_database(read_gift_view, form_id)
    assert desk
    assert desk["mails"][1]["status"] == "bounced"


REPORT = b"""From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
To: songs@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"
Message-ID: <20261122.1@mx.example.com>

--cut
Content-Type: text/plain

I am sorry to have to inform you.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; nobody@example.com
Action: ACTION
Status: STATUS
Diagnostic-Code: smtp; 550 5.1.1 no such user
--cut
Content-Type: text/rfc822-headers

From: songs@example.com
Message-ID: LETTER
Subject: A gift
--cut--
"""


@pytest.mark.parametrize(
    ("action", "status", "marked"),
    [
        (b"failed", b"5.1.1", True),
        (b"delayed", b"4.4.1", False),
        (b"failed", b"nonsense", False),
        (b"relayed", b"2.0.0", False),
    ],
)
def test_a_mail_servers_report_marks_the_letter_once_it_failed_for_good(
    sink: Sink, action: bytes, status: bytes, marked: bool
) -> None:
    sent = deliver(queued(give(), "gift"))
    report = REPORT.replace(b"ACTION", action).replace(b"STATUS", status).replace(b"LETTER", sent.message_id.encode())
    assert in_database(record_bounce, report) is marked
    assert (after(sent).bounced_at is not None) is marked
    if marked:
        assert after(sent).error == "bounced 5.1.1"


@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff" * 5000, b"Subject: hi\n\nhello", REPORT, REPORT[:400], b"Content-Type: multipart/report\n\n"]
)
def test_what_is_no_report_marks_nothing(migrated: None, raw: bytes) -> None:
    assert in_database(record_bounce, raw) is False


def test_reminders_come_once_and_stop_when_asked(sink: Sink) -> None:
    form_id, quiet = give(), give()
    with database.connection_context():
        tomorrow = now() + dt.timedelta(hours=20)
        ComposeForm.update(status="variations_ready", expires_at=tomorrow).where(ComposeForm.id.in_([form_id, quiet])).execute()
        outbox.unsubscribe(outbox.address_key(ComposeForm.find(quiet).guest_email))
        for _ in range(2):
            reminders.orders_that_end()
        rows = {row.form_id: row for row in Email.select().where(Email.form.in_([form_id, quiet]))}
        assert len(rows) == Email.select().where(Email.form.in_([form_id, quiet])).count() == 2
    assert deliver(rows[form_id]).status == "sent"
    assert deliver(rows[quiet]).status == "cancelled"
    assert len(sink.letters) == 1
