"""The waiting section: the lyrics to read, how each version is made, and two ways to be notified when it is ready."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from i18n import _
from jobs.mail.ready_notice import ask_for_mail
from jobs.views.form_types import FormView, SongView
from models import BEFORE_READY, VariationStatus, WrongMomentError, in_database
from settings import settings
from ui.components.elements import box, still, text
from ui.compose.draft import PageDraft
from ui.compose.order_controls import Say
from ui.templates import render


class Waiting:
    """Below the songs, for as long as something is being made. The page needs `ready-note.js`."""

    def __init__(self, form_id: str, say: Say) -> None:
        self.form_id = form_id
        self.say = say
        self.title = ""
        self.drawn: list[Any] = []
        self.drafts: dict[int, PageDraft] = {}
        with box("section", "card stack", aria_labelledby="waiting") as self.section:
            text("h2", _("While you wait"), id="waiting")
            with box("div", "row"):
                self.note = still("ready-note", render("ready_note.html"), headline=settings.brand_name)
                self.note.props["sentence"] = _("Your songs can be heard now.")
                self.mail = text("button", _("Mail me, I'm leaving"), "btn", id="mail-me", type="button")
                self.mail.on("click", self._mail)
            self.mailed = text("p", "", "notice good", role="status")
            self.songs = box("div", "reading")

    def show(self, form: FormView) -> None:
        """Follow the row."""
        cells = form.cells
        ready = sum(1 for cell in cells if cell.status == VariationStatus.READY)
        made = form.status in BEFORE_READY and bool(cells) and ready < len(cells)
        self.section.set_visibility(made)
        self._show_title(ready, len(cells))
        self.note.props.set_optional("ready", "" if cells and not made else None)
        asked = form.mail_asked_at is not None
        self.mail.set_visibility(not asked and bool(form.guest_email))
        self.mailed.set_visibility(asked)
        self.mailed.set_text(
            _("We write to {address} as soon as all is ready. You may close this page.", address=form.guest_email)
        )
        lyrics = [(song.title, song.lyrics, song.recipient_name) for song in form.songs]
        if made and lyrics != self.drawn:
            self.drawn = lyrics
            self._write(form)
        for index, draft in self.drafts.items():
            draft.show(form.songs[index].lyric_draft)

    def _show_title(self, ready: int, count: int) -> None:
        """Show the progress in the title of the browser's tab."""
        head = (
            _("{ready} of {count} ready", ready=ready, count=count)
            if 0 < ready < count
            else _("Ready")
            if ready
            else _("Being made")
        )
        title = f"{head} · {settings.brand_name}" if count else ""
        if title and title != self.title:
            self.title = title
            self.section.client.run_javascript(f"document.title = {json.dumps(title)}")

    def _write(self, form: FormView) -> None:
        self.songs.clear()
        self.drafts = {}
        with self.songs:
            for song, styles in zip(form.songs, form.variation_styles or [[]] * form.song_count, strict=False):
                if song.lyrics:
                    self._song(song, song.lyrics, styles)
                else:
                    text("p", _("The words are being written. They will stand here to read."), "muted")
                    self.drafts[song.index] = PageDraft()

    def _song(self, song: SongView, lyrics: str, styles: list[str]) -> None:
        parts = [part.partition("\n")[2] if part.startswith("[") else part for part in lyrics.split("\n\n")]
        words = render("words_to_read.html", title=song.title, parts=parts, styles=styles)
        still("details", words, "fold").props["open"] = song.index == 0

    async def _mail(self) -> None:
        try:
            await asyncio.to_thread(in_database, ask_for_mail, self.form_id)
        except WrongMomentError:
            self.say(_("Everything is ready already, or we have no address of yours. Listen here."), "info")
