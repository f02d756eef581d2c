"""The dialog of an action: asks for its fields and a reason where it needs them. A double click counts once."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from nicegui.events import GenericEventArguments

from jobs.staff.actions import ACTIONS, ActionRefusedError, ReasonMissingError
from jobs.staff.roles import LEAST_REASON
from settings import settings
from ui.components.elements import box, text
from ui.internal.staff_frame import Fragment, NotAllowedError, NotStaffError, StaffPage

PRESSED = """(e) => { const b = e.target.closest('[data-act]');
  if (b) emit({act: b.dataset.act, about: b.dataset.about || '', form: b.dataset.form || '', why: b.dataset.why || ''}); }"""
SENT = "(e) => { e.preventDefault(); emit(Object.fromEntries(new FormData(e.target))); }"
_DOUBLE_CLICK = 3.0  # seconds in which a second click on the same button is not counted
_FIELDS = ("amount", "address", "provider", "number", "title", "lyrics", "reason")
_LONGEST = 10_000  # characters of one field


class ActionDialog:
    """The dialog and the notice of one page. `watch(box)` handles every `data-act` button in a box."""

    def __init__(
        self,
        staff_page: StaffPage,
        form_id: Callable[[], str],
        before: Callable[[str, str], dict[str, Any]] = lambda act, about: {},
    ) -> None:
        self.staff_page, self.form_id, self.before = staff_page, form_id, before  # `before`: values of the fields when it opens
        self.pending: dict[str, str] = {}
        self.busy = False
        self.pressed: dict[tuple[str, str], tuple[str, float]] = {}
        self.refused: tuple[dict[str, Any], float] = ({}, 0.0)  # the last answers that were refused, and when
        with box("dialog", id="action", aria_labelledby="dialog-title") as dialog:
            self.form = Fragment("action_dialog.html")
        dialog.on("submit", self._sent, js_handler=SENT)
        self.toast = text("p", "", "notice toast", role="status")

    def watch(self, place: Any) -> None:
        """Handle the buttons in there, however often they are redrawn."""
        place.on("click", self._pressed, js_handler=PRESSED)

    def say(self, sentence: str, kind: str = "good") -> None:
        """A notice at the end of the page, announced by screen readers."""
        self.toast.set_text(sentence)
        self.toast.classes(replace=f"notice toast {kind}")

    async def _pressed(self, event: GenericEventArguments) -> None:
        fields = event.args if isinstance(event.args, dict) else {}
        action, about, form, why = (str(fields.get(name, ""))[:300] for name in ("act", "about", "form", "why"))
        if action not in ACTIONS:
            return
        if not ACTIONS[action].why:
            self.pending = {"act": action, "about": about, "form": form or self.form_id(), "press": secrets.token_hex(12)}
            self._draw(fields={"reason": "" if ACTIONS[action].warning else why, **self.before(action, about)})
            self.staff_page.client.run_javascript("staff.open()")
            return
        await self._do(action, about, form or self.form_id(), self._press(action, about + form))

    def _press(self, action: str, about: str) -> str:
        """One id for both clicks of a double click."""
        press, at = self.pressed.get((action, about), ("", 0.0))
        if time.monotonic() - at > _DOUBLE_CLICK:
            press = secrets.token_hex(12)
        self.pressed[(action, about)] = (press, time.monotonic())
        return press

    def _draw(self, error: str = "", fields: dict[str, Any] | None = None) -> None:
        action = ACTIONS[self.pending["act"]]
        self.form.show(
            action=action,
            about=self.pending["about"],
            press=self.pending["press"],
            error=error,
            fields=dict.fromkeys(_FIELDS, "") | (fields or {}),
            providers=settings.music_providers,
            least=LEAST_REASON,
        )

    async def _sent(self, event: GenericEventArguments) -> None:
        fields = event.args if isinstance(event.args, dict) else {}
        pending = self.pending
        if not pending or self.busy or fields.get("press") != pending["press"]:
            return  # the second click of a double click
        if self.refused[0] == _answers(fields) and time.monotonic() - self.refused[1] < _DOUBLE_CLICK:
            return  # the same, where the first was refused before the second came
        values, error = _values(pending["act"], {name: str(value)[:_LONGEST] for name, value in fields.items()})
        if error:
            self._draw(error, fields)
            return
        reason = str(fields.get("reason", ""))[:2000]
        self.busy = True
        try:
            await self._do(pending["act"], pending["about"], pending["form"], pending["press"], reason, values, fields)
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
        fields: dict[str, Any] | None = None,
    ) -> None:
        in_dialog = bool(self.pending)
        try:
            outcome = await self.staff_page.act(action, press=press, form_id=form, about=about, reason=reason, **(values or {}))
        except NotStaffError:
            self.staff_page.leave()
        except ReasonMissingError:
            self._draw("Please give a reason, in a few words.", fields)
        except (ActionRefusedError, NotAllowedError) as error:
            self.pending["press"] = secrets.token_hex(12)  # a refused action may be tried again
            if in_dialog and "act" in self.pending:
                self.refused = (_answers(fields or {}), time.monotonic())
                self._draw(str(error), fields)
            else:
                self.pending = {}
                self.say(str(error), "warn")
        else:
            self.pending = {}
            self.staff_page.client.run_javascript("staff.close()")
            self.say(outcome)


def _answers(fields: dict[str, Any]) -> dict[str, Any]:
    """What somebody filled in."""
    return {name: value for name, value in fields.items() if name != "press"}


def _values(action: str, fields: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The action's values beside the reason, or an error message."""
    match action:
        case "refund" if fields.get("amount", "").strip():
            found = re.fullmatch(r"(\d{1,6})(?:[.,](\d{2}))?", fields["amount"].strip())
            if not found:
                return {}, "The amount must look like 3.00; leave it empty for a full refund."
            return {"amount": int(found[1]) * 100 + int(found[2] or 0)}, ""
        case "readdress":
            return {"address": fields.get("address", "").strip()}, ""
        case "edit_lyrics":
            return {"title": fields.get("title", ""), "lyrics": fields.get("lyrics", "")}, ""
        case "other_provider":
            return {"provider": fields.get("provider", "")}, ""
        case "grant":
            number = fields.get("number", "").strip()
            return ({"number": int(number)}, "") if number.isdigit() else ({}, "Enter the number of credits.")
    return {}, ""
