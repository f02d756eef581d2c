"""What the giver sees of a gift: links, seal, mails, and what came back. Plain values for the success page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from integrations.storage.signing import sign
from jobs import outbox
from jobs.gifts.gift import begin_gift
from jobs.gifts.giver_actions import live_tokens
from jobs.gifts.schedule import in_words
from models import PAID, ComposeForm, Email, EmailStatus, Reply, ShareToken, now
from settings import settings


def read_gift_view(form_id: str) -> dict[str, Any] | None:
    """Everything on the giver's desk; None where nothing was paid for."""
    form = ComposeForm.get_or_none(ComposeForm.id == form_id)
    if form is None or form.status not in PAID:
        return None
    gift = begin_gift(form.id, form.song_count)
    live = live_tokens(form.id)
    whole = next((row for row in live if row.song_index is None), live[0] if live else None)
    tokens = list(ShareToken.select().where(ShareToken.form == form.id))
    return {
        "url": f"{settings.public_url}/s/{whole.token}" if whole else None,
        "files": _files(whole.token) if whole else {},
        "songCount": form.song_count,
        "message": form.form_data.get("senderMessage", "") if gift.message is None else gift.message,
        "downloads": gift.downloads,
        "nameInPreview": gift.name_in_preview,
        "zone": gift.zone or "",
        "opensOn": gift.opens_on or "",
        "opens": in_words(gift.opens_at, gift.zone) if gift.opens_at else "",
        "sealed": gift.opens_at is not None and gift.opens_at > now(),
        "recipientEmail": gift.recipient_email or "",
        "mailOn": gift.mail_on or "",
        "opened": _count(tokens, "opened"),
        "played": _count(tokens, "played"),
        "mails": [_mail(outbox.latest(form.id, kind), gift.zone, form.demo) for kind in ("delivery", "gift")],
        "replies": [_reply(row) for row in _replies(form.id)],
    }


def _files(token: str) -> dict[str, str]:
    """Signed, so that the giver has them whatever the recipient may do."""
    return {name: sign(f"/s/{token}/{name}") for name in ("card", "card.pdf", "card.svg", "keep.html", "keep.zip")}


def _count(tokens: list[ShareToken], what: str) -> dict[str, Any]:
    times = [at for at in (getattr(row, f"{what}_at") for row in tokens) if at]
    return {"count": sum(getattr(row, f"{what}_count") for row in tokens), "at": _iso(max(times, default=None))}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") + "Z" if at else None


def _mail(row: Email | None, zone: str | None, demo: bool) -> dict[str, Any] | None:
    if row is None or row.status == EmailStatus.CANCELLED:
        return None
    return {
        "kind": row.kind,
        "to": row.to_address,
        "status": "demo" if demo else "bounced" if row.bounced_at else row.status,
        "tries": row.attempts,
        "when": in_words(row.sent_at or row.next_try_at, zone),
    }


def _replies(form_id: str) -> list[Reply]:
    rows = Reply.select().where(Reply.form == form_id, Reply.kind != "report").order_by(Reply.created_at.desc())
    return list(rows.limit(100))


def _reply(row: Reply) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "words": row.words,
        "atMs": row.at_ms,
        "songIndex": row.song_index,
        "seconds": row.seconds,
        "audioUrl": sign(f"/media/reply/{row.id}.mp3") if row.audio_key else None,
        "at": _iso(row.created_at),
    }
