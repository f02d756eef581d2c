"""The questions about one song: who, what for, the story in small pieces, and how it should sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from jobs.options import (
    EMOTIONS,
    FESTIVE_THEMES,
    LANGUAGES,
    LYRICS_LEVELS,
    SOUND_LEVELS,
    STYLES,
    THEMES,
    VIBES,
    VOICES,
)
from ui.components.elements import box, text
from ui.components.fields import Field, OnChange, choice_field, several_field, text_field, yes_field

WHO = (
    ("recipientName", "Who is it for?", "their first name is enough", 100, 1),
    ("relationship", "What are they to you?", "Mum, husband, best friend, the neighbour who waters the plants", 50, 1),
    ("recipientNickname", "What do you call them?", "Dad, Lizzie, Captain", 50, 1),
    ("recipientNickname2", "Another name you use", "", 50, 1),
    ("pronunciation", "How is the name said?", "only if one might get it wrong: Peeter for Peter", 100, 1),
)
STORY = (
    ("overallMessage", "Who are they to you, in a sentence?", "my best friend, the love of my life", 300, 2),
    ("storySummary", "Your story, briefly", "how you met, what you went through, where you are now", 500, 3),
    ("favoriteMemory", "A memory you always tell", "the night you lost a shoe at the concert", 300, 2),
    ("qualities", "What do you admire in them?", "one to three things", 300, 2),
)
MORE = (
    ("characteristics", "Their loveable quirks", "always late, sings in the car, crazy curly hair", 300, 2),
    ("activitiesTogether", "What do you do together?", "movie nights, Sunday pancakes", 300, 2),
    ("gratefulFor", "What are you grateful for?", "one or two things", 300, 2),
    ("locationDetails", "Places that matter", "the kitchen in Leeds, the lake", 300, 2),
)
WORDS = (
    ("shortPhrase", "The core message", "if the song said only one thing", 200, 2),
    ("mustInclude", "A line it must contain", "word for word; one line each", 300, 2),
    ("neverMention", "Never mention", "names or things to leave out, separated by commas", 300, 2),
)


class SongForm:
    """One song's panel and its tab."""

    def __init__(self, index: int, told: dict[str, Any], save: OnChange) -> None:
        self.index = index
        self.told = told
        self.fields: dict[str, Field] = {}
        self.is_open = False
        self.panel = box("section", "stack", role="tabpanel", id=f"song-{index}", aria_labelledby=f"tab-{index}")
        self._save = save
        with self.panel:
            self._who()
            self._story()
            self._sound()

    def make_tab(self, on_open: Callable[[int], None]) -> None:
        """The button that opens this song's panel."""
        self.tab = text(
            "button",
            f"Song {self.index + 1}",
            role="tab",
            id=f"tab-{self.index}",
            type="button",
            aria_controls=f"song-{self.index}",
        )
        self.tab.on("click", lambda: on_open(self.index))

    def open(self, is_open: bool) -> None:
        """Show or hide the panel."""
        self.is_open = is_open
        self.panel.set_visibility(is_open)
        self.tab.props["aria-selected"] = "true" if is_open else "false"

    def offer(self, is_offered: bool) -> None:
        """Songs that the package does not have have no tab."""
        self.tab.set_visibility(is_offered)

    def mark(self, has_mistakes: bool) -> None:
        """A tab says when something inside is missing."""
        self.tab.classes(add="has-error") if has_mistakes else self.tab.classes(remove="has-error")

    def _path(self, name: str) -> str:
        return f"songs.{self.index}.{name}"

    def _add(self, field: Field) -> Field:
        self.fields[field.path] = field
        return field

    def _texts(self, questions: tuple[tuple[str, str, str, int, int], ...], required: tuple[str, ...] = ()) -> None:
        for name, label, hint, most, lines in questions:
            self._add(
                text_field(
                    self._path(name),
                    label,
                    str(self.told.get(name) or ""),
                    self._save,
                    hint=hint,
                    most=most,
                    lines=lines,
                    required=name in required,
                )
            )

    def _who(self) -> None:
        with box("section", "card stack"):
            text("h2", "Who is the song for?")
            with box("div", "pairs"):
                self._texts(WHO, required=("recipientName", "relationship"))
            self._choice("theme", "What is the occasion?", THEMES, compact=True, required=True)

    def _story(self) -> None:
        with box("section", "card stack"):
            text("h2", "Your story, in small pieces")
            text("p", "Nothing here is required, and every piece makes the song more theirs.", "muted")
            with box("div", "pairs"):
                self._texts(STORY)
            self._emotions()
            with self._fold("More about them", MORE), box("div", "pairs"):
                self._texts(MORE)
            with self._fold("Words to keep, words to avoid", WORDS):
                with box("div", "pairs"):
                    self._texts(WORDS)
                for name, label in (("childFriendly", "It is for a child"), ("faithBased", "Faith may be part of it")):
                    self._add(yes_field(self._path(name), label, bool(self.told.get(name)), self._save))

    def _fold(self, title: str, questions: tuple[tuple[str, str, str, int, int], ...]) -> Element:
        """A part that is folded away until something in it is answered."""
        fold = box("details", "fold")
        fold.props["open"] = any(self.told.get(name) for name, *_ in questions)
        with fold:
            text("summary", title)
        return fold

    def _emotions(self) -> None:
        told = self.told.get("emotions") or []
        told = [told] if isinstance(told, str) else told
        path = self._path("emotions")
        self._add(several_field(path, "What should they feel?", told, EMOTIONS, self._save, most=2, hint="one or two"))

    def _sound(self) -> None:
        with box("section", "card stack"):
            text("h2", "How should it sound?")
            self._choice("style", "Style", STYLES)
            self._choice("vibe", "Mood", VIBES)
            self._choice("voiceType", "Voice", VOICES, compact=True)
            self._choice("language", "Language of the song", LANGUAGES, compact=True)
            self.festive = box("div", "stack")
            with self.festive:
                self._choice("festiveLyricsLevel", "How festive are the words?", LYRICS_LEVELS)
                self._choice("festiveSoundLevel", "How festive is the sound?", SOUND_LEVELS)
            self._show_festive(str(self.told.get("theme") or ""))

    def _choice(
        self, name: str, label: str, options: dict[str, tuple[str, str]], *, compact: bool = False, required: bool = False
    ) -> None:
        async def chosen(path: str, value: Any) -> None:
            if name == "theme":
                self._show_festive(str(value))
            await self._save(path, value)

        value = str(self.told.get(name) or ("en" if name == "language" else ""))
        self._add(choice_field(self._path(name), label, value, options, chosen, compact=compact, required=required))

    def _show_festive(self, theme: str) -> None:
        self.festive.set_visibility(theme in FESTIVE_THEMES)
