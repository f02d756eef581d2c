"""/compose/create: the form. Every field saves itself from the first keystroke; the URL with its formId restores it all."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import background_tasks, ui
from peewee import OperationalError

from i18n import N_, SOURCE, _, n_
from jobs.forms.drafts import choose_package, find_form, no_answers, start_draft, submit, write_field
from jobs.forms.song_languages import song_languages
from jobs.forms.told_story import FIRST_ASKED, has_told_more
from jobs.forms.wrong_fields import InvalidFormError
from jobs.rate_limits import TooManyError
from jobs.views.form_types import FormView
from models import FormStatus, NotFoundError, WrongMomentError, in_database, new_form_id
from settings import settings
from ui import live
from ui.components.elements import box, drawn_apart, text
from ui.components.instant_copy import InstantCopy
from ui.compose.fields import Field, choice_field, question_field
from ui.compose.form_bar import form_bar, say_enough
from ui.compose.frame import compose_frame
from ui.compose.long_form import draw_long_form
from ui.compose.mistakes import Mistakes
from ui.compose.questions import NOTE, SENDER, Question
from ui.compose.song_form import Options, SongForm, package_options, step
from ui.compose.story_reading import Reading
from ui.compose.tab_sync import Following
from ui.middleware.client_ip import caller
from ui.site.error_pages import no_such_form
from ui.site.live_page import live_page

BETWEEN_SCREENS = 0.03  # seconds
HEADING = N_("Tell us about them")
_LEAD = N_("Small answers are enough. Everything saves itself, and this page's address brings it back.")


@live_page("/compose/create")
async def create_page(formId: str = "", package: str = "") -> Response | None:
    """A new draft, or the draft of `formId` as it was left."""
    client = ui.context.client
    package, demo = package if package in settings.packages else "solo-serenade", False
    data = no_answers(settings.packages[package].song_count)
    if formId:
        try:
            form = await asyncio.to_thread(in_database, find_form, formId)
        except NotFoundError as error:
            return no_such_form(error)
        if form.status != FormStatus.CREATED or form.submitted_at:
            return RedirectResponse(f"/compose/lyrics?formId={formId}")
        package, data = form.package_type if form.package_type in settings.packages else package, form.form_data
        demo = form.demo
    scripts = ("guided-form.js", "story-box.js", "follow-fields.js", "instant-copy.js")
    with compose_frame(_("Tell us about them"), 1, *scripts, first=(_(HEADING), _(_LEAD))):
        page = Create(formId or new_form_id(), package, data, song_languages(demo))
        if not formId:
            await page.turn.acquire()  # what is typed before the draft has its row is written after that
        page.build()
    await client.connected()
    if client.is_deleted:
        return None  # nobody came: a bot, or a link checker
    if not formId:
        await page.begin()
    page.following = Following(client, page.fields, {**data, "packageType": package})
    page.reading = Reading(caller(client.request.scope), page.form_id)
    live.follow(client, page.form_id, page.show)
    await live.refresh(page.form_id)  # the row may have changed between the read and the connection
    page.guide.run_method("ready")
    await page.copy.catch_up()
    page.caught_up.set()
    if page.is_answered_further:
        await page.draw_more()
    return None


class Create:
    """The form on the page. It holds no answers: they are in the row and in the browser's inputs."""

    def __init__(self, form_id: str, package: str, data: dict[str, Any], languages: Options) -> None:
        self.form_id, self.languages = form_id, languages
        self.package, self.data = package, data
        self.fields: dict[str, Field] = {}
        self.songs: list[SongForm] = []
        self.drawn = 0  # of so many songs all questions are drawn, or are being drawn
        self.busy = self.going = False
        self.drawing = asyncio.Lock()
        self.caught_up = asyncio.Event()  # what the browser had kept has arrived
        self.turn = asyncio.Lock()  # answers are written, and the form is submitted, in the order in which that was asked
        self.following: Following | None = None
        self.reading: Reading | None = None

    async def begin(self) -> None:
        """A browser has arrived (not a bot): the draft gets its row and the URL its formId, and what was typed is written."""
        try:
            await asyncio.to_thread(in_database, start_draft, self.package, self.form_id)
        finally:
            self.turn.release()
        self.guide.run_method("begun", f"/compose/create?formId={self.form_id}")

    def show(self, form: FormView) -> None:
        """Follow the row, which another tab or device may have changed."""
        if not form.is_draft:
            if not self.busy:
                self._go_on()
            return
        self.data = form.form_data
        is_old = self.following is not None and self.following.is_newer("packageType", form.read_at)
        if not is_old and form.package_type != self.package and form.package_type in settings.packages:
            self.package = form.package_type
            self._show_package()
        for song, answers in zip(self.songs, self.data.get("songs", []), strict=False):
            song.show(answers)
        if self.following:
            self.following.follow({**form.form_data, "packageType": form.package_type}, form.read_at)

    def build(self) -> None:
        """The questions that come first, of the package that is chosen."""
        is_long = has_told_more(self.data)
        marks = {name for song in self.data.get("songs") or [] for name in song.get("foundInStory") or {}}
        self.is_answered_further = is_long or not marks <= FIRST_ASKED
        with box("guided-form", "stack", data_at="tell", data_all="" if is_long else None) as self.guide:
            with box("header", "intro stack tight"):
                text("h1", _(HEADING))
                text("p", _(_LEAD), "lead")
            self.mistakes = Mistakes(self.fields, self.songs)
            self.tabs = drawn_apart("div", "tabs", role="tablist", aria_label=_("Songs"))
            self.panels = box("div", "stack panels")
            self._sender()
            say_enough()
            with drawn_apart("section", "card stack"), step("package", _("How many songs?"), "package"):
                self._packages()
            self.saved, self.button = form_bar()
            self.button.on("click", self._compose)
        self._show_package()
        self.songs[0].panel.props["data-open"] = ""
        self.guide.on("touched", self.draw_more)
        self.copy = InstantCopy("answers")
        self.copy.show_draft(self.form_id, self.package, self.data)

    def _draw_songs(self, count: int) -> None:
        """The first questions of so many songs; those of a song that nobody asked for yet are not drawn (they are many)."""
        answers = self.data.get("songs", [])
        for index in range(len(self.songs), count):
            with self.panels:
                asked = partial(self._read, index)
                song = SongForm(index, answers[index] if index < len(answers) else {}, self.save, asked, self.remove)
            with self.tabs:
                song.make_tab()
            self.songs.append(song)
            self.fields |= song.fields

    async def draw_more(self) -> None:
        """The rest of the questions, once somebody touches the form: a screen at a time, so that typing is never held up."""
        async with self.drawing:
            for song in self.songs[self.drawn :]:
                self.drawn += 1
                for _screen in draw_long_form(song, self.languages):
                    self._add(song.fields)
                    await asyncio.sleep(BETWEEN_SCREENS)
                self._add(song.fields)
                song.show(song.answers)
            if NOTE.name not in self.fields:
                with self.note, step("note", _(NOTE.label)):
                    self._text(NOTE)
                self._add({})
            self.copy.connected()  # what was typed offline into these questions arrives now

    def _add(self, fields: dict[str, Field]) -> None:
        self.fields |= fields
        if self.following:
            self.following.begin(self.data)

    async def _read(self, index: int) -> None:
        """The customer has told the story of this song, for now."""
        async with self.turn:
            pass  # what was typed has reached the row
        await self.draw_more()
        if self.reading:
            await self.reading.of(self.songs[index])

    async def remove(self, path: str) -> None:
        """Take out an answer that was found in the story. It is not found a second time."""
        empty = no_answers(1)["songs"][0].get("language", SOURCE) if path.endswith(".language") else ""
        async with self.turn:
            with suppress(WrongMomentError):
                await asyncio.to_thread(in_database, write_field, self.form_id, path, empty)

    def _packages(self) -> None:
        self.fields["packageType"] = choice_field(
            "packageType", _("How many songs?"), self.package, package_options(), self._choose_package
        )

    def _sender(self) -> None:
        with drawn_apart("section", "card stack", aria_labelledby="from-you", data_part=_("From you")):
            text("h2", _("From you"), id="from-you")
            with box("div", "pairs"):
                for name, question, kind, complete in SENDER:
                    with step(f"your-{name}", _(question.label), "must"):
                        self._text(question, kind=kind, autocomplete=complete, required=True)
            self.note = box("div", "later")
            text("p", _("You pay only after you have listened. The songs are made with AI from your words."), "muted")

    def _text(self, question: Question, **more: Any) -> None:
        name = question.name
        self.fields[name] = question_field(name, question, self.data.get(name, ""), self.save, **more)

    async def save(self, path: str, value: Any) -> None:
        """Autosave one field and say beside it what is wrong."""
        number = self.following.wrote(path, value) if self.following else 0
        self.saved.set_text(_("Saving"))
        self.saved.props["data-state"] = "saving"
        try:
            async with self.turn:
                wrong = await asyncio.to_thread(in_database, write_field, self.form_id, path, value)
        except WrongMomentError:
            self._go_on()
            return
        except (OperationalError, KeyError):
            self.saved.set_text(_("Not saved yet: we will try again with your next word."))
            self.saved.props["data-state"] = "offline"
            return
        read_again = self.following is not None and self.following.reached(path, number)
        if path in self.fields:
            # An empty box is not a mistake while people still write; it is named when they press Compose.
            self.fields[path].name_mistake(wrong if value else None)
            if self.mistakes.were_named:
                self.mistakes.list_those_left()
        self.copy.reached(path, value)
        self.saved.set_text(_("Saved"))
        self.saved.props["data-state"] = "saved"
        if read_again:
            await live.refresh(self.form_id)

    async def _choose_package(self, path: str, value: Any) -> None:
        number = self.following.wrote(path, value) if self.following else 0
        if value in settings.packages:
            async with self.turn:
                await asyncio.to_thread(in_database, choose_package, self.form_id, value)
            read_again = self.following is not None and self.following.reached(path, number)
            self.package = value
            self.copy.reached(path, value)
            self._show_package()
            if read_again:
                await live.refresh(self.form_id)

    def _show_package(self) -> None:
        package = settings.packages[self.package]
        self.mistakes.song_count = package.song_count
        self._draw_songs(package.song_count)
        for song in self.songs:
            song.offer(song.index < package.song_count)
        self.tabs.set_visibility(package.song_count > 1)
        if self.drawn and self.drawn < len(self.songs):
            background_tasks.create(self.draw_more(), name="draw more questions")
        self.button.set_text(n_("Make it now", "Make all {n} now", package.song_count))

    async def _compose(self) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            await self.caught_up.wait()  # answers that only the browser has stand on the page: they count
            async with self.turn:
                await asyncio.to_thread(in_database, submit, self.form_id)
        except InvalidFormError as error:
            async with self.drawing:  # else what is drawn above it pushes it out of view again
                self.guide.run_method("visit", self.mistakes.name(error.fields))
        except TooManyError:
            self.mistakes.say(_("Our studio is very busy right now. Nothing is lost; please press again in a little while."))
        else:
            self._go_on()
        finally:
            self.busy = False

    def _go_on(self) -> None:
        """To the words, once: the browser is still here for a moment, and told again it would load them a second time."""
        if not self.going:
            self.going = True
            self.button.client.open(f"/compose/lyrics?formId={self.form_id}")
