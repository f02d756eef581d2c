"""/compose/create: tell us about them. Every field saves itself from the first keystroke; the URL brings it all back."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui
from peewee import OperationalError

from jobs.composing import choose_package, compose, find_form, start_draft, write_field
from jobs.form_data import InvalidFormError
from jobs.limits import TooManyError
from models import NotFoundError, WrongMomentError, in_database, new_form_id
from settings import settings
from ui import live
from ui.components.elements import box, text
from ui.components.fields import Field, choice_field, text_field
from ui.components.following import Following
from ui.components.instant_copy import InstantCopy
from ui.components.song_form import SongForm
from ui.frame import frame
from ui.kind_pages import no_such_form
from ui.money import price


@ui.page("/compose/create")
async def create_page(formId: str = "", package: str = "") -> Response | None:
    """A new draft, or the draft of `formId` as it was left."""
    client = ui.context.client
    package = package if package in settings.packages else "solo-serenade"
    data: dict[str, Any] = {}
    if formId:
        try:
            form = await asyncio.to_thread(in_database, find_form, formId)
        except NotFoundError as error:
            return no_such_form(error)
        if form.status != "created" or form.submitted_at:
            return RedirectResponse(f"/compose/variations?formId={formId}")
        package, data = form.package_type if form.package_type in settings.packages else package, form.form_data
    with frame("Tell us about them", 1, "focus-field.js", "follow-fields.js", "instant-copy.js"):
        page = Create(formId or new_form_id(), package, data)
        page.build()
    await client.connected()
    if client.is_deleted:
        return None  # nobody came: a bot, or a link checker
    if not formId:
        await page.begin()
    page.following = Following(client, page.fields, {**data, "packageType": package})
    live.attend(client, page.form_id, page.show)
    await live.refresh(page.form_id)  # what happened between reading and attending
    page.copy.connected()
    return None


class Create:
    """The form on the page. It never holds an answer: answers live in the row and in the browser's inputs."""

    def __init__(self, form_id: str, package: str, data: dict[str, Any]) -> None:
        self.form_id = form_id
        self.package = package
        self.data = data
        self.fields: dict[str, Field] = {}
        self.songs: list[SongForm] = []
        self.busy = False
        self.following: Following | None = None

    async def begin(self) -> None:
        """A browser has arrived (not a bot): the draft gets its row and the URL its formId."""
        await asyncio.to_thread(in_database, start_draft, self.package, self.form_id)
        ui.navigate.history.replace(f"/compose/create?formId={self.form_id}")

    def show(self, form: dict[str, Any]) -> None:
        """Follow the row, which another tab or device may have changed."""
        if form["status"] != "created" or form["submittedAt"]:
            if not self.busy:
                self.button.client.open(f"/compose/variations?formId={self.form_id}")
            return
        self.data = form["formData"]
        if form["packageType"] != self.package and form["packageType"] in settings.packages:
            self.package = form["packageType"]
            self._show_package()
        if self.following:
            self.following.follow({**form["formData"], "packageType": form["packageType"]})

    def build(self) -> None:
        """All questions of the package that is chosen."""
        text("h1", "Tell us about them")
        text(
            "p", "Small answers are enough. Everything you write saves itself, and this page's address brings it back.", "lead"
        )
        self._packages()
        self.tabs = box("div", "tabs", role="tablist", aria_label="Songs")
        self.panels = box("div", "stack")
        self._sender()
        self._actions()
        self._show_package()
        self._open_song(0)
        self.copy = InstantCopy("answers")
        self.copy.show({"id": self.form_id, "packageType": self.package, "formData": self.data, "status": "created"})

    def _draw_songs(self, count: int) -> None:
        """The questions of so many songs; those of a song that nobody asked for yet are not drawn (they are many)."""
        told = self.data.get("songs", [])
        for index in range(len(self.songs), count):
            with self.panels:
                song = SongForm(index, told[index] if index < len(told) else {}, self.save)
            with self.tabs:
                song.make_tab(self._open_song)
            song.open(False)
            self.songs.append(song)
            self.fields |= song.fields

    def _packages(self) -> None:
        options = {
            key: (f"{package.label} · {price(package.amount, package.currency)}", _songs(package.song_count))
            for key, package in settings.packages.items()
        }
        self.fields["packageType"] = choice_field("packageType", "How many songs?", self.package, options, self._choose_package)

    def _sender(self) -> None:
        with box("section", "card stack", aria_labelledby="from-you"):
            text("h2", "From you", id="from-you")
            for path, label, hint, most, lines, kind, complete in SENDER:
                self.fields[path] = text_field(
                    path, label, self.data.get(path, ""), self.save, hint=hint, most=most, lines=lines, kind=kind,
                    required=path != "senderMessage", autocomplete=complete,
                )  # fmt: skip

    def _actions(self) -> None:
        self.notice = text("p", "", "notice error", id="notice", role="alert", tabindex="-1")
        self.notice.set_visibility(False)
        with box("div", "row"):
            self.button = text("button", "", "btn primary", id="compose", type="button")
            self.button.on("click", self._compose)
            self.saved = text("p", "", "saved", id="saved", role="status")
        text("p", "You pay only after you have listened. The songs are made with AI from your words.", "muted")

    async def save(self, path: str, value: Any) -> None:
        """Autosave one field and say beside it what is wrong."""
        if self.following:
            self.following.wrote(path, value)
        self.saved.set_text("Saving")
        self.saved.props["data-state"] = "saving"
        try:
            sentence = await asyncio.to_thread(in_database, write_field, self.form_id, path, value)
        except WrongMomentError:
            ui.navigate.to(f"/compose/variations?formId={self.form_id}")
            return
        except (OperationalError, KeyError):
            self.saved.set_text("Not saved yet: we will try again with your next word.")
            self.saved.props["data-state"] = "offline"
            return
        if path in self.fields:
            # An empty box is not a mistake while people still write; it is named when they press Compose.
            self.fields[path].complain(sentence if value else None)
        self.copy.reached(path, value)
        self.saved.set_text("Saved")
        self.saved.props["data-state"] = "saved"

    async def _choose_package(self, path: str, value: Any) -> None:
        if self.following:
            self.following.wrote(path, value)
        if value in settings.packages:
            await asyncio.to_thread(in_database, choose_package, self.form_id, value)
            self.package = value
            self.copy.reached(path, value)
            self._show_package()

    def _show_package(self) -> None:
        package = settings.packages[self.package]
        self._draw_songs(package.song_count)
        for song in self.songs:
            song.offer(song.index < package.song_count)
        self.tabs.set_visibility(package.song_count > 1)
        self.button.set_text("Compose my song" if package.song_count == 1 else f"Compose my {package.song_count} songs")
        if any(song.is_open and song.index >= package.song_count for song in self.songs):
            self._open_song(0)

    def _open_song(self, index: int) -> None:
        for song in self.songs:
            song.open(song.index == index)

    async def _compose(self) -> None:
        if self.busy:
            return
        self.busy = True
        try:
            await asyncio.to_thread(in_database, compose, self.form_id)
        except InvalidFormError as error:
            self._show_mistakes(error.fields)
        except OperationalError:
            self._say("We cannot reach our own desk right now. Nothing is lost; please press again in a moment.")
        except TooManyError:
            self._say("Our studio is very busy right now. Nothing is lost; please press again in a little while.")
        else:
            ui.navigate.to(f"/compose/variations?formId={self.form_id}")
        finally:
            self.busy = False

    def _show_mistakes(self, mistakes: dict[str, str]) -> None:
        for path, field in self.fields.items():
            field.complain(mistakes.get(path) or next((s for p, s in mistakes.items() if p.startswith(path + ".")), None))
        for song in self.songs:
            song.mark(any(path.startswith(f"songs.{song.index}.") for path in mistakes))
        first = next((path for path in self.fields if path in mistakes), next(iter(mistakes)))
        if first.startswith("songs."):
            self._open_song(int(first.split(".")[1]))
        count = len(mistakes)
        self._say("One answer is still missing." if count == 1 else f"{count} answers are still missing or not quite right.")
        ui.run_javascript(f"focusField({self.fields[first].id if first in self.fields else 'notice'!r})")

    def _say(self, sentence: str) -> None:
        self.notice.set_text(sentence)
        self.notice.set_visibility(True)


def _songs(count: int) -> str:
    return "one song, three versions to choose from" if count == 1 else f"{count} songs, three versions of each"


SENDER = (
    ("senderName", "Your name", "as it should stand on the gift", 100, 1, "text", "name"),
    ("senderEmail", "Your e-mail", "we send the link here, and what concerns your songs", 100, 1, "email", "email"),
    ("senderMessage", "A personal note", "shown on the gift page, above the song", 200, 3, "text", "off"),
)
