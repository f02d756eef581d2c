"""<instant-copy> for NiceGUI pages: the browser's copy of a form in localStorage (ui/static/instant-copy.js).

The page needs `head_html("instant-copy.js")`. Nothing here reads the copy: what it restores arrives as ordinary input.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Literal

from jobs.views.form_types import FormView
from ui.components.plain_element import PlainElement

_ANSWERS_WITHIN = 10.0  # seconds


class InstantCopy(PlainElement):
    """One form. `restores` is what this page can restore to the server: typed answers, choices, or nothing."""

    def __init__(self, restores: Literal["answers", "choices", ""] = "") -> None:
        super().__init__("instant-copy")
        self.props["restores"] = restores

    def show(self, form: FormView) -> None:
        """The row as it is now."""
        self._know(
            formId=form.id,
            packageType=form.package_type,
            formData=form.form_data,
            generatedPrompt=form.generated_prompts[0] if form.generated_prompts else "",
            allPrompts=form.generated_prompts,
            variationTaskIds=form.variation_task_ids,
            variationAudioUrls=form.variation_audio_urls,
            selections=form.selected_variations,
            status=form.status,
        )

    def show_draft(self, form_id: str, package_type: str, form_data: dict[str, Any]) -> None:
        """A draft that may have no row yet."""
        made = {"generatedPrompt": "", "allPrompts": [], "variationTaskIds": {}, "variationAudioUrls": {}, "selections": {}}
        self._know(formId=form_id, packageType=package_type, formData=form_data, **made, status="created")

    def _know(self, **known: Any) -> None:
        text = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
        if self.props.get("known") != text:
            self.props["known"] = text

    def reached(self, path: str, value: Any) -> None:
        """The row holds this answer now."""
        self.run_method("reached", path, value)

    def connected(self) -> None:
        """The browser is connected and the row can be written: what was typed meanwhile arrives as if typed now."""
        self.run_method("connected")

    async def catch_up(self) -> None:
        """As `connected`, and wait until all of it has arrived, or the browser has not answered for ten seconds."""
        with suppress(TimeoutError):
            await self.run_method("connected", timeout=_ANSWERS_WITHIN)
