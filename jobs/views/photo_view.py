"""The photos of an order as its giver sees them, and the moments of the songs that they can be pinned to."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.storage.signed_links import sign
from jobs.generation.selection import chosen_rows
from jobs.gifts.photos import photos_of
from models import PAID, ComposeForm, Photo, Variation


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One photo. `place` is "" (all songs), "1" (the second one), or "1:34000" (that one, from 34 s on)."""

    id: str
    url: str  # signed
    alt: str
    place: str


@dataclass(frozen=True, slots=True)
class MomentView:
    """A moment of a song: the beginning of a part, or of a sung line."""

    start_ms: int
    part: str  # "Chorus"; "" for a line
    line: str


@dataclass(frozen=True, slots=True)
class PinnableView:
    """A song, with the moments in it; none before it is paid, as another version may still be chosen."""

    index: int
    recipient_name: str
    moments: tuple[MomentView, ...]


@dataclass(frozen=True, slots=True)
class PhotosView:
    """All of them, in order."""

    photos: tuple[PhotoView, ...]
    songs: tuple[PinnableView, ...]


def read_photos(form_id: str) -> PhotosView:
    """The photos of a form, and what they can be pinned to."""
    form = ComposeForm.find(form_id)
    chosen = chosen_rows(form) if form.status in PAID else {}
    songs = tuple(
        PinnableView(index, song.get("recipientName") or "", _moments(chosen.get(str(index))))
        for index, song in enumerate(form.form_data.get("songs", []))
    )
    return PhotosView(tuple(map(_photo, photos_of(form.id))), songs)


def _photo(row: Photo) -> PhotoView:
    place = "" if row.song_index is None else str(row.song_index)
    return PhotoView(
        row.id, sign(f"/media/photo/{row.id}.jpg"), row.alt, place if row.start_ms is None else f"{place}:{row.start_ms}"
    )


def _moments(row: Variation | None) -> tuple[MomentView, ...]:
    if row is None:
        return ()
    parts = [MomentView(int(part["start_ms"]), str(part["name"]), "") for part in row.sections]
    lines = [MomentView(int(line["start_ms"]), "", line["text"]) for line in row.timed_lyrics if line["level"] == "line"]
    return tuple(sorted([*parts, *lines], key=lambda moment: (moment.start_ms, not moment.part)))
