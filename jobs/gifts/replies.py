"""Replies of the recipient: hearts, texts, voice notes, reports. Checked, rate-limited, and e-mailed to the giver."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta

from integrations.storage import storage
from jobs import outbox
from jobs.alerts import raise_alert
from jobs.forms.form_data import clean_answer
from jobs.gifts.gift import OpenedGift
from jobs.outbox import ResendTooSoonError
from models import CodedError, ComposeForm, Email, EmailStatus, Reply, new_id, notify, now, transaction

WORDS_MOST = 500
VOICE_SECONDS = 20.0
VOICE_BYTES = 4_500_000  # 20 s of 16-bit stereo at 48 kHz, and a header
REPLIES_PER_HOUR = {"heart": 60, "text": 10, "voice": 5, "report": 3}


class UnusableReplyError(CodedError):
    """The reply cannot be accepted."""


@dataclass(frozen=True, slots=True)
class ReplyMoment:
    """Where a reply came: in song `number` of the gift, so many milliseconds in (None: it was not playing)."""

    number: int = 0
    at_ms: int | None = None


def leave_heart(gift: OpenedGift, moment: ReplyMoment) -> None:
    """A heart, with its position in the song where the page knows it."""
    _leave(gift, "heart", **_at(gift, moment))


def _at(gift: OpenedGift, moment: ReplyMoment | None) -> dict[str, int | None]:
    """The columns of a moment. Raises UnusableReplyError where the gift has no such song, or the song is over by then."""
    if moment is None:
        return {}
    number, at_ms = moment.number, moment.at_ms
    if not 0 <= number < len(gift.songs) or (at_ms is not None and not 0 <= at_ms <= gift.songs[number].duration_ms):
        raise UnusableReplyError("no_such_moment")
    return {"song_index": gift.songs[number].index, "at_ms": at_ms}


def leave_words(gift: OpenedGift, words: str, moment: ReplyMoment | None = None) -> None:
    """A typed reply."""
    cleaned = str(clean_answer(words))
    if not cleaned:
        raise UnusableReplyError("no_words")
    if len(cleaned) > WORDS_MOST:
        raise UnusableReplyError("too_long", most=WORDS_MOST)
    _leave(gift, "text", words=cleaned, **_at(gift, moment))


def leave_voice(gift: OpenedGift, content: bytes, moment: ReplyMoment | None = None) -> None:
    """A voice note of up to 20 seconds in any supported format, stored as an MP3 that we encode ourselves."""
    at = _at(gift, moment)
    _check_limit(gift, "voice")  # before decoding
    mp3, seconds = voice_mp3(content)
    reply = new_id("reply")
    key = f"{reply}/voice.mp3"
    storage().put(key, mp3)
    _leave(gift, "voice", id=reply, audio_key=key, seconds=seconds, **at)


def voice_mp3(content: bytes) -> tuple[bytes, float]:
    """A recording as mono-in-stereo MP3 and its length in seconds. Raises UnusableReplyError for what cannot be decoded."""
    if len(content) > VOICE_BYTES:
        raise UnusableReplyError("voice_too_large")
    import numpy as np  # imported here: a web process without voice notes saves 40 MB
    import soundfile

    from jobs.generation.mastering import encode_levelled

    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            rate, frames = file.samplerate, file.frames
            fits = 8_000 <= rate <= 192_000 and file.channels <= 2 and 0.3 * rate <= frames <= (VOICE_SECONDS + 0.5) * rate
            samples = file.read(frames, dtype="float32", always_2d=True) if fits else None
    except (soundfile.LibsndfileError, RuntimeError, ValueError) as error:
        raise UnusableReplyError("voice_unreadable") from error
    if samples is None or not len(samples):
        raise UnusableReplyError("voice_too_long")
    mono = np.nan_to_num(samples.mean(axis=1))
    if rate > 48_000:  # the highest rate of an MP3
        at = np.arange(0, len(mono), rate / 48_000)
        mono, rate = np.interp(at, np.arange(len(mono)), mono), 48_000
    loudest = float(np.abs(mono).max())
    if loudest < 0.003:
        raise UnusableReplyError("voice_silent")
    stereo = np.repeat((mono * min(0.89 / loudest, 8.0)).astype(np.float32)[:, None], 2, axis=1)
    return encode_levelled(stereo, rate, kbit=96), round(len(mono) / rate, 1)


def report_reply(gift: OpenedGift, words: str) -> None:
    """A report of abuse: the form gets a mark for staff."""
    _leave(gift, "report", words=str(clean_answer(words))[:WORDS_MOST])


def _check_limit(gift: OpenedGift, kind: str) -> None:
    recent = Reply.select().where(Reply.token == gift.token, Reply.kind == kind, Reply.created_at > now() - timedelta(hours=1))
    if recent.count() >= REPLIES_PER_HOUR[kind]:
        raise ResendTooSoonError("too_many_replies")


def _leave(gift: OpenedGift, kind: str, **values: object) -> None:
    with transaction():
        _check_limit(gift, kind)
        row = {"id": new_id("reply"), "song_index": gift.song_index, **values}
        Reply.insert(form=gift.form_id, token=gift.token, kind=kind, **row).execute()
        if kind == "report":
            ComposeForm.update(attention="reported").where(ComposeForm.id == gift.form_id).execute()
            raise_alert("reported", str(row["id"]), "a visitor reported a gift page; the timeline has the text", gift.form_id)
        else:
            _queue_reply_email(gift.form_id)
        notify(gift.form_id)


def _queue_reply_email(form_id: str) -> None:
    """One e-mail for all replies within five minutes, and at most one in half an hour."""
    last = outbox.latest(form_id, "reply")
    if last is not None and last.status == EmailStatus.QUEUED and last.attempts == 0:
        return  # it will include this reply; one with attempts may have been rendered already
    soon = now() + timedelta(minutes=5)
    again = last.created_at + timedelta(minutes=30) if last is not None else soon
    address = ComposeForm.select(ComposeForm.guest_email).where(ComposeForm.id == form_id).scalar()
    if address:
        outbox.put(form_id, "reply", address, at=max(soon, again))


def replies_since(row: Email) -> list[Reply]:
    """The replies for an e-mail of kind 'reply': those that no earlier one contained."""
    earlier = (
        Email.select(Email.next_try_at)
        .where(
            Email.form == row.form_id, Email.kind == "reply", Email.status == EmailStatus.SENT, Email.sequence < row.sequence
        )
        .order_by(Email.sequence.desc())
        .scalar()
    )
    rows = Reply.select().where(Reply.form == row.form_id, Reply.kind != "report").order_by(Reply.created_at)
    return list(rows.where(Reply.created_at > earlier - outbox.CLAIM) if earlier else rows)  # when it read them, not its claim
