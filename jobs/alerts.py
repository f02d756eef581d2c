"""Alerts: what staff must know before the customer writes. One row each, then one e-mail to STAFF_EMAILS."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from html import escape

from integrations.mail import MailError, Message, post
from jobs.queue import redis_refusal
from jobs.queue_names import is_demo
from jobs.registry import job
from models import Alert, now
from settings import settings

log = logging.getLogger("serenade.alerts")
_PAUSE = timedelta(minutes=5)  # between tries


def raise_alert(kind: str, about: str, detail: str = "", form_id: str | None = None) -> None:
    """Store it, once for each (kind, about); in the transaction of what caused it. `detail` holds nothing personal."""
    if form_id is not None and is_demo(form_id):
        return
    new = (
        Alert.insert(kind=kind, about=about[:200], form_id=form_id, detail=detail[:500])
        .on_conflict_ignore()
        .returning(Alert.id)
        .execute()
    )
    if list(new):
        log.error("alert %s about %s: %s", kind, about[:24], detail[:200])


@job("send_alerts")
def send_alerts() -> None:
    """Job: mail the alerts that were not mailed yet to all staff, in one e-mail. Without STAFF_EMAILS only the log has them."""
    due = (Alert.sent_at.is_null()) & (Alert.next_try_at <= now())
    ids = [row.id for row in Alert.select(Alert.id).where(due).order_by(Alert.id).limit(100)]
    if not ids:
        return
    claimed = Alert.update(next_try_at=now() + _PAUSE).where(Alert.id.in_(ids), due).returning(Alert)
    rows = sorted(claimed.execute(), key=lambda row: int(row.id))
    reached = [_mail_to(rows, address) for address in settings.staff_emails] if rows else []
    if reached and not any(reached):
        return  # mailed again only where no address was reached: one wrong address must not flood the others
    Alert.update(sent_at=now()).where(Alert.id.in_([row.id for row in rows])).execute()


def _mail_to(rows: list[Alert], address: str) -> bool:
    try:
        post().send(_message(rows, address))
    except MailError as error:
        log.error("a member of staff could not be mailed: %s", error)
        return False
    return True


def redis_refuses() -> None:
    """Sweep: while Redis takes no work, no worker could send this alert, so the clock sends it."""
    why = redis_refusal()
    if why:
        raise_alert("redis_refuses", f"{now():%Y-%m-%d}", f"orders are taken, and made once it is mended ({why})")
        send_alerts()


def _message(rows: list[Alert], address: str) -> Message:
    lines = [f"{row.raised_at:%Y-%m-%d %H:%M} UTC  {row.kind}: {row.detail} ({row.about})" for row in rows]
    text = "\n".join(lines) + "\n\n`./serenade doctor` shows what is broken now; `./serenade reconcile` asks Stripe.\n"
    name = hashlib.sha256(f"{rows[0].id}.{rows[-1].id}.{address}".encode()).hexdigest()[:24]
    domain = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"
    return Message(
        to_address=address,
        subject=f"{settings.brand_name} needs you: {', '.join(sorted({row.kind for row in rows}))}",
        text=text,
        html=f'<!doctype html><html lang="en"><body><pre>{escape(text)}</pre></body></html>',
        message_id=f"<alerts-{name}@{domain}>",
    )
