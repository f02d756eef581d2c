"""/compose/lyrics: the lyrics as they are written. Change a line, keep a line, or go on: one button makes the songs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from i18n import N_, _
from jobs.forms.drafts import find_form
from jobs.generation import lyrics
from jobs.generation.variations import begin_songs
from jobs.rate_limits import TooManyError
from jobs.views.form_types import FormView
from models import BEFORE_VARIATIONS, NotFoundError, WrongMomentError, in_database
from ui import live
from ui.components.elements import box, text
from ui.components.instant_copy import InstantCopy
from ui.compose.frame import compose_frame
from ui.compose.lyric_lines import LyricLines
from ui.middleware.client_ip import caller
from ui.site.error_pages import no_such_form

_LEAD = N_("Change any line, mark what must stay, or ask for another. Or just go on: nothing here is required.")
_SCRIPTS = ("follow-fields.js", "kept-lines.js", "instant-copy.js")
_VERBS: dict[str, Callable[..., Any]] = {
    "title": lyrics.write_title,
    "line": lyrics.write_line,
    "keep": lyrics.keep_line,
    "another": lyrics.write_another_line,
    "anew": lyrics.write_the_rest_anew,
}


@ui.page("/compose/lyrics")
async def lyrics_page(formId: str = "") -> Response | None:
    """The step between *Compose* and the first sound. At any other time the visitor is redirected to where the form is."""
    client = ui.context.client
    try:
        await asyncio.to_thread(in_database, find_form, formId)
    except NotFoundError as error:
        return no_such_form(error)
    form = await live.read_live(formId)
    if form is None:
        return no_such_form()
    if elsewhere := page_instead_of_lyrics(form):
        return RedirectResponse(elsewhere)
    with compose_frame(_("The words"), 1, *_SCRIPTS, first=(lyrics_heading(form), _(_LEAD))):
        page = Lyrics(formId)
        live.follow(client, formId, page.show)
        page.build(form)
    await client.connected()
    if not client.is_deleted:
        await live.refresh(formId)  # the row may have changed between the read and the connection
    return None


def lyrics_heading(form: FormView) -> str:
    """Heading by whether the lyrics are there."""
    return _("Here are your words") if form.generated_lyrics else _("We are writing your words")


def page_instead_of_lyrics(form: FormView) -> str:
    """Where somebody with this form should be, if not here."""
    if form.is_draft:
        return f"/compose/create?formId={form.id}"
    begun = form.status not in BEFORE_VARIATIONS or bool(form.cells)
    return f"/compose/variations?formId={form.id}" if begun else ""


class Lyrics:
    """The lyrics of all songs of one form, and the button that starts the songs."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.songs: list[LyricLines] = []
        self.going = False
        self.turn = asyncio.Lock()  # a line that was just changed is written before the songs begin
        self.seen: set[str] = set()  # lines that were offered and replaced
        self.undo: tuple[Any, ...] = ()  # song, and a line's number with its old text, or the old title

    def build(self, form: FormView) -> None:
        """Everything once; from then on `show` changes what differs."""
        several = form.song_count > 1
        self.heading = text("h1", "", id="heading")
        text("p", _(_LEAD), "lead")
        self.notice = text("p", "", "notice info", role="status")
        self.back = text("button", _("Put the old words back"), "btn small", type="button", id="put-back")
        self.back.on("click", self._put_back)
        self._hide_notice()
        with box("div", "sheets"):
            for song in form.songs:
                name = song.recipient_name
                label = (
                    _("Song {number}: for {name}", number=song.index + 1, name=name)
                    if several
                    else _("A song for {name}", name=name)
                )
                self.songs.append(LyricLines(song.index, label, self.do))
        with box("aside", "stickybar", aria_label=_("Go on")):
            self.ready = text("p", "", "chosen", role="status")
            make = _("Make the songs") if several else _("Make the song")
            self.button = text("button", make, "btn primary", id="make", type="button")
            self.button.on("click", self._make)
        self.copy = InstantCopy("")
        self.show(form)

    def show(self, form: FormView) -> None:
        """Follow the row."""
        if self.going or not self.songs:
            return
        if elsewhere := page_instead_of_lyrics(form):
            self._leave(elsewhere)
            return
        self.copy.show(form)
        written = bool(form.generated_lyrics)
        self.heading.set_text(lyrics_heading(form))
        waits = _("No need to wait: press it now, and we sing what we write.")
        one = _("Three versions, to listen to before you pay.")
        versions = one if form.song_count == 1 else _("Three versions of each, to listen to before you pay.")
        self.ready.set_text(versions if written else waits)
        answers = form.form_data.get("songs", [])
        for lines, song in zip(self.songs, form.songs, strict=True):
            lines.show(song, answers[song.index] | {"senderName": form.form_data.get("senderName")})

    async def do(self, verb: str, song_index: int, *more: Any) -> None:
        """Change the lyrics; the page shows the result when it reads the row."""
        if verb == "another":
            self.seen.add(more[1])
            more = (*more, tuple(self.seen))
        try:
            async with self.turn:
                done = await asyncio.to_thread(in_database, _VERBS[verb], self.form_id, song_index, *more)
        except (WrongMomentError, NotFoundError):
            self.say(_("That line has changed meanwhile. The page shows how it is now."), "warn")
        except lyrics.TooLongError:
            self.say(_("That would be longer than one song. Shorten a line first."), "warn")
        else:
            if verb == "another" and done is None:
                self.say(_("We have no other line for this place. Write your own: nobody knows them better."), "info")
            elif verb in ("line", "title") and done:
                self._ask_whether(str(done), song_index, more)
            else:
                self._hide_notice()
            return
        await live.refresh(self.form_id)

    def _ask_whether(self, word: str, song_index: int, more: tuple[Any, ...]) -> None:
        """It is their song: what they wrote stands, unless they say that they did not mean it."""
        self.say(_("You asked us never to mention “{word}”, and now the song does. Is that meant?", word=word), "warn")
        self.undo = (song_index, *more[:2]) if len(more) == 3 else (song_index, self.songs[song_index].shown_title)
        self.back.set_visibility(True)

    async def _put_back(self) -> None:
        song_index, *place = self.undo
        song = self.songs[song_index]
        if len(place) == 2 and place[0] < len(song.shown):
            await self.do("line", song_index, place[0], song.shown[place[0]], place[1])
        elif len(place) == 1:
            await self.do("title", song_index, place[0])

    async def _make(self) -> None:
        try:
            async with self.turn:
                await asyncio.to_thread(begin_songs, caller(ui.context.client.request.scope), self.form_id)
        except TooManyError:
            self.say(_("Our studio is very busy right now. Nothing is lost; please press again in a little while."), "warn")
        except (WrongMomentError, NotFoundError):
            self.say(_("That is not possible any more. Load the page again to see how things are."), "warn")
        else:
            self._leave(f"/compose/variations?formId={self.form_id}")

    def _leave(self, path: str) -> None:
        """Open another page, once: the row's change is often seen here before the press that made it is answered."""
        if not self.going:
            self.going = True
            self.button.client.open(path)

    def say(self, sentence: str, kind: str) -> None:
        """Show a notice above the lyrics, also for screen readers."""
        self.notice.set_text(sentence)
        self.notice.classes(replace=f"notice {kind}")
        self.notice.set_visibility(True)
        self.back.set_visibility(False)

    def _hide_notice(self) -> None:
        self.notice.set_visibility(False)
        self.back.set_visibility(False)
