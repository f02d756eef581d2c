"""What a mail server sends back marks its own e-mail and no other."""

from __future__ import annotations

import pytest

from jobs.mail.bounces import record_bounce
from jobs.mail.sending import mark_bounced
from jobs.views.gift_view import read_gift_view
from models import in_database
from tests.support.gifts import give
from tests.support.smtp import Sink, after, deliver, queued


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
        (b"failed", b"nonsense", False),
        (b"relayed", b"2.0.0", False),
    ],
)
def test_a_mail_servers_report_marks_the_email_once_it_failed_for_good(
    sink: Sink, action: bytes, status: bytes, marked: bool
) -> None:
    sent = deliver(queued(give(), "gift"))
    report = REPORT.replace(b"ACTION", action).replace(b"STATUS", status).replace(b"MESSAGE_ID", sent.message_id.encode())
    assert in_database(record_bounce, report) is marked
    assert (after(sent).bounced_at is not None) is marked
    if marked:
        assert after(sent).error == "bounced 5.1.1"


@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff" * 5000, b"Subject: hi\n\nhello", REPORT, REPORT[:400], b"Content-Type: multipart/report\n\n"]
)
def test_what_is_no_report_marks_nothing(migrated: None, raw: bytes) -> None:
    assert in_database(record_bounce, raw) is False
