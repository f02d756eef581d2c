"""Evidence for a dispute: what was agreed to, paid, mailed, opened, played and downloaded, and when. No story, no audio.

Facts without addresses outlive `forget` (`forget_emails`): a bank may ask for them up to 18 months after the payment.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jobs.payments import consent
from jobs.price_text import price
from models import (
    STEP,
    CheckoutSession,
    ComposeForm,
    Email,
    EmailStatus,
    ExtraPurchase,
    FormEvent,
    Payment,
    ShareToken,
    StaffAction,
    move,
)


def forget_emails(which: Any) -> None:
    """E-mails lose their address. That one went out, and when, stays where money was taken: a bank may ask."""
    for row in Email.select().where(which, Email.status == EmailStatus.QUEUED):
        move(row, EmailStatus.CANCELLED, by="retention")
    paid = ComposeForm.select(ComposeForm.id).where(ComposeForm.paid_at.is_null(False))
    Email.delete().where(which, Email.form.not_in(paid)).execute()
    Email.update(to_address="", facts={}, error=None).where(which).execute()


def write_evidence(form_id: str, target: Path) -> None:
    """Write the bundle as a zip: `evidence.json`, and `summary.txt` for whoever reads it at the bank. Raises NotFoundError."""
    form = ComposeForm.find(form_id)
    facts = {
        "order": form.id,
        "status": form.status,
        "package": form.package_type,
        "orderedAt": form.created_at,
        "paidAt": form.paid_at,
        "payments": [_payment(row) for table in (CheckoutSession, ExtraPurchase) for row in _rows(table, form_id)],
        "mails": [_mail(row) for row in _rows(Email, form_id)],
        "links": [_link(row) for row in _rows(ShareToken, form_id)],
        "staff": [_named(row, "at", "action", "outcome") for row in StaffAction.select().where(StaffAction.form_id == form_id)],
        "timeline": [
            _named(row, "at", "noun", "from_status", "to_status", "moved_by", "why")
            for row in FormEvent.select().where(FormEvent.form_id == form_id, FormEvent.noun != STEP).order_by(FormEvent.id)
        ],
    }
    with private_zip(target) as archive:
        archive.writestr("evidence.json", json.dumps(facts, indent=2, ensure_ascii=False, default=str))
        archive.writestr("summary.txt", "\n".join(_summary(facts)) + "\n")


@contextmanager
def private_zip(target: Path) -> Iterator[zipfile.ZipFile]:
    """A zip that only this user may read, whatever the umask; none is left behind when it could not be completed."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            os.fchmod(descriptor, 0o600)  # also where a file of this name was there before
            yield archive
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _rows(table: Any, form_id: str) -> list[Any]:
    return list(table.select().where(table.form == form_id).order_by(table.created_at))


def _named(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _payment(row: Payment) -> dict[str, Any]:
    names = ("status", "amount", "amount_paid", "amount_refunded", "currency", "stripe_session_id")
    own = ("song_index", "what") if isinstance(row, ExtraPurchase) else ("attempt",)
    return {
        "bought": f"more of song {row.song_index + 1}: {row.what}" if isinstance(row, ExtraPurchase) else "the order",
        **_named(row, *own, *names, "payment_intent_id", "dispute_status", "created_at", "fulfilled_at"),
        "consent": {"at": row.consent_at, "version": row.consent_version, "words": consent.consent_text(row.consent_version)},
    }


def _mail(row: Email) -> dict[str, Any]:
    return _named(row, "kind", "message_id", "to_address", "status", "created_at", "sent_at", "bounced_at")


def _link(row: ShareToken) -> dict[str, Any]:
    """How a link was used; the token itself is a key and stays here."""
    return _named(row, "song_index", "created_at", "revoked_at", "opened_count", "opened_at", "played_count", "played_at")


def _summary(facts: dict[str, Any]) -> list[str]:
    lines = [f"Order {facts['order']} ({facts['package']}), {facts['status']}. Times are UTC.", ""]
    for one in facts["payments"]:
        agreed = one["consent"]
        if agreed["at"]:
            lines.append(f'{agreed["at"]:%Y-%m-%d %H:%M:%S}  agreed to: "{agreed["words"]}"')
        if one["fulfilled_at"]:
            paid = price(one["amount_paid"] or 0, one["currency"])
            lines.append(
                f"{one['fulfilled_at']:%Y-%m-%d %H:%M:%S}  paid {paid} for {one['bought']}, payment {one['payment_intent_id']}"
            )
    for one in facts["mails"]:
        if one["sent_at"]:
            back = f", came back {one['bounced_at']:%Y-%m-%d %H:%M:%S}" if one["bounced_at"] else ""
            lines.append(f"{one['sent_at']:%Y-%m-%d %H:%M:%S}  mail '{one['kind']}' {one['message_id']} was taken{back}")
    for one in facts["timeline"]:
        if one["noun"] == "gift":
            lines.append(f"{one['at']:%Y-%m-%d %H:%M:%S}  the gift was {one['to_status']} by the {one['moved_by']}")
    return lines[:2] + sorted(lines[2:])
