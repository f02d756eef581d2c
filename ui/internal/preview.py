"""/internal/preview: a brief, up to three providers and styles, and the songs side by side before any customer hears them."""

from __future__ import annotations

import json
import re
import secrets
import time
from typing import Any

from fastapi import Response
from nicegui import ui
from nicegui.events import GenericEventArguments

from jobs.forms.choices import EMOTIONS, LANGUAGES, STYLES, THEMES, VIBES, VOICES
from jobs.staff.actions import RefusedError
from jobs.staff.presets import MOST, presets, previews
from jobs.views.form_types import FormView
from models import FormStatus
from settings import settings
from ui import live
from ui.components.elements import box, text
from ui.components.song_compare import SongCompare, preview_cell
from ui.internal.prompt_trial import PromptTrial
from ui.internal.staff_frame import Fragment, NotAllowedError, NotStaffError, StaffPage, enter, staff_frame
from ui.site.error_pages import not_there

NOT_ASKED_FOR = {"status": "failed", "message": "Not asked for.", "canRetry": False}
PATIENCE = 1.0  # seconds in which the same brief again is the second half of a double click
CHOICES = {"theme": THEMES, "style": STYLES, "vibe": VIBES, "voiceType": VOICES, "language": LANGUAGES, "emotions": EMOTIONS}
ASK = """(e) => { e.preventDefault();
  emit({...Object.fromEntries(new FormData(e.target)), do: e.submitter?.value || 'try_brief'}); }"""
LOAD = "(e) => { const b = e.target.closest('[data-preset]'); if (b) emit(b.dataset.preset); }"


@ui.page("/internal/preview")
async def preview_page() -> Response | None:
    """What is tried here is a form with the purpose 'preview': in no list, in no figure, gone after a week."""
    try:
        desk = await enter()
        page = Preview(desk)
        with staff_frame(desk, "Preview", "/internal/preview"):
            page.build()
            await page.look()
    except NotStaffError:
        return not_there()
    return None


class Preview:
    """The brief on the left, what came of it on the right."""

    def __init__(self, desk: StaffPage) -> None:
        self.desk = desk
        self.form_id = ""
        self.press = secrets.token_hex(12)
        self.told: dict[str, str] = {}
        self.not_before = 0.0

    def build(self) -> None:
        """The brief is drawn once; presets and songs follow."""
        text("h1", "Preview")
        with box("div", "sides even"):
            with box("div", "side"):
                self.kept = Fragment("presets.html")
                brief = Fragment("preview.html")
                brief.show(choices=CHOICES, providers=settings.music_providers, most=MOST, may=self.desk.staff.may("support"))
            with box("section", "card stack tight", aria_labelledby="heard"):
                text("h2", "Side by side", id="heard")
                self.notice = text("p", "Fill in the brief and press Try it.", "muted", role="status")
                self.song = SongCompare("Preview", locked=True)
                self.song.set_visibility(False)
                self.tried = Fragment("tried.html")
        self.wording = PromptTrial(self.desk)
        self.wording.build()
        brief.element.on("submit", self._sent, js_handler=ASK)
        self.kept.element.on("click", self._load, js_handler=LOAD)

    async def look(self) -> None:
        """Presets, and what was tried lately."""
        self.presets = await self.desk.read(presets)
        self.kept.show(presets=self.presets, demo=settings.demo)
        self.wording.offer(self.presets)
        self.tried.show(tried=await self.desk.read(previews))

    async def _load(self, event: GenericEventArguments) -> None:
        found = next((one for one in self.presets if one.id == event.args), None)
        if found is not None:
            told = {**found.form_data, **found.form_data["songs"][0], "name": found.name}
            for number, column in enumerate(found.columns, 1):
                told |= {f"provider-{number}": column["provider"], f"column-style-{number}": column["style"]}
            plain = {
                key: ", ".join(value) if isinstance(value, list) else value for key, value in told.items() if key != "songs"
            }
            self.desk.client.run_javascript(f"desk.load({json.dumps(plain)})")

    async def _sent(self, event: GenericEventArguments) -> None:
        told = {name: str(value)[:3000] for name, value in event.args.items()} if isinstance(event.args, dict) else {}
        if told == self.told and time.monotonic() < self.not_before:
            return  # the second half of a double click
        self.told, self.not_before = told, time.monotonic() + PATIENCE
        action = "save_preset" if told.get("do") == "save_preset" else "try_brief"
        try:
            outcome = await self.desk.act(action, press=self.press, **_values(told, self.desk.staff.email))
        except NotStaffError:
            self.desk.leave()
            return
        except (RefusedError, NotAllowedError) as error:
            self.press = secrets.token_hex(12)
            self._say(str(error), "notice warn")
            return
        self.press = secrets.token_hex(12)
        if re.fullmatch(r"form_\w+", outcome):
            await self._follow(outcome)
        else:
            self._say(outcome, "notice good")
        await self.look()

    async def _follow(self, form_id: str) -> None:
        self.form_id = form_id
        self._say("It is being made; each column plays as soon as it is there.", "muted")
        self.song.set_visibility(True)
        live.follow(self.desk.client, form_id, self.show)
        form = await live.read(form_id)
        if form:
            self.show(form)

    def show(self, form: FormView) -> None:
        """Follow the row of what is tried now."""
        if form.id != self.form_id:
            return
        song = form.songs[0]
        if form.status == FormStatus.VARIATIONS_READY:
            self._say("All there. What stands under a title is how it really sounds, in the provider's words.", "muted")
        self.song.set_label(song.title or "Preview")
        for variation in (1, 2, 3):
            asked = song.in_place(variation)
            shown = preview_cell(asked, song, can_retry=False) if asked else NOT_ASKED_FOR
            self.song.set_cell(variation, shown)

    def _say(self, sentence: str, classes: str) -> None:
        self.notice.set_text(sentence)
        self.notice.classes(replace=classes)


def _values(told: dict[str, str], email: str) -> dict[str, Any]:
    """The fields of the page as a form's answers, columns, words and a name."""
    ours = ("senderName", "lyrics", "name", "do")
    song: dict[str, Any] = {
        key: value for key, value in told.items() if value and key not in ours and not key.startswith(("provider-", "column-"))
    }
    song["emotions"] = [one for one in song.pop("emotions", "").split(", ") if one]
    columns = [
        {"provider": told.get(f"provider-{number}", ""), "style": told.get(f"column-style-{number}", "")}
        for number in range(1, MOST + 1)
    ]
    answers = {"senderName": told.get("senderName", ""), "senderEmail": email, "songs": [song]}
    return {"told": answers, "columns": columns, "lyrics": told.get("lyrics", ""), "name": told.get("name", "")}
