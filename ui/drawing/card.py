"""What is drawn of a gift: the card to print (A4, A6 to fold), the picture of a link preview, the art of the gift to keep."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import segno

from customer_texts import made_with_ai, with_love_from
from i18n import _, n_
from integrations.lettering.faces import drawable, drawable_lines, whole_name
from jobs.gifts.gift import OpenedGift
from settings import settings
from ui.drawing.typesetting import Drawing


def card_heading(gift: OpenedGift) -> str:
    """'A song for Mia'; without a name where no font of ours has all of it."""
    number, names = len(gift.songs), whole_name(gift.names)
    if not names:
        return n_("A song for you", "{n} songs for you", number)
    return n_("A song for {name}", "{n} songs for {name}", number, name=names)


def a4(gift: OpenedGift) -> Drawing:
    """One sheet, 210 x 297 mm."""
    return _card("a4", gift, 64, _("Point your phone's camera here, and turn up the sound"))


def a6(gift: OpenedGift) -> Drawing:
    """An A5 sheet (210 x 148 mm) to print on both sides, short edge, and to fold once: outside, then inside."""
    return _card("a6", gift, 36, _("Point your camera here, and turn up the sound."))


def preview_picture(gift: OpenedGift) -> Drawing:
    """1200 x 630, for link previews: the name only where the giver allows it, and nothing else that is private."""
    secret = n_("Somebody made you a song", "Somebody made you {n} songs", len(gift.songs))
    shown = card_heading(gift) if gift.name_in_preview else secret
    texts = {"heading": shown, "brand": drawable(settings.brand_name)}
    return Drawing("picture", shown, texts, resampled_picture(gift.songs[0].peaks, 64))


def art(gift: OpenedGift) -> Drawing:
    """The box and the waveform, on a transparent background and without text."""
    return Drawing("art", _("A gift"), {}, resampled_picture(gift.songs[0].peaks, 64))


def cover(gift: OpenedGift) -> Drawing:
    """512 x 512, without text: for the lock screen while the song plays, and for the home screen."""
    return Drawing("cover", _("A gift"), {}, resampled_picture(gift.songs[0].peaks, 32))


def _card(kind: Literal["a4", "a6"], gift: OpenedGift, bars: int, point: str) -> Drawing:
    sender = whole_name(gift.sender_name)
    texts = {
        "heading": card_heading(gift),
        "sender": with_love_from(sender),
        "message": drawable_lines(gift.message),
        "signed": sender,
        "point": point,
        "made": drawable(made_with_ai(settings.brand_name)),
    }
    code = ["".join(map(str, row)) for row in segno.make(gift.url, error="m", micro=False).matrix]
    return Drawing(kind, texts["heading"], texts, resampled_picture(gift.songs[0].peaks, bars), gift.url, code)


def resampled_picture(peaks: Sequence[int], bars: int) -> list[int]:
    """So many bars, each the loudest of its share; a flat line where there are no peaks."""
    if not peaks:
        return [30] * bars
    edges = [index * len(peaks) // bars for index in range(bars + 1)]
    return [max(peaks[start : max(end, start + 1)]) for start, end in pairwise(edges)]
