"""The questions about one song: who, what for, the story in small pieces, and how it should sound.

Each `step` is one screen on a phone (ui/static/guided-form.js); on a desktop all steps of a song stand in sections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui.element import Element

from i18n import _
from jobs.forms.choices import (
    EMOTIONS,
    FESTIVE_THEMES,
    LYRICS_LEVELS,
    SOUND_LEVELS,
    STYLES,
    THEMES,
    VIBES,
    VOICES,
)
from jobs.forms.song_languages import song_languages
from ui.components.elements import box, text
from ui.compose.fields import Field, OnChange, choice_field, question_field, several_field, yes_field
from ui.compose.questions import MORE, NAME, NICKNAMES, RELATION, SAID, STORY, WORDS, Question
from ui.compose.strength import Strength
from ui.site.style_samples import style_samples

Options = dict[str, tuple[str, str]]


@contextmanager
def step(name: str, label: str) -> Iterator[Element]:
    """One screen of a phone. `name` is its fragment in the address."""
    with box("div", "step stack", id=name, tabindex="-1", role="group", aria_label=label) as made:
        yield made


def said(options: Options) -> Options:
    """The names and hints of a choice, in the language that is spoken."""
    return {key: (_(name), _(hint)) for key, (name, hint) in options.items()}


class SongForm:
    """One song's panel and its tab."""

    def __init__(self, index: int, answers: dict[str, Any], save: OnChange) -> None:
        self.index = index
        self.answers = answers
        self.fields: dict[str, Field] = {}
        self.panel = box(
            "section",
            "stack",
            role="tabpanel",
            id=f"song-{index}",
            aria_labelledby=f"tab-{index}",
            data_part=_("Song {number}", number=index + 1),
        )
        self._save = save
        with self.panel:
            self._who()
            self._story()
            self._sound()

    def make_tab(self) -> None:
        """The button that opens this song's panel, in the browser alone."""
        controls = f"song-{self.index}"
        self.tab = text("button", "", role="tab", id=f"tab-{self.index}", type="button", aria_controls=controls)
        self.show(self.answers)

    def show(self, answers: dict[str, Any]) -> None:
        """Follow the row: the tab shows the name, the story shows what it lacks."""
        name = str(answers.get("recipientName") or "").strip()
        self.tab.set_text(f"{self.index + 1}. {name[:24]}" if name else _("Song {number}", number=self.index + 1))
        self.strength.show(answers)

    def offer(self, is_offered: bool) -> None:
        """Hide the tabs of songs that the package does not have."""
        self.tab.set_visibility(is_offered)

    def mark(self) -> None:
        """A tab says when something inside is missing."""
        wrong = any(field.error.text for field in self.fields.values())
        if wrong != ("has-error" in self.tab.classes):
            self.tab.classes(add="has-error") if wrong else self.tab.classes(remove="has-error")

    def _path(self, name: str) -> str:
        return f"songs.{self.index}.{name}"

    def _step(self, name: str, label: str) -> Any:
        return step(f"song-{self.index}-{name}", label)

    def _add(self, field: Field) -> Field:
        self.fields[field.path] = field
        return field

    def _text(self, question: Question, required: bool = False) -> Field:
        value = str(self.answers.get(question.name) or "")
        return self._add(question_field(self._path(question.name), question, value, self._save, required=required))

    def _who(self) -> None:
        with box("section", "card stack"):
            text("h2", _("Who is the song for?"))
            with box("div", "pairs"):
                with self._step("name", _(NAME.label)):
                    self._text(NAME, required=True)
                    self._hear(self._text(SAID))
                with self._step("relation", _(RELATION.label)):
                    self._text(RELATION, required=True)
                with self._step("nicknames", _(NICKNAMES[0].label)):
                    for question in NICKNAMES:
                        self._text(question)
            with self._step("occasion", _("What is the occasion?")):
                self._choice("theme", _("What is the occasion?"), said(THEMES), compact=True, required=True)

    def _hear(self, said: Field) -> None:
        """Our singer sings the name as it will be in the song; where nobody sings its language, the browser says it."""
        with said.box, box("div", "hearname", data_hear=said.id, data_or=f"f-songs-{self.index}-recipientName"):
            text("button", _("Hear it"), "btn quiet small", type="button")
            text("p", _("This browser has no voice to say it with. Write it as it sounds; our singer reads the same."), "hint")

    def _story(self) -> None:
        with box("section", "card stack"):
            text("h2", _("Your story, in small pieces"))
            text("p", _("Nothing here is required, and every piece makes the song more theirs."), "muted")
            self.strength = Strength(self.answers)
            with box("div", "pairs"):
                for question in STORY:
                    with self._step(question.name, _(question.label)):
                        self._text(question)
            with self._step("feelings", _("What should they feel?")):
                self._emotions()
            with self._step("more", _("More about them")), self._fold(_("More about them"), MORE), box("div", "pairs"):
                for question in MORE:
                    self._text(question)
            with self._step("words", _("Words to keep, words to avoid")), self._fold(_("Words to keep, words to avoid"), WORDS):
                with box("div", "pairs"):
                    for question in WORDS:
                        self._text(question)
                for name, label in (("childFriendly", _("It is for a child")), ("faithBased", _("Faith may be part of it"))):
                    self._add(yes_field(self._path(name), label, bool(self.answers.get(name)), self._save))

    def _fold(self, title: str, questions: Iterable[Question]) -> Element:
        """A section that is folded until something in it is answered; on a phone its screen opens it."""
        fold = box("details", "fold")
        fold.props["open"] = any(self.answers.get(question.name) for question in questions)
        with fold:
            text("summary", title)
        return fold

    def _emotions(self) -> None:
        chosen = self.answers.get("emotions") or []
        chosen = [chosen] if isinstance(chosen, str) else chosen
        path, label, hint = self._path("emotions"), _("What should they feel?"), _("one or two")
        self._add(several_field(path, label, chosen, said(EMOTIONS), self._save, most=2, hint=hint))

    def _sound(self) -> None:
        with box("section", "card stack"):
            text("h2", _("How should it sound?"))
            with self._step("style", _("Style")):
                self._choice("style", _("Style"), said(STYLES), samples=style_samples())
            with self._step("mood", _("Mood")):
                self._choice("vibe", _("Mood"), said(VIBES))
            with self._step("voice", _("Voice and language")):
                self._choice("voiceType", _("Voice"), said(VOICES), compact=True)
                self._choice("language", _("Language of the song"), song_languages(), compact=True)
            with self._step("festive", _("How festive?")) as self.festive:
                self._choice("festiveLyricsLevel", _("How festive are the words?"), said(LYRICS_LEVELS))
                self._choice("festiveSoundLevel", _("How festive is the sound?"), said(SOUND_LEVELS))
            self._show_festive(str(self.answers.get("theme") or ""))

    def _choice(self, name: str, label: str, options: Options, **how: Any) -> None:
        async def chosen(path: str, value: Any) -> None:
            if name == "theme":
                self._show_festive(str(value))
            await self._save(path, value)

        value = str(self.answers.get(name) or ("en" if name == "language" else ""))
        self._add(choice_field(self._path(name), label, value, options, chosen, **how))

    def _show_festive(self, theme: str) -> None:
        self.festive.set_visibility(theme in FESTIVE_THEMES)
