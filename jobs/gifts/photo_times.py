"""When a photo of a gift is shown: at the moment that the giver pinned it to, else spread over the song."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models import Photo


@dataclass(frozen=True)
class GiftPhoto:
    """One photo in one song. A photo that belongs to all songs of a gift stands in each of them, under the same id."""

    id: str
    url: str
    alt: str
    song: int  # its number on this page, from 0
    start_ms: int  # shown from here until the next one
    width: int
    height: int
    key: str


def shown_in(photos: Sequence[Photo], song: Any, url: str) -> list[GiftPhoto]:
    """The photos of one song (a jobs.gifts.gift.GiftSong) in the order of their moments. `url` has a place for the {id}."""
    mine = [photo for photo in photos if photo.song_index in (None, song.index)]
    pinned = [(photo.start_ms, photo) for photo in mine if photo.start_ms is not None]
    free = [photo for photo in mine if photo.start_ms is None]
    starts = spread_photos(len(free), [int(part["start_ms"]) for part in song.sections], song.duration_ms, first=not pinned)
    timed = pinned + list(zip(starts, free, strict=True))
    return [
        GiftPhoto(photo.id, url.format(id=photo.id), photo.alt, song.number, at, photo.width, photo.height, photo.key)
        for at, photo in sorted(timed, key=lambda one: (one[0], one[1].position))
    ]


def spread_photos(count: int, sections: Sequence[int], duration_ms: int, *, first: bool = True) -> list[int]:
    """So many moments (ms): the beginnings of sections where there are enough of them, else equal parts of the song.

    With `first` the song begins with a photo.
    """
    starts = sorted({start for start in sections if 0 <= start < duration_ms})
    if count and len(starts) >= count:
        moments = [starts[place * len(starts) // count] for place in range(count)]
    else:
        moments = [place * duration_ms // count for place in range(count)]
    return [0, *moments[1:]] if first and moments else moments


def once_each(photos: Sequence[GiftPhoto]) -> list[GiftPhoto]:
    """Every photo once, as a page shows them below the songs."""
    found: dict[str, GiftPhoto] = {}
    for photo in photos:
        found.setdefault(photo.id, photo)
    return list(found.values())
