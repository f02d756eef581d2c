"""What is missing or not quite right, in one list above the questions, once somebody pressed Compose."""

from __future__ import annotations

from collections.abc import Mapping

from customer_texts import wrong_fields_in_words
from i18n import _, n_
from jobs.forms.wrong_fields import WrongFieldError
from ui.components.elements import box, text
from ui.compose.fields import Field
from ui.compose.song_form import SongForm


class Mistakes:
    """A notice; `fields` and `songs` are those of the page and grow with it."""

    def __init__(self, fields: dict[str, Field], songs: list[SongForm]) -> None:
        self.fields, self.songs = fields, songs
        self.song_count = 1
        self.were_named = False
        self.listed: list[tuple[str, str]] | None = None  # what the notice links to
        self.notice = box("div", "notice error stack tight", id="notice", role="alert", tabindex="-1")
        self.notice.set_visibility(False)

    def name(self, wrong: Mapping[str, WrongFieldError]) -> str:
        """Show the errors beside each field, on its song's tab, and in the list; returns the id of the first field."""
        sentences = wrong_fields_in_words(wrong)
        for path, field in self.fields.items():
            deeper = (sentence for about, sentence in sentences.items() if about.startswith(path + "."))
            field.complain(sentences.get(path) or next(deeper, None))
        self.were_named = True
        self.list_those_left()
        if not self.notice.visible:
            self.say(next(iter(sentences.values())))
        return next((field.id for field in self._wrong()), "notice")

    def list_those_left(self) -> None:
        """All that are wrong now, in the order in which they stand."""
        for song in self.songs:
            song.mark()
        wrong = [(f"#{field.id}", self._label(field)) for field in self._wrong()]
        if wrong == self.listed:
            return  # a link that is drawn anew while it is pressed leads nowhere
        self.listed = wrong
        self.notice.clear()
        self.notice.set_visibility(bool(wrong))
        with self.notice:
            if wrong:
                text("p", n_("One answer is missing.", "{n} answers are missing or not quite right.", len(wrong)))
            with box("ul", "links"):
                for address, label in wrong:
                    with box("li"):
                        text("a", label, href=address)

    def say(self, sentence: str) -> None:
        """One sentence in its place."""
        self.listed = None
        self.notice.clear()
        with self.notice:
            text("p", sentence)
        self.notice.set_visibility(True)

    def _wrong(self) -> list[Field]:
        offered = [path for path in self.fields if not path.startswith("songs.") or _song_of(path) < self.song_count]
        in_view = sorted(offered, key=lambda path: not path.startswith("songs."))  # the sender's answers stand below the songs'
        return [self.fields[path] for path in in_view if self.fields[path].error.text]

    def _label(self, field: Field) -> str:
        if self.song_count == 1 or not field.path.startswith("songs."):
            return field.label
        return _("Song {number}: {label}", number=_song_of(field.path) + 1, label=field.label)


def _song_of(path: str) -> int:
    return int(path.split(".")[1])
