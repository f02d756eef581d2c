"""What a gift is called where strangers may read it."""

from __future__ import annotations

from i18n import n_
from jobs.gifts.gift import OpenedGift


def gift_title(gift: OpenedGift, *, with_name: bool) -> str:
    """What the gift is called: with the names of those it is for, or without."""
    number = len(gift.songs)
    if with_name:
        return n_("A song for {name}", "{n} songs for {name}", number, name=gift.names)
    return n_("Somebody made you a song", "Somebody made you {n} songs", number)
