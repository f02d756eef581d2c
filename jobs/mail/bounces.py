"""Bounces: a mail server reports later that an e-mail could not be delivered. The giver sees it and can correct the address."""

from __future__ import annotations

import re
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from jobs.mail.sending import mark_bounced

MOST_BOUNCE_BYTES = 2_000_000  # bytes; a report is small, but some servers return the whole e-mail
MESSAGE_ID = re.compile(r"<[^<>\s]{3,200}>")
STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")


def record_bounce(raw: bytes) -> bool:
    """Mark the e-mail that a delivery status notification (RFC 3464) is about; False if it is not ours, or not final."""
    report = BytesParser(policy=policy.default).parsebytes(raw[:MOST_BOUNCE_BYTES])
    status = _final_status(report)
    return status is not None and any(mark_bounced(known, why=f"bounced {status}") for known in _message_ids(report))


def _final_status(report: EmailMessage | Message) -> str | None:
    """The enhanced status code ('5.1.1') of a permanently failed recipient; None for delays and for other messages."""
    if report.get_content_type() != "multipart/report":
        return None
    for part in report.walk():
        if "action" in part and str(part["action"]).strip().lower() == "failed":
            code = STATUS.fullmatch(str(part.get("status", "")).split(" ")[0].strip())
            if code:
                return code[0]
    return None


def _message_ids(report: EmailMessage | Message) -> list[str]:
    """Message-IDs of the returned e-mail, of which the report holds all or only the headers."""
    found = []
    for part in report.walk():
        if part is not report and "message-id" in part:
            found.append(str(part["message-id"]))
        if part.get_content_type() == "text/rfc822-headers":
            found += re.findall(r"(?im)^message-id:\s*(\S+)", str(part.get_payload()))
    return [known.strip() for known in found if MESSAGE_ID.fullmatch(known.strip())]
