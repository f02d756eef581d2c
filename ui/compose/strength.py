"""How much material a song has: a bar, and the most important answer that is missing, by its name."""

from __future__ import annotations

from typing import Any

from i18n import N_, _
from ui.components.elements import box, text

# What makes a song personal, the most important first: field, weight, and the advice where it is missing.
TELLING = (
    ("favoriteMemory", 4, N_("A memory you always tell would make it unmistakably theirs.")),
    ("storySummary", 4, N_("Two sentences of your story would give it something to tell.")),
    ("qualities", 2, N_("One thing you admire in them would warm it up.")),
    ("overallMessage", 2, N_("Say in a sentence who they are to you.")),
    ("characteristics", 2, N_("One loveable quirk would make them smile.")),
    ("activitiesTogether", 1, N_("Something that you do together would bring it home.")),
    ("emotions", 1, N_("Choose what they should feel.")),
    ("recipientNickname", 1, N_("A name that only you use would make it yours.")),
    ("gratefulFor", 1, N_("One thing that you are grateful for would round it off.")),
    ("locationDetails", 1, N_("A place that matters would set the scene.")),
)
_MOST = sum(weight for _, weight, _ in TELLING)
_LEVELS = ((0, N_("Nothing to sing about yet.")), (1, N_("A start.")), (30, N_("A good song.")), (60, N_("A strong song.")))
FULL = N_("Everything is there. It will be a song that only fits them.")
THIN = 12  # characters: "nice" is not a story


def strength(song: dict[str, Any]) -> tuple[int, str]:
    """Percent, and the advice."""
    lacking = [(field, weight, words) for field, weight, words in TELLING if not _is_answered(field, song)]
    percent = round(100 * (_MOST - sum(weight for _, weight, _ in lacking)) / _MOST)
    if not lacking:
        return percent, _(FULL)
    level = [words for least, words in _LEVELS if percent >= least][-1]
    return percent, f"{_(level)} {_(lacking[0][2])}"


def _is_answered(field: str, song: dict[str, Any]) -> bool:
    value = song.get(field) or ""
    return bool(value) if field in ("emotions", "recipientNickname") else len(str(value).strip()) >= THIN


class Strength:
    """The bar and its sentence, in the story of one song."""

    def __init__(self, song: dict[str, Any]) -> None:
        self.percent = -1
        with box("div", "strength"):
            self.bar = box("span", "bar", aria_hidden="true")
            self.words = text("p", "")
        self.show(song)

    def show(self, song: dict[str, Any]) -> None:
        """Follow the row."""
        percent, words = strength(song)
        self.words.set_text(words)
        if percent != self.percent:
            self.percent = percent
            self.bar.style(f"--full:{percent}%")
