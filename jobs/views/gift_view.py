"""What the giver sees of a gift: links, opening date, e-mails, and replies. Times are UTC without a zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from integrations.storage.signed_links import sign
from jobs import outbox
from jobs.gifts.share_links import begin_gift, live_tokens
from models import PAID, ComposeForm, Email, EmailStatus, Reply, ShareToken
from settings import settings


@dataclass(frozen=True, slots=True)
class MailView:
    """The latest e-mail of a kind: "delivery" to the giver, "gift" to the recipient."""

    kind: str
    to: str
    status: str  # queued, sent, failed, bounced, or demo: such a form sends no e-mail
    at: datetime  # when it was sent, or goes out


@dataclass(frozen=True, slots=True)
class ReplyView:
    """One reply: a heart, a text, a voice note."""

    id: str
    kind: str
    words: str | None
    at_ms: int | None  # the moment of the song at which it came
    seconds: float | None  # of a voice note
    audio_url: str | None


@dataclass(frozen=True, slots=True)
class GiftView:
    """A gift on its giver's page. `url` is None while all links are switched off."""

    url: str | None
    files: dict[str, str]  # signed: the giver may download whatever the recipient may do
    song_count: int
    message: str
    downloads: bool
    name_in_preview: bool
    zone: str
    opens_on: str  # wall clock in `zone`, as the giver wrote it; "" where the gift opens at once
    opens_at: datetime | None
    recipient_email: str
    thanks: str  # what the giver wrote back; "" until then
    mail_on: str
    opened: int  # how often
    played: int
    mails: list[MailView | None]  # delivery, gift
    replies: list[ReplyView]  # the newest hundred


def read_gift_view(form_id: str) -> GiftView | None:
    """Everything that a giver's page shows; None where nothing was paid for."""
    form = ComposeForm.get_or_none(ComposeForm.id == form_id)
    if form is None or form.status not in PAID:
        return None
    gift = begin_gift(form.id, form.song_count)
    live = live_tokens(form.id)
    whole = next((row for row in live if row.song_index is None), live[0] if live else None)
    tokens = list(ShareToken.select().where(ShareToken.form == form.id))
    return GiftView(
        url=f"{settings.public_url}/s/{whole.token}" if whole else None,
        files=_files(whole.token, form.demo) if whole else {},
        song_count=form.song_count,
        message=form.form_data.get("senderMessage", "") if gift.message is None else gift.message,
        downloads=gift.downloads,
        name_in_preview=gift.name_in_preview,
        zone=gift.zone or "",
        opens_on=gift.opens_on or "",
        opens_at=gift.opens_at,
        recipient_email=gift.recipient_email or "",
        thanks=gift.thanks or "",
        mail_on=gift.mail_on or "",
        opened=sum(row.opened_count for row in tokens),
        played=sum(row.played_count for row in tokens),
        mails=[_mail(outbox.latest(form.id, kind), form.demo) for kind in ("delivery", "gift")],
        replies=[_reply(row) for row in _replies(form.id)],
    )


def _files(token: str, demo: bool) -> dict[str, str]:
    names = ("card", "card.pdf", "card.svg", "keep.html", "keep.zip", *(() if demo else ("video",)))
    return {name: sign(f"/s/{token}/{name}") for name in names}


def _mail(row: Email | None, demo: bool) -> MailView | None:
    if row is None or row.status == EmailStatus.CANCELLED:
        return None
    status = "demo" if demo else "bounced" if row.bounced_at else row.status
    return MailView(row.kind, row.to_address, status, row.sent_at or row.next_try_at)


def _replies(form_id: str) -> list[Reply]:
    rows = Reply.select().where(Reply.form == form_id, Reply.kind != "report").order_by(Reply.created_at.desc())
    return list(rows.limit(100))


def _reply(row: Reply) -> ReplyView:
    audio_url = sign(f"/media/reply/{row.id}.mp3") if row.audio_key else None
    return ReplyView(row.id, row.kind, row.words, row.at_ms, row.seconds, audio_url)
