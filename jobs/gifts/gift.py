"""A gift as its recipient may see it: found by its token, sealed until its opening time, gone once revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN

from customer_texts import title_of_gift
from i18n import joined
from integrations.storage import storage
from jobs.generation.selection import chosen_rows
from jobs.gifts.photo_times import GiftPhoto, shown_in
from jobs.gifts.sung_lines import SungLine, sung_lines
from models import (
    EVER_PAID,
    PAID,
    ComposeForm,
    FormEvent,
    FormStatus,
    Gift,
    NotFoundError,
    Photo,
    ShareToken,
    Variation,
    Video,
    append_event,
    notify,
    now,
)
from settings import settings


class GiftGoneError(Exception):
    """The gift of this token was revoked, refunded, or has a new link."""


@dataclass(frozen=True)
class GiftSong:
    """One song of a gift, as chosen and paid for. `number` counts from 0 within this gift page."""

    number: int
    index: int
    recipient_name: str
    title: str
    lyrics: str
    lang: str
    duration_ms: int
    peaks: tuple[int, ...]
    sections: tuple[dict[str, Any], ...]
    lines: tuple[SungLine, ...]
    master_key: str
    preview_key: str
    outside_url: str = ""  # of a song that an older system stores


@dataclass(frozen=True)
class OpenedGift:
    """Everything that one gift page needs. While `sealed`, only the giver's own pages may show `songs`."""

    token: str
    form_id: str
    song_index: int | None
    sender_name: str
    message: str
    downloads: bool
    name_in_preview: bool
    sealed: bool
    opens_at: datetime | None
    zone: str | None
    songs: tuple[GiftSong, ...]
    photos: tuple[GiftPhoto, ...] = ()  # of each song, in the order of their moments
    teaser: bool = False  # there is a cut of the video for link previews
    demo: bool = False
    thanks: str = ""  # what the giver wrote back
    locale: str | None = None  # the giver's language: of prints, offline copies and previews

    @property
    def url(self) -> str:
        """The link to give."""
        return f"{settings.public_url}/s/{self.token}"

    @property
    def names(self) -> str:
        """'Mia', 'Mia and Ben', 'Mia, Ben, and Rosa'; a name that several songs share appears once."""
        return joined(song.recipient_name for song in self.songs)


def stamp(token: str) -> tuple[Any, ...]:
    """What a gift page depends on, in one query: equal stamps mean equal pages. The giver's language and whether it is
    sealed come last.

    Raises NotFoundError for an unknown token, GiftGoneError for a gift that is gone.
    """
    if not (token.isascii() and token.isprintable() and 10 <= len(token) <= 64):
        raise NotFoundError("no such gift")
    row = (
        ShareToken.select(
            ShareToken.revoked_at,
            ComposeForm.status,
            ComposeForm.updated_at,
            ComposeForm.locale,
            Gift.updated_at,
            Gift.opens_at,
        )
        .join(ComposeForm)
        .join(Gift, JOIN.LEFT_OUTER, on=(Gift.form == ComposeForm.id))
        .where(ShareToken.token == token)
        .tuples()
        .first()
    )
    if row is None:
        raise NotFoundError("no such gift")
    revoked_at, status, form_at, locale, gift_at, opens_at = row
    kept = EVER_PAID if settings.share_after_refund else PAID
    if revoked_at is not None or status not in kept:
        raise GiftGoneError(token)
    return (token, form_at, gift_at, locale, opens_at is not None and opens_at > now())


def find_gift(token: str) -> OpenedGift:
    """The gift behind a token; raises as `stamp` does."""
    sealed = stamp(token)[-1]
    row = ShareToken.find(token)
    form = ComposeForm.find(row.form_id)
    gift = Gift.get_or_none(Gift.form == form.id) or Gift(form=form.id)
    chosen = chosen_rows(form)
    indexes = range(form.song_count) if row.song_index is None else [row.song_index]
    songs = tuple(song_of(form, chosen.get(str(index)), number, index) for number, index in enumerate(indexes))
    return OpenedGift(
        token=token,
        form_id=form.id,
        song_index=row.song_index,
        sender_name=form.form_data["senderName"],
        message=form.form_data.get("senderMessage", "") if gift.message is None else gift.message,
        downloads=gift.downloads,
        name_in_preview=gift.name_in_preview,
        sealed=sealed,
        opens_at=gift.opens_at,
        zone=gift.zone,
        songs=songs,
        photos=_photos(form.id, songs, token),
        teaser=gift.name_in_preview and _has_teaser(form.id, songs[0].index),
        demo=form.demo,
        thanks=gift.thanks or "",
        locale=form.locale,
    )


def _photos(form_id: str, songs: tuple[GiftSong, ...], token: str) -> tuple[GiftPhoto, ...]:
    rows = list(Photo.select().where(Photo.form == form_id).order_by(Photo.position, Photo.created_at))
    return tuple(photo for song in songs for photo in shown_in(rows, song, f"/s/{token}/photo/{{id}}.jpg"))


def _has_teaser(form_id: str, song_index: int) -> bool:
    place = (Video.form == form_id, Video.song_index == song_index, Video.format == "teaser")
    return Video.select().where(*place, Video.key.is_null(False)).exists()


def song_of(form: ComposeForm, chosen: Variation | None, number: int, index: int) -> GiftSong:
    """A chosen song of a form. Raises GiftGoneError where it was not kept."""
    answers = form.form_data["songs"][index]
    if chosen is None:
        raise GiftGoneError(form.id)  # an older system's order whose song was not kept
    return GiftSong(
        number=number,
        index=index,
        recipient_name=answers["recipientName"],
        title=title_of_gift(chosen.title, answers["recipientName"]),
        lyrics=chosen.lyrics or "",
        lang=answers.get("language") or "en",
        duration_ms=chosen.duration_ms or 0,
        peaks=tuple(chosen.peaks.get("master", [])),
        sections=tuple(chosen.sections),
        lines=sung_lines(chosen.timed_lyrics, chosen.lyrics or ""),
        master_key=chosen.master_key or "",
        preview_key=chosen.preview_key or "",
        outside_url="" if chosen.master_key else chosen.outside_url or "",
    )


def mark_opened(token: str) -> None:
    """A visitor pressed *Open*. Reported by the page's script after a real gesture, never by a GET."""
    _count(token, ShareToken.opened_count, ShareToken.opened_at, "opened")


def mark_played(token: str) -> None:
    """A visitor pressed *Play*."""
    _count(token, ShareToken.played_count, ShareToken.played_at, "played")


def _count(token: str, count: Any, at: Any, use: str) -> None:
    if stamp(token)[-1]:
        return  # still sealed: nothing was opened
    first_lately = at.is_null() | (at < now() - timedelta(seconds=2))  # repeated reports count once
    if ShareToken.update({count: count + 1, at: now()}).where(ShareToken.token == token, first_lately).execute():
        form_id = ShareToken.find(token).form_id
        record_use(form_id, use, by="visitor")
        notify(form_id)


MOST_USES_RECORDED = 20  # events of each kind: a gift that many people play must not fill the timeline


def record_use(form_id: str, use: str, by: str) -> None:
    """Record in the timeline that the gift was opened, played or downloaded, `by` the giver or a visitor."""
    seen = FormEvent.select().where(FormEvent.form_id == form_id, FormEvent.noun == "gift", FormEvent.to_status == use)
    if seen.count() < MOST_USES_RECORDED:
        append_event(form_id, "gift", form_id, use, use, by=by)


def is_held(form: Any) -> bool:
    """Whether a paid form waits for staff to release it (RELEASE_BY_HAND)."""
    return bool(settings.release_by_hand and form.status == FormStatus.PAYMENT_COMPLETED and form.released_at is None)


def missing_songs(form: ComposeForm) -> list[str]:
    """The chosen songs ('0', '1', ...) whose full recording is missing or damaged in our storage. Raises StorageError."""
    chosen = chosen_rows(form)
    songs = [str(index) for index in range(form.song_count)]
    return [song for song in songs if song not in chosen or not _is_there(chosen[song])]


def _is_there(row: Variation) -> bool:
    size = storage().size(row.master_key) if row.master_key else None
    return size is not None and row.master_bytes in (size, None)
