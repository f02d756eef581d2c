"""The designs: the card to print (A4 sheet, A6 to fold) and the picture of a link preview."""

from __future__ import annotations

from i18n import _, n_
from jobs.gifts.gift import OpenedGift
from settings import settings
from ui.drawing.lettering import drawable, wrapped
from ui.drawing.sheet import BOX, DEEP, GOLD, INK, PAPER, SOFT, Sheet


def heading(gift: OpenedGift) -> str:
    """'A song for Mia', in what we can draw; without a name where no font of ours has it."""
    number, names = len(gift.songs), drawable(gift.names)
    if not names:
        return n_("A song for you", "{n} songs for you", number)
    return n_("A song for {name}", "{n} songs for {name}", number, name=names)


def _sender(gift: OpenedGift) -> str:
    name = drawable(gift.sender_name)
    return _("with love from {name}", name=name) if name else _("with love")


def _made() -> str:
    return _("Made with AI, with love. {brand}", brand=settings.brand_name)


def _whole(text: str, wide: float, high: float, sizes: tuple[float, ...]) -> tuple[float, float, list[str]]:
    """The largest of these sizes at which the whole text has room, the step from line to line, and the lines."""
    for size in sizes:
        step = size * 1.45
        most = 1 + int(high / step)
        if len(wrapped(text, size, wide, most + 1)) <= most:
            break
    return size, step, wrapped(text, size, wide, most)


def a4(gift: OpenedGift) -> Sheet:
    """One sheet, 210 x 297 mm."""
    sheet = Sheet(210, 297)
    sheet.paper()
    sheet.rect(0, 0, 210, 8, BOX)
    sheet.rect(0, 8, 210, 1.4, GOLD)
    sheet.gift(82, 24, 46)
    sheet.say(105, 96, 17, heading(gift), 180, DEEP)
    sheet.say(105, 109, 7.2, _sender(gift), 170, SOFT)
    sheet.wave(20, 120, 170, 34, gift.songs[0].peaks, GOLD, 64)
    size, step, lines = _whole(gift.message, 160, 38, (6.2, 5.2, 4.4, 4.0))
    for number, line in enumerate(lines):
        sheet.say(105, 170 + number * step, size, line, 160)
    sheet.code(77, 214, 56, gift.url)
    sheet.say(105, 280, 5, _("Point your phone's camera here, and turn up the sound"), 170, SOFT)
    sheet.say(105, 289, 3.4, _made(), 170, SOFT)
    return sheet


def a6(gift: OpenedGift) -> list[Sheet]:
    """An A5 sheet (210 x 148 mm) to print on both sides, short edge, and to fold once: outside, then inside."""
    outside, inside = Sheet(210, 148), Sheet(210, 148)
    outside.rect(0, 0, 105, 148, PAPER)
    outside.rect(105, 0, 105, 148, BOX)
    outside.say(52.5, 136, 3.4, _made(), 90, SOFT)
    outside.gift(39.5, 54, 26)
    outside.wave(115, 46, 85, 30, gift.songs[0].peaks, GOLD, 36)
    outside.say(157.5, 98, 10, heading(gift), 90, "#ffffff")
    outside.say(157.5, 108, 4.6, _sender(gift), 88, "#f6dfc0")
    inside.paper()
    size, step, lines = _whole(gift.message, 84, 78, (5.2, 4.6, 4.2, 3.8))
    top = 74 - len(lines) * step / 2
    for number, line in enumerate(lines):
        inside.say(52.5, top + number * step, size, line, 86)
    inside.say(52.5, top + len(lines) * step + 5, 4.4, drawable(gift.sender_name), 86, SOFT)
    inside.code(131.5, 38, 52, gift.url)
    for number, line in enumerate(wrapped(_("Point your camera here, and turn up the sound."), 4.6, 60, 3)):
        inside.say(157.5, 104 + number * 7, 4.6, line, 90, INK)
    return [outside, inside]


def preview(gift: OpenedGift) -> Sheet:
    """1200 x 630, for link previews: the name only where the giver allows it, and nothing else that is private."""
    sheet = Sheet(1200, 630)
    sheet.paper()
    sheet.rect(0, 0, 1200, 20, BOX)
    sheet.rect(0, 20, 1200, 5, GOLD)
    sheet.wave(90, 330, 1020, 170, gift.songs[0].peaks, GOLD, 64)
    sheet.gift(520, 60, 160)
    secret = n_("Somebody made you a song", "Somebody made you {n} songs", len(gift.songs))
    sheet.say(600, 310, 68, heading(gift) if gift.name_in_preview else secret, 1060, DEEP)
    sheet.say(600, 570, 34, settings.brand_name, 800, SOFT)
    return sheet
