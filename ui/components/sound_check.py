"""Checked: what a version's sound check says, in one sentence for whoever is about to pay. Only what was really measured."""

from __future__ import annotations

from i18n import _, joined
from jobs.generation.sound_check import LONGEST_GAP, MOST_CLIPPED, SoundCheck

_EVEN = 1.0  # LU from the loudness that every version is brought to
_TARGET = -16.0  # LUFS; jobs/generation/mastering.py, which needs numpy
_EVERY_WORD, _CLEAR = 0.995, 0.8  # shares of the words that were heard


def checked_sentence(check: SoundCheck | None) -> str | None:
    """'Checked: 1:36 long, evenly loud, no silent gap, ...' with what is good alone; None where nothing was measured."""
    if check is None or not check.seconds:
        return None
    length = f"{int(check.seconds) // 60}:{int(check.seconds) % 60:02}"
    return _("Checked: {facts}.", facts=joined([_("{length} long", length=length), *_good(check)]))


def _good(check: SoundCheck) -> list[str]:
    facts = []
    if check.lufs is not None and abs(check.lufs - _TARGET) <= _EVEN:
        facts.append(_("as loud as the others"))
    if check.silence is not None and check.silence < LONGEST_GAP:
        facts.append(_("no silent gap"))
    if check.clipped is not None and check.clipped < MOST_CLIPPED:
        facts.append(_("no distortion"))
    if check.words is not None and check.words >= _CLEAR:
        facts.append(_("every word heard") if check.words >= _EVERY_WORD else _("the words are clear"))
    if check.name == "heard":
        facts.append(_("the name heard"))
    return facts
