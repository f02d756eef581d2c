"""The first question: one large box for the whole story, spoken, pasted or typed; and what was found in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from i18n import N_, _, n_
from ui.components.elements import box, text
from ui.compose.fields import Field, OnChange, question_field
from ui.compose.questions import TOLD

READING = N_("Reading your story. You can go on meanwhile.")
LOOK_OVER = N_("Below each stand the words it came from. Change it, or remove it.")
NOTHING_FOUND = N_("We could not pick anything out of it. No matter: a few short questions come next.")
CLOSER = N_("A closer reading is still going on; what it finds appears here by itself. You need not wait for it.")
SPOKEN_SOUND = N_(
    "If you speak, your browser turns it into text; its maker may process the sound for that. We get the text only."
)
SENTENCES = {  # what ui/static/story-box.js says, by its name there
    "refused": N_("The browser may not listen here, so please type. Your keyboard may have a microphone of its own."),
    "failed": N_("Listening did not work just now. What was understood stands in the box; please type the rest."),
    "silence": N_("Nothing was heard. Press again to speak, or type."),
    "listening": N_("Listening. Speak as you would to a friend; pauses are fine."),
    "big": N_("This file is too large. A plain text of up to 100 KB can be added."),
    "strange": N_("This file is not plain text. Please choose a .txt file, or copy its words into the box."),
    "nopaste": N_("The browser does not let us read what was copied. Hold your finger on the box, or press Ctrl+V, to paste."),
}


class Tell:
    """The box of one song and what was found in it. `asked` is called when its customer has finished telling, for now."""

    def __init__(self, path: str, value: str, save: OnChange, asked: Callable[[], Awaitable[None]]) -> None:
        said = {f"data_{name}": _(sentence) for name, sentence in SENTENCES.items()}
        with box("story-box", "stack tight", **said) as self.box:
            self.field: Field = question_field(path, TOLD, value, save, throttle=0.5)
            with box("div", "row ways"):
                text("button", _("Speak"), "btn small", type="button", data_speak="", aria_pressed="false", hidden="")
                text("button", _("Paste"), "btn small", type="button", data_paste="", hidden="")
                text("button", _("Add a text file"), "btn small", type="button", data_file="")
                box("input", type="file", accept=".txt,text/plain", hidden="", aria_label=_("Add a text file"))
                text("button", _("All questions"), "btn quiet small", type="button", data_all="")
                text("button", _("Next"), "btn primary small onward", type="button", data_next="")
            text("p", "", "hint interim", role="status", dir="auto")
            text("p", _(SPOKEN_SOUND), "hint sound", hidden="")
        self.box.on("told", asked)

    def make_found(self) -> None:
        """The place that says what was found."""
        self.said = text("p", "", "found", role="status")
        text("p", _(READING), "reading")

    def say(self, sentence: str) -> None:
        """One sentence, spoken by screen readers too."""
        if self.said.text != sentence:
            self.said.set_text(sentence)

    def say_found(self, marks: dict[str, Any], is_closer_to_come: bool = False) -> None:
        """How much was found, and what can be done about it."""
        count = sum(not mark.get("own") for mark in marks.values())
        found = n_("We found one answer in your story.", "We found {n} answers in your story.", count)
        sentence = f"{found} {_(LOOK_OVER)}" if count else _(NOTHING_FOUND)
        self.say(f"{sentence} {_(CLOSER)}" if is_closer_to_come else sentence)
