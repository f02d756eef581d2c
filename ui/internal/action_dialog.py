"""Asking: from a pressed button to a done action. It asks why, where the action does not say so itself; a press counts once."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from nicegui.events import GenericEventArguments

from jobs.staff.actions import ACTIONS, ReasonMissingError, RefusedError
from jobs.staff.roles import LEAST_REASON
from settings import settings
from ui.components.elements import box, text
from ui.internal.staff_frame import Fragment, NotAllowedError, NotStaffError, StaffPage

PRESSED = """(e) => { const b = e.target.closest('[data-act]');
  if (b) emit({act: b.dataset.act, about: b.dataset.about || '', form: b.dataset.form || '', why: b.dataset.why || ''}); }"""
SENT = "(e) => { e.preventDefault(); emit(Object.fromEntries(new FormData(e.target))); }"
SAME = 3.0  # seconds in which a second press of the same button is the second half of a double click
FIELDS = ("amount", "address", "provider", "number", "title", "lyrics", "reason")
LONGEST = 10_000  # characters of one field


class ActionDialog:
    """The dialog and the notice of one page. `watch(box)` makes every `data-act` button in a box work."""

    def __init__(
        self, desk: StaffPage, form_id: Callable[[], str], before: Callable[[str, str], dict[str, Any]] = lambda act, about: {}
    ) -> None:
        self.desk, self.form_id, self.before = desk, form_id, before  # `before`: what the fields hold when it opens
        self.asked: dict[str, str] = {}
        self.busy = False
        self.pressed: dict[tuple[str, str], tuple[str, float]] = {}
        with box("dialog", id="ask", aria_labelledby="ask-title") as dialog:
            self.form = Fragment("action_dialog.html")
        dialog.on("submit", self._sent, js_handler=SENT)
        self.toast = text("p", "", "notice toast", role="status")

    def watch(self, place: Any) -> None:
        """Listen to the buttons in there, however often it is drawn anew."""
        place.on("click", self._pressed, js_handler=PRESSED)

    def say(self, sentence: str, kind: str = "good") -> None:
        """A notice at the end of the page, read aloud."""
        self.toast.set_text(sentence)
        self.toast.classes(replace=f"notice toast {kind}")

    async def _pressed(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        action, about, form, why = (str(told.get(name, ""))[:300] for name in ("act", "about", "form", "why"))
        if action not in ACTIONS:
            return
        if not ACTIONS[action].why:
            self.asked = {"act": action, "about": about, "form": form or self.form_id(), "press": secrets.token_hex(12)}
            self._draw(told={"reason": "" if ACTIONS[action].warning else why, **self.before(action, about)})
            self.desk.client.run_javascript("desk.open()")
            return
        await self._do(action, about, form or self.form_id(), self._press(action, about + form))

    def _press(self, action: str, about: str) -> str:
        """One id for both halves of a double click."""
        press, at = self.pressed.get((action, about), ("", 0.0))
        if time.monotonic() - at > SAME:
            press = secrets.token_hex(12)
        self.pressed[(action, about)] = (press, time.monotonic())
        return press

    def _draw(self, error: str = "", told: dict[str, Any] | None = None) -> None:
        action = ACTIONS[self.asked["act"]]
        self.form.show(
            action=action,
            about=self.asked["about"],
            press=self.asked["press"],
            error=error,
            told=dict.fromkeys(FIELDS, "") | (told or {}),
            providers=settings.music_providers,
            least=LEAST_REASON,
        )

    async def _sent(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        asked = self.asked
        if not asked or self.busy or told.get("press") != asked["press"]:
            return  # the second half of a double click
        values, error = _values(asked["act"], {name: str(value)[:LONGEST] for name, value in told.items()})
        if error:
            self._draw(error, told)
            return
        reason = str(told.get("reason", ""))[:2000]
        self.busy = True
        try:
            await self._do(asked["act"], asked["about"], asked["form"], asked["press"], reason, values, told)
        finally:
            self.busy = False

    async def _do(
        self,
        action: str,
        about: str,
        form: str,
        press: str,
        reason: str = "",
        values: dict[str, Any] | None = None,
        told: dict[str, Any] | None = None,
    ) -> None:
        in_dialog = bool(self.asked)
        try:
            outcome = await self.desk.act(action, press=press, form_id=form, about=about, reason=reason, **(values or {}))
        except NotStaffError:
            self.desk.leave()
        except ReasonMissingError:
            self._draw("Please say why, in a few words.", told)
        except (RefusedError, NotAllowedError) as error:
            self.asked["press"] = secrets.token_hex(12)  # what was refused may be asked again
            if in_dialog and "act" in self.asked:
                self._draw(str(error), told)
            else:
                self.asked = {}
                self.say(str(error), "warn")
        else:
            self.asked = {}
            self.desk.client.run_javascript("desk.close()")
            self.say(outcome)


def _values(action: str, told: dict[str, str]) -> tuple[dict[str, Any], str]:
    """What the action needs beside the reason, or the sentence for what is wrong with it."""
    match action:
        case "refund" if told.get("amount", "").strip():
            found = re.fullmatch(r"(\d{1,6})(?:[.,](\d{2}))?", told["amount"].strip())
            if not found:
                return {}, "The amount must look like 3.00; leave it empty to give everything back."
            return {"amount": int(found[1]) * 100 + int(found[2] or 0)}, ""
        case "readdress":
            return {"address": told.get("address", "").strip()}, ""
        case "words":
            return {"title": told.get("title", ""), "lyrics": told.get("lyrics", "")}, ""
        case "other_provider":
            return {"provider": told.get("provider", "")}, ""
        case "grant":
            number = told.get("number", "").strip()
            return ({"number": int(number)}, "") if number.isdigit() else ({}, "Say how many credits.")
    return {}, ""
