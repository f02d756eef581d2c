"""Sentences for customers that pages, API and e-mails share. Rows and errors carry a code; here is what it says in words."""

from __future__ import annotations

from typing import Protocol

from i18n import N_, _

FAILED_RECORDING = {
    "moderation": N_(
        "The studio would not sing some of these words, often a famous name or a strong word. "
        "Please change them and press Try again."
    ),
    "out_of_credit": N_("Our studio is resting for a moment. We are on it."),
    "lost": N_("This recording took far too long, so we stopped waiting. Press Try again to record it anew."),
    "bad_request": N_("These words did not fit the studio. Make them a little shorter and press Try again."),
    "submit_uncertain": N_("We lost sight of this recording. Press Try again to record it anew."),
}
FAILED = N_("This recording did not work out. Press Try again and we will record it anew.")


class Titled(Protocol):
    """A recording as the read model gives it."""

    @property
    def title(self) -> str | None: ...
    @property
    def untitled_for(self) -> str | None: ...


def failed_recording(error_code: str) -> str:
    """Why a recording failed, and what to do about it."""
    return _(FAILED_RECORDING.get(error_code, FAILED))


def title_of(recording: Titled) -> str | None:
    """Its title; songs of an older system may have none and are named after whom they are for. None while none is written."""
    if recording.untitled_for is None:
        return recording.title
    return _("A song for {name}", name=recording.untitled_for) if recording.untitled_for else _("A song for you")
