"""Below each song: change the lyrics, ask for one more version, and choose an earlier one again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from nicegui.elements.mixins.text_element import TextElement

from customer_texts import wrong_fields_in_words
from i18n import N_, _
from jobs.forms.wrong_fields import InvalidFormError
from jobs.generation.line_repair import change_line, check_line
from jobs.generation.lyrics import newly_mentioned
from jobs.generation.revisions import change_lyrics, check_lyrics, one_more
from jobs.generation.selection import choose_task
from jobs.payments.checkout import PaymentsError, apart, without_open_session
from jobs.rate_limits import TooManyError
from jobs.views.form_types import CellView, FormView, SongView
from models import UNFINISHED, CheckoutStatus, NotFoundError, WrongMomentError, in_database
from ui import live
from ui.components.elements import box, text
from ui.components.song_compare import SongCompare
from ui.compose.line_repair import LineRepair
from ui.compose.lyrics_editor import LyricsEditor
from ui.compose.one_more import OneMore
from ui.compose.version_tree import Earlier


class Revisions:
    """Three buttons of one song and the box that each opens; one is open at a time."""

    def __init__(self, form_id: str, index: int, main: SongCompare) -> None:
        self.form_id, self.index, self.main = form_id, index, main
        self.song: SongView | None = None  # in outline
        self.payment_is_open = False
        self.opened = ""
        self.asked_about = ("", "")  # title and lyrics that mention what they never should: once more means that it is meant
        with box(
            "section", "revisions stack tight", aria_label=_("Versions of song {number}", number=index + 1)
        ) as self.section:
            self.notice = text("p", "", "notice info", role="status", id=f"versions-said-{index}")
            self.notice.set_visibility(False)
            with box("div", "row"):
                self.buttons = {name: self._button(name, _(label)) for name, label in _LABELS.items()}

    @cached_property
    def line(self) -> LineRepair:
        """Drawn when it is first opened, like the three below: most pages never open one."""
        with self.section:
            return LineRepair(f"line-{self.index}", self._change_line, self._close)

    @cached_property
    def words(self) -> LyricsEditor:
        """Title and lyrics."""
        with self.section:
            return LyricsEditor(f"words-{self.index}", self._change, self._close)

    @cached_property
    def more(self) -> OneMore:
        """One more version."""
        with self.section:
            return OneMore(f"more-{self.index}", self._one_more, self._close)

    @cached_property
    def earlier(self) -> Earlier:
        """What was made before."""
        with self.section:
            return Earlier(f"earlier-{self.index}", self._pick)

    def _button(self, name: str, label: str) -> TextElement:
        made = text("button", label, "btn quiet", type="button", id=f"open-{name}-{self.index}")
        made.props.update({"aria-expanded": "false", "aria-controls": f"{name}-{self.index}"})
        made.on("click", lambda: self._toggle(name))
        return made

    def show(self, song: SongView, form: FormView) -> None:
        """Follow the row, and say what has changed in it, whoever changed it."""
        before, self.song = self.song, outline(song)
        self.payment_is_open = form.payment_status == CheckoutStatus.OPEN
        self.section.set_visibility(bool(song.variations) and song.lyrics is not None)
        said = what_changed(before, song) if before else ""
        if said:
            self.say(said)
        count = len(song.earlier)
        self.buttons["earlier"].set_visibility(count > 0)
        self.buttons["earlier"].set_text(f"{_name_of_earlier(song)} ({count})")
        if self.opened == "earlier" and count:
            self.earlier.show(song)
        elif self.opened == "earlier":
            self._close()

    async def _toggle(self, name: str) -> None:
        if self.opened == name or not self.song:
            self._close()
            return
        busy = any(row.status in UNFINISHED for row in self.song.variations)
        if name in ("line", "words") and busy:
            self.say(_("This song is still being made. You can change its words as soon as its versions are there."), "warn")
            return
        song = await self._whole() if name == "earlier" else self.song
        if song:
            self._open(name, song)

    async def _whole(self) -> SongView | None:
        """The song with all that is played, as the row is now."""
        form = await live.read_live(self.form_id)
        return form.songs[self.index] if form and not self.section.is_deleted else None

    def _open(self, name: str, song: SongView) -> None:
        self.opened = name
        self.notice.set_visibility(False)
        if name == "line":
            self.line.open(song, self.payment_is_open)
        elif name == "words":
            self.words.open(song, self.payment_is_open)
        elif name == "more":
            self.more.open(song, self.payment_is_open)
        else:
            self.earlier.show(song)
        self._expand()

    def _close(self) -> None:
        """Close what is open; the focus goes back to its button."""
        closed, self.opened = self.opened, ""
        self._expand()
        if closed:
            self.section.client.run_javascript(f"document.getElementById('open-{closed}-{self.index}')?.focus()")

    def _expand(self) -> None:
        for name, button in self.buttons.items():
            if name in vars(self):
                getattr(self, name).box.set_visibility(name == self.opened)
            button.props["aria-expanded"] = "true" if name == self.opened else "false"

    async def _change(self, title: str, lyrics: str) -> None:
        try:
            changed = check_lyrics(title, lyrics)
        except InvalidFormError as error:
            self.words.complain(wrong_fields_in_words(error.fields))
            return
        if self.song and changed == (self.song.title, self.song.lyrics):
            self.words.complain({"lyrics": _("These are the words you have already. Change something first.")})
            return
        if asks := await self._asks(changed):
            self.words.complain({"lyrics": asks})
            return
        if await self._do(change_lyrics, self.index, *changed):
            self.words.drop()

    async def _change_line(self, at: int, before: str, typed: str) -> None:
        try:
            line = check_line(typed)
        except InvalidFormError as error:
            self.line.complain(" ".join(wrong_fields_in_words(error.fields).values()))
            return
        if line == before:
            self.line.complain(_("These are the words you have already. Change something first."))
        elif asks := await self._asks((before, line)):
            self.line.complain(asks)
        else:
            await self._do(change_line, self.index, at, before, line)

    async def _asks(self, words: tuple[str, str]) -> str:
        """The question whether it is meant that these words mention what they never should; once is enough."""
        if words == self.asked_about or not (word := await self._mentioned(*words)):
            return ""
        self.asked_about = words
        return _("You asked us never to mention “{word}”, and this does. If that is meant, press once more.", word=word)

    async def _mentioned(self, title: str, lyrics: str) -> str:
        before = f"{self.song.title}\n{self.song.lyrics}" if self.song else ""
        words = f"{title}\n{lyrics}"
        try:
            return str(await asyncio.to_thread(in_database, newly_mentioned, self.form_id, self.index, before, words))
        except NotFoundError:
            return ""  # the change itself says so

    async def _one_more(self, variation: int) -> None:
        await self._do(one_more, self.index, variation)

    async def _do(self, verb: Callable[..., Any], *arguments: Any) -> bool:
        """One of the two verbs, with the payment page closed first; what it did is said by `show`. True if it was done."""
        done = False
        try:
            await apart(without_open_session, verb, self.form_id, *arguments)
            done = True
        except (WrongMomentError, NotFoundError, InvalidFormError):
            self.say(_("That is not possible any more. The page shows how things are now."), "warn")
        except TooManyError:
            self.say(_("Our studio is very busy right now. Nothing is lost; please press again in a little while."), "warn")
            return False
        except PaymentsError:
            sentence = _("We cannot reach the payment service to close your payment page. Please try again in a moment.")
            self.say(sentence, "error")
            return False
        self._close()
        await live.refresh(self.form_id)
        return done

    async def _pick(self, variation: int, task_id: str) -> None:
        try:
            await asyncio.to_thread(in_database, choose_task, self.form_id, task_id)
        except (WrongMomentError, NotFoundError):
            self.say(_("That is not possible any more. The page shows how things are now."), "warn")
        await live.refresh(self.form_id)
        self.main.run_method("enter")  # the focus goes along to where the chosen one stands now

    def say(self, sentence: str, kind: str = "info") -> None:
        """Show a sentence above the buttons, also for screen readers."""
        self.notice.set_text(sentence)
        self.notice.classes(replace=f"notice {kind}")
        self.notice.set_visibility(True)


_LABELS = {
    "line": N_("Change one line"),
    "words": N_("Change the words"),
    "more": N_("One more version"),
    "earlier": N_("Earlier versions"),
}


def _name_of_earlier(song: SongView) -> str:
    newest = max((row.revision for row in (*song.variations, *song.earlier)), default=1)
    return _("Earlier versions") if song.revision == newest else _("Your other versions")


def outline(song: SongView) -> SongView:
    """The song without what its versions play and show: an open page keeps it, and three versions are 0.3 MB with all words.

    What is left says which recordings there are, and how far they are.
    """

    def bare(cell: CellView) -> CellView:
        return CellView(cell.task_id, cell.variation, cell.revision, cell.take, cell.status)

    return replace(song, variations=list(map(bare, song.variations)), earlier=list(map(bare, song.earlier)))


def what_changed(before: SongView, now: SongView) -> str:
    """What to announce about the difference of two readings of a song; "" where no recording changed."""
    old, new = ({row.variation: row for row in song.variations} for song in (before, now))
    moved = [row for place, row in new.items() if place in old and old[place].task_id != row.task_id]
    if not moved:
        return ""
    sentences = [_what_moved(before, now, moved)]
    if before.selected and not now.selected:
        sentences.append(_("Your choice for this song is open again."))
    sentences.append(_("The versions from before are under “{earlier}”.", earlier=_name_of_earlier(now)))
    return " ".join(sentences)


def _what_moved(before: SongView, now: SongView, moved: list[CellView]) -> str:
    place, being_made = moved[0].variation, any(row.status in UNFINISHED for row in moved)
    if before.revision == now.revision:
        if being_made:
            return _("We are making one more version in place {place}.", place=place)
        return _("An earlier version is back in place {place}.", place=place)
    if being_made and not now.selected:
        return _("We are making three new versions with the new words.")
    return _("These are the versions with your other words again.")
