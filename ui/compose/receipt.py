"""Below the gift: the receipt, as in the email, and the link to another song."""

from __future__ import annotations

import asyncio

from i18n import _
from jobs.mail.payment_templates import all_receipt_lines
from models import ComposeForm, in_database
from ui.components.elements import box, text


class Receipt:
    """What was paid, folded away. `refresh` follows the rows: money may go back."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.lines: list[str] = []

    async def build(self) -> None:
        """Draw into the current place."""
        self.lines = []
        with box("section", "card stack tight", aria_label=_("Receipt")) as self.card:
            with box("details", "fold", id="receipt"):
                text("summary", _("Receipt"))
                self.list = box("ul", "stack tight")
            with box("div", "row"):
                text("a", _("Make another song"), "btn", href="/compose/create")
        await self.refresh()

    async def refresh(self) -> None:
        """After a notification: read the rows again and draw what differs."""
        lines = await asyncio.to_thread(in_database, lambda: all_receipt_lines(ComposeForm.find(self.form_id)))
        if not hasattr(self, "list") or self.list.is_deleted or (lines == self.lines and self.lines):
            return
        self.lines = lines
        self.list.clear()
        with self.list:
            for line in lines or [_("Nothing was charged.")]:
                text("li", line)
