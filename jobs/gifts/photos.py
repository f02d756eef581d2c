"""The photos of a gift: its giver adds, describes, orders, pins and removes them, before and after paying."""

from __future__ import annotations

import hashlib

from peewee import fn

from integrations.pictures import Picture, decode_apart
from integrations.storage import storage
from jobs.forms.drafts import find_form
from jobs.forms.form_data import clean_answer
from jobs.gifts.gift import stamp
from jobs.gifts.giver_actions import NotPossibleError
from jobs.gifts.video_rows import remove_videos, videos_changed
from models import (
    OVER,
    ComposeForm,
    Gift,
    NotFoundError,
    Photo,
    ShareToken,
    WrongMomentError,
    in_database,
    locked,
    new_id,
    notify,
    now,
    transaction,
)

MOST_PHOTOS = 12
ALT_MOST = 200


def photos_of(form_id: str) -> list[Photo]:
    """The photos of an order as the giver ordered them."""
    return list(Photo.select().where(Photo.form == form_id).order_by(Photo.position, Photo.created_at))


def add_photo(form_id: str, content: bytes) -> str:
    """Keep one more photo; its id. It is decoded in a process of its own and encoded anew: blocks for up to a few seconds,
    without a connection to the database.

    Raises RefusedPictureError, NotPossibleError, WrongMomentError, NotFoundError, StorageError; then nothing is changed.
    """
    in_database(_check_room, form_id)
    picture = decode_apart(content)
    photo_id = new_id("photo")
    key = f"{photo_id}/photo-{hashlib.sha256(picture.jpeg).hexdigest()[:16]}.jpg"
    try:
        storage().put(key, picture.jpeg)
        in_database(_insert, form_id, photo_id, key, picture)
    except BaseException:
        storage().remove(photo_id)
        raise
    in_database(videos_changed, form_id)
    return photo_id


def _insert(form_id: str, photo_id: str, key: str, picture: Picture) -> None:
    with transaction():
        locked(ComposeForm.select(ComposeForm.id).where(ComposeForm.id == form_id)).scalar()
        _check_room(form_id)
        last = Photo.select(fn.COALESCE(fn.MAX(Photo.position), 0)).where(Photo.form == form_id).scalar()
        Photo.insert(
            id=photo_id,
            form=form_id,
            position=last + 1,
            key=key,
            width=picture.width,
            height=picture.height,
            bytes=len(picture.jpeg),
        ).execute()
        _changed(form_id)


def _check_room(form_id: str) -> None:
    _check_open(form_id)
    if Photo.select().where(Photo.form == form_id).count() >= MOST_PHOTOS:
        raise NotPossibleError("too_many_photos", most=MOST_PHOTOS)


def _check_open(form_id: str) -> None:
    if find_form(form_id).status in OVER:  # given back: the photos are at no address any more
        raise WrongMomentError("photos_are_closed")


def _changed(form_id: str) -> None:
    Gift.update(updated_at=now()).where(Gift.form == form_id).execute()  # the gift's pages are kept by this moment
    notify(form_id)


def _photo(form_id: str, photo_id: str) -> Photo:
    _check_open(form_id)
    row = Photo.get_or_none(Photo.id == photo_id, Photo.form == form_id)
    if row is None:
        raise NotFoundError("no such photo")
    return row


def describe_photo(form_id: str, photo_id: str, alt: str) -> None:
    """What is on it, for whoever cannot see it."""
    cleaned = " ".join(str(clean_answer(alt)).split())
    if len(cleaned) > ALT_MOST:
        raise NotPossibleError("too_long", most=ALT_MOST)
    _change(form_id, photo_id, alt=cleaned)


def pin_photo(form_id: str, photo_id: str, song_index: int | None, start_ms: int | None) -> None:
    """Where it is shown: in one song (None: in all) and from which moment of it on (None: by itself)."""
    form = find_form(form_id)
    if song_index is not None and not 0 <= song_index < form.song_count:
        raise NotPossibleError("no_such_moment")
    if start_ms is not None and (song_index is None or not 0 <= start_ms < 3_600_000):
        raise NotPossibleError("no_such_moment")
    _change(form_id, photo_id, song_index=song_index, start_ms=start_ms)
    videos_changed(form_id)


def _change(form_id: str, photo_id: str, **changes: object) -> None:
    with transaction():
        row = _photo(form_id, photo_id)
        Photo.update(**changes).where(Photo.id == row.id).execute()
        _changed(form_id)


def move_photo(form_id: str, photo_id: str, steps: int) -> None:
    """Earlier (-1) or later (+1) among the photos; at an end nothing changes."""
    with transaction():
        locked(ComposeForm.select(ComposeForm.id).where(ComposeForm.id == form_id)).scalar()
        row = _photo(form_id, photo_id)
        order = [photo.id for photo in photos_of(form_id)]
        place = order.index(row.id)
        order.insert(max(0, place + steps), order.pop(place))
        for position, one in enumerate(order, 1):
            Photo.update(position=position).where(Photo.id == one).execute()
        _changed(form_id)
    videos_changed(form_id)


def remove_photo(form_id: str, photo_id: str) -> None:
    """Videos that show it and its file first, then its row: what cannot be removed is not said to be. Raises StorageError."""
    row = in_database(_photo, form_id, photo_id)
    in_database(remove_videos, form_id)
    storage().remove(row.id)
    with transaction():
        Photo.delete().where(Photo.id == row.id).execute()
        _changed(form_id)
    in_database(videos_changed, form_id)


def photo_in_gift(token: str, photo_id: str) -> tuple[Photo, bool]:
    """A photo of an opened gift, and whether the gift is still sealed. Raises NotFoundError, and GiftGoneError as `stamp`."""
    sealed = stamp(token)[-1]
    of_song = (ShareToken.song_index.is_null()) | (Photo.song_index.is_null()) | (Photo.song_index == ShareToken.song_index)
    rows = Photo.select().join(ShareToken, on=(ShareToken.form == Photo.form))
    row = rows.where(Photo.id == photo_id, ShareToken.token == token, of_song).first()
    if row is None:
        raise NotFoundError("no such photo")
    return row, sealed


def kept_photo(photo_id: str) -> Photo:
    """A photo for its giver, as long as the order stands. Raises NotFoundError."""
    row = Photo.find(photo_id)
    try:
        _check_open(row.form_id)
    except WrongMomentError:
        raise NotFoundError("no such photo") from None
    return row
