"""The dashboard's part for /status: what the public is told of trouble, and that it is over."""

from __future__ import annotations

import secrets
from typing import Any

from nicegui.events import GenericEventArguments

from jobs.monitoring.public_status import shown_incidents
from jobs.staff.actions import ActionRefusedError
from jobs.staff.incidents import MOST
from jobs.staff.roles import NotAllowedError, NotStaffError
from ui.components.elements import box, text
from ui.internal.staff_frame import Fragment, StaffPage

_PUBLISH = "(e) => { e.preventDefault(); emit(e.target.elements.text.value); e.target.reset(); }"
_END = "(e) => { const button = e.target.closest('[data-incident]'); if (button) emit(button.dataset.incident); }"


class Incidents:
    """A list, and a text to publish."""

    def __init__(self, staff_page: StaffPage) -> None:
        self.staff_page = staff_page
        with box("section", "card stack tight", aria_labelledby="incidents"):
            with box("div", "top"):
                text("h2", "Public status", id="incidents")
                text("a", "See it", "btn small", href="/status")
            with box("div") as rows:
                self.rows = Fragment("incidents.html")
            rows.on("click", self._end, js_handler=_END)
            with box("form", "stack tight") as form:
                text("label", "Tell customers of trouble, in their words", for_="incident-text")
                box("textarea", id="incident-text", name="text", rows="2", maxlength=str(MOST), required="")
                text("button", "Publish", "btn small", type="submit")
            form.on("submit", self._publish, js_handler=_PUBLISH)
            self.notice = text("p", "", "muted", role="status")

    async def refresh(self) -> None:
        """Read and show the incidents. Raises NotStaffError."""
        self.rows.show(incidents=await self.staff_page.read(shown_incidents))

    async def _publish(self, event: GenericEventArguments) -> None:
        await self._act("publish_incident", text=str(event.args)[: 2 * MOST])

    async def _end(self, event: GenericEventArguments) -> None:
        await self._act("end_incident", about=str(event.args)[:20])

    async def _act(self, name: str, **values: Any) -> None:
        try:
            outcome = await self.staff_page.act(name, press=secrets.token_hex(12), **values)
            await self.refresh()
        except NotStaffError:
            self.staff_page.leave()
        except (ActionRefusedError, NotAllowedError) as error:
            self.notice.set_text(str(error))
        else:
            self.notice.set_text(outcome)
