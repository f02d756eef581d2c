"""/internal/preview: a brief recorded with up to three providers and styles, side by side."""

from __future__ import annotations

import json
import re
import secrets
import time
from typing import Any

from fastapi import Response
from nicegui.events import GenericEventArguments

from jobs.forms.choices import EMOTIONS, STYLES, THEMES, VIBES, VOICES
from jobs.forms.song_languages import song_languages
from jobs.staff.actions import ActionRefusedError
from jobs.staff.presets import MOST_PREVIEWS, presets, previews
from jobs.views.form_types import FormView
from models import FormStatus
from settings import settings
from ui import live
from ui.components.elements import box, text
from ui.components.song_compare import SongCompare, preview_cell, silent_cell
from ui.internal.prompt_trial import PromptTrial
from ui.internal.staff_frame import Fragment, NotAllowedError, NotStaffError, StaffPage, enter, staff_frame
from ui.site.error_pages import not_there
from ui.site.live_page import live_page

_DOUBLE_CLICK = 1.0  # seconds in which the same brief again is not counted
CHOICES = {
    "theme": THEMES,
    "style": STYLES,
    "vibe": VIBES,
    "voiceType": VOICES,
    "emotions": EMOTIONS,
}
_ASK = """(e) => { e.preventDefault();
  emit({...Object.fromEntries(new FormData(e.target)), do: e.submitter?.value || 'try_brief'}); }"""
LOAD = "(e) => { const b = e.target.closest('[data-preset]'); if (b) emit(b.dataset.preset); }"


@live_page("/internal/preview")
async def preview_page() -> Response | None:
    """A preview is a form with the purpose 'preview': in no list, in no figure, deleted after a week."""
    try:
        staff_page = await enter()
        page = Preview(staff_page)
        with staff_frame(staff_page, "Preview", "/internal/preview"):
            page.build()
            await page.refresh()
    except NotStaffError:
        return not_there()
    return None


class Preview:
    """The brief on the left, the recordings on the right."""

    def __init__(self, staff_page: StaffPage) -> None:
        self.staff_page = staff_page
        self.form_id = ""
        self.press = secrets.token_hex(12)
        self.sent: dict[str, str] = {}
        self.not_before = 0.0

    def build(self) -> None:
        """Drawn once; presets and recordings change."""
        text("h1", "Preview")
        with box("div", "sides even"):
            with box("div", "side"):
                self.saved = Fragment("presets.html")
                brief = Fragment("preview.html")
                brief.show(
                    choices=CHOICES | {"language": song_languages()},
                    providers=settings.music_providers,
                    most=MOST_PREVIEWS,
                    may=self.staff_page.staff.may("support"),
                )
            with box("section", "card stack tight", aria_labelledby="previews"):
                text("h2", "Side by side", id="previews")
                self.notice = text("p", "Fill in the brief and press Try it.", "muted", role="status")
                self.song = SongCompare("Preview", locked=True)
                self.song.set_visibility(False)
                self.latest = Fragment("previews.html")
        self.wording = PromptTrial(self.staff_page)
        self.wording.build()
        brief.element.on("submit", self._sent, js_handler=_ASK)
        self.saved.element.on("click", self._load, js_handler=LOAD)

    async def refresh(self) -> None:
        """Read and show presets and the latest previews."""
        self.presets = await self.staff_page.read(presets)
        self.saved.show(presets=self.presets, demo=settings.demo)
        self.wording.offer(self.presets)
        self.latest.show(previews=await self.staff_page.read(previews))

    async def _load(self, event: GenericEventArguments) -> None:
        found = next((one for one in self.presets if one.id == event.args), None)
        if found is not None:
            fields = {**found.form_data, **found.form_data["songs"][0], "name": found.name}
            for number, column in enumerate(found.columns, 1):
                fields |= {f"provider-{number}": column["provider"], f"column-style-{number}": column["style"]}
            plain = {
                key: ", ".join(value) if isinstance(value, list) else value for key, value in fields.items() if key != "songs"
            }
            self.staff_page.client.run_javascript(f"staff.load({json.dumps(plain)})")

    async def _sent(self, event: GenericEventArguments) -> None:
        fields = {name: str(value)[:3000] for name, value in event.args.items()} if isinstance(event.args, dict) else {}
        if fields == self.sent and time.monotonic() < self.not_before:
            return  # the second click of a double click
        self.sent, self.not_before = fields, time.monotonic() + _DOUBLE_CLICK
        action = "save_preset" if fields.get("do") == "save_preset" else "try_brief"
        try:
            outcome = await self.staff_page.act(action, press=self.press, **_values(fields, self.staff_page.staff.email))
        except NotStaffError:
            self.staff_page.leave()
            return
        except (ActionRefusedError, NotAllowedError) as error:
            self.press = secrets.token_hex(12)
            self._say(str(error), "notice warn")
            return
        self.press = secrets.token_hex(12)
        if re.fullmatch(r"form_\w+", outcome):
            await self._follow(outcome)
        else:
            self._say(outcome, "notice good")
        await self.refresh()

    async def _follow(self, form_id: str) -> None:
        self.form_id = form_id
        self._say("Being recorded; each column can be played as soon as it is ready.", "muted")
        self.song.set_visibility(True)
        live.follow(self.staff_page.client, form_id, self.show)
        form = await live.read_live(form_id)
        if form:
            self.show(form)

    def show(self, form: FormView) -> None:
        """Show the current preview, as its row says."""
        if form.id != self.form_id:
            return
        song = form.songs[0]
        if form.status == FormStatus.VARIATIONS_READY:
            self._say("All ready. The style under a title is the provider's own description.", "muted")
        self.song.set_label(song.title or "Preview")
        for variation in (1, 2, 3):
            asked = song.in_place(variation)
            shown = preview_cell(asked, song, can_retry=False) if asked else silent_cell("failed", message="Not requested.")
            self.song.set_cell(variation, shown)

    def _say(self, sentence: str, classes: str) -> None:
        self.notice.set_text(sentence)
        self.notice.classes(replace=classes)


def _values(fields: dict[str, str], email: str) -> dict[str, Any]:
    """The fields of the page as a form's answers, columns, lyrics and a name."""
    ours = ("senderName", "lyrics", "name", "do")
    song: dict[str, Any] = {
        key: value
        for key, value in fields.items()
        if value and key not in ours and not key.startswith(("provider-", "column-"))
    }
    song["emotions"] = [one for one in song.pop("emotions", "").split(", ") if one]
    columns = [
        {"provider": fields.get(f"provider-{number}", ""), "style": fields.get(f"column-style-{number}", "")}
        for number in range(1, MOST_PREVIEWS + 1)
    ]
    answers = {"senderName": fields.get("senderName", ""), "senderEmail": email, "songs": [song]}
    return {"answers": answers, "columns": columns, "lyrics": fields.get("lyrics", ""), "name": fields.get("name", "")}
