"""What a mail server sends back marks its own e-mail and no other."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli import keep_bounce
from embedded.attach import run_command
from embedded.programs import StoreError
from jobs.mail import bounce_spool
from jobs.mail.bounces import mark_bounced, take_up_bounces
from jobs.views.gift_view import read_gift_view
from models import Email, EmailStatus, database, in_database
from tests.support.gifts import give
from tests.support.overrides import Override
from tests.support.smtp import Sink, after, deliver, queued


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, override_settings: Override) -> Path:
    override_settings(data_dir=tmp_path)
    return tmp_path / "bounces"


def arrives(raw: bytes) -> bool:
    """A mail server's report comes in and is taken up; whether it marked an email."""
    bounce = bounce_spool.read_bounce(raw)
    if bounce:
        bounce_spool.keep(bounce)
    return in_database(take_up_bounces) > 0


def test_a_bounce_is_marked_on_its_own_email_only(sink: Sink) -> None:
    form_id, other = give(), give()
    sent, still = deliver(queued(form_id, "gift")), deliver(queued(other, "gift"))
    assert not in_database(mark_bounced, "<invented@example.com>")
    assert in_database(mark_bounced, sent.message_id)
    assert after(sent).bounced_at is not None
    assert after(still).bounced_at is None
    view = in_database(read_gift_view, form_id)
    assert view
    assert view.mails[1].status == "bounced"


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
Message-ID: MESSAGE_ID
Subject: A gift
--cut--
"""


@pytest.mark.parametrize(
    ("action", "status", "marked"),
    [
        (b"failed", b"5.1.1", True),
        (b"delayed", b"4.4.1", False),
        (b"Failed", b"5.1.10 (unknown user)", True),
        (b"failed", b"4.4.7", True),  # tried for days, and given up
        (b"failed", b"nonsense", False),
        (b"relayed", b"2.0.0", False),
    ],
)
def test_a_mail_servers_report_marks_the_email_once_it_failed_for_good(
    sink: Sink, action: bytes, status: bytes, marked: bool
) -> None:
    sent = deliver(queued(give(), "gift"))
    report = REPORT.replace(b"ACTION", action).replace(b"STATUS", status).replace(b"MESSAGE_ID", sent.message_id.encode())
    assert arrives(report) is marked
    assert (after(sent).bounced_at is not None) is marked
    if marked:
        assert after(sent).error == f"bounced {status.decode().split()[0]}"


@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff" * 5000, b"Subject: hi\n\nhello", REPORT, REPORT[:400], b"Content-Type: multipart/report\n\n"]
)
def test_what_is_no_report_marks_nothing(migrated: None, raw: bytes) -> None:
    assert arrives(raw) is False


SES_HEADERS = b"""Message-ID: <0102019a-1b2c-000000@eu-west-1.amazonses.com>
X-Email-Id: REFERENCE
"""


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (
            "Amazon SES: the whole email, with a Message-ID of its own",
            b"--cut\nContent-Type: message/rfc822\n\n" + SES_HEADERS + b"\n",
        ),
        ("headers only", b"--cut\nContent-Type: text/rfc822-headers\n\n" + SES_HEADERS),
        (
            "headers only, encoded",
            b"--cut\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n\n"
            b"X-Email-Id: =\nREFERENCE\n",
        ),
        ("Postfix, Exim: the envelope's id and nothing else", b""),
    ],
)
def test_an_email_whose_message_id_the_relay_replaced_is_found_by_what_it_kept(sink: Sink, where: str, told: bytes) -> None:
    sent, still = deliver(queued(give(), "gift")), deliver(queued(give(), "gift"))
    (reference, _) = (str(message["X-Email-Id"]).encode() for message in sink.messages)
    head, _, _ = REPORT.partition(b"--cut\nContent-Type: text/rfc822-headers")
    if not told:
        head = head.replace(b"Reporting-MTA:", b"Original-Envelope-Id: REFERENCE\nReporting-MTA:")
    report = (head + told + b"--cut--\n").replace(b"ACTION", b"failed").replace(b"STATUS", b"5.1.1")
    assert arrives(report.replace(b"REFERENCE", reference)), where
    assert after(sent).bounced_at is not None
    assert after(still).bounced_at is None


def test_exchange_names_the_email_as_what_it_answers(sink: Sink) -> None:
    sent = deliver(queued(give(), "gift"))
    head = REPORT.partition(b"--cut\nContent-Type: text/rfc822-headers")[0] + b"--cut--\n"
    report = (
        b"In-Reply-To: " + sent.message_id.encode() + b"\n" + head.replace(b"ACTION", b"failed").replace(b"STATUS", b"5.1.1")
    )
    assert arrives(report)


def test_an_answering_machine_and_a_read_receipt_are_no_bounces(sink: Sink) -> None:
    sent = deliver(queued(give(), "gift"))
    about = b"In-Reply-To: " + sent.message_id.encode() + b"\nAuto-Submitted: auto-replied\n"
    away = about + b"Subject: Out of office\nContent-Type: text/plain\n\nAction: failed\nStatus: 5.1.1\n"
    read = about + REPORT.replace(b"report-type=delivery-status", b"report-type=disposition-notification").replace(
        b"Action: ACTION\nStatus: STATUS", b"Disposition: automatic-action/MDN-sent-automatically; displayed"
    ).replace(b"MESSAGE_ID", sent.message_id.encode())
    assert not arrives(away)
    assert not arrives(read)
    assert after(sent).bounced_at is None


def of(sent: Email) -> bytes:
    report = REPORT.replace(b"ACTION", b"failed").replace(b"STATUS", b"5.1.1")
    return report.replace(b"MESSAGE_ID", sent.message_id.encode())


def test_a_report_that_is_faster_than_the_row_is_taken_up_later(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounce_spool, "PAUSE", -1.0)
    sent = queued(give(), "gift")
    assert not arrives(of(sent)), "it is not marked as sent yet"
    assert deliver(sent).status == EmailStatus.SENT
    assert in_database(take_up_bounces) == 1
    assert after(sent).bounced_at is not None
    assert in_database(take_up_bounces) == bounce_spool.how_many() == 0


def test_nothing_personal_waits_and_nothing_for_ever(sink: Sink, spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounce_spool, "PAUSE", -1.0)
    assert not arrives(
        REPORT.replace(b"ACTION", b"failed").replace(b"STATUS", b"5.1.1").replace(b"MESSAGE_ID", b"<x@y.example>")
    )
    (path,) = spool.iterdir()
    kept = path.read_text()
    assert json.loads(kept)["references"] == ["<x@y.example>"]
    assert "nobody" not in kept
    assert path.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(bounce_spool, "KEPT_SECONDS", -1.0)
    assert in_database(take_up_bounces) == 0
    assert list(spool.iterdir()) == []


def test_while_the_database_is_away_a_bounce_is_kept_and_the_mail_server_hears_nothing_of_it(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = deliver(queued(give(), "gift"))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(of(sent))))

    def away() -> int:
        raise StoreError("The database does not answer.")

    monkeypatch.setattr("embedded.attach._with_stores", lambda arguments, command: command())
    assert run_command(["bounced"], away, keep_bounce) == 0
    assert after(sent).bounced_at is None
    assert in_database(take_up_bounces) == 1
    assert after(sent).bounced_at is not None
    with database.connection_context():
        assert Email.find(sent.id).error == "bounced 5.1.1"


def test_a_flood_of_invented_reports_fills_no_disk(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounce_spool, "MOST_KEPT", 2)
    kept = [bounce_spool.keep(bounce_spool.Bounce("5.1.1", (f"<{number}@x.example>",), 0.0)) for number in range(3)]
    assert kept == [True, True, False]
    assert len(list(spool.iterdir())) == 2
