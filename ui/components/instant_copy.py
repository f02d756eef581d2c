"""<instant-copy> for NiceGUI pages: the browser's copy of a form in localStorage (ui/static/instant-copy.js).

The page needs `head_html("instant-copy.js")`. Nothing here reads the copy: what it gives back arrives as ordinary input.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from nicegui.element import Element


class InstantCopy(Element):
    """One form. `restores` is what this page can give back to the server: typed answers, choices, or nothing."""

    def __init__(self, restores: Literal["answers", "choices", ""] = "") -> None:
        super().__init__("instant-copy")
        self.props["restores"] = restores

    def show(self, form: Mapping[str, Any]) -> None:
        """The row as it is now, as `read_form` gives it; a draft may lack what it has not got yet."""
        prompts = form.get("generatedPrompts") or []
        known = {
            "formId": form["id"],
            "packageType": form["packageType"],
            "formData": form["formData"],
            "generatedPrompt": prompts[0] if prompts else "",
            "allPrompts": prompts,
            "variationTaskIds": form.get("variationTaskIds") or {},
            "variationAudioUrls": form.get("variationAudioUrls") or {},
            "selections": form.get("selectedVariations") or {},
            "status": form["status"],
        }
        text = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
        if self.props.get("known") != text:
            self.props["known"] = text

    def reached(self, path: str, value: Any) -> None:
        """The row holds this answer now."""
        self.run_method("reached", path, value)

    def connected(self) -> None:
        """The browser is there and the row can be told: what it typed meanwhile comes as if typed now."""
        self.run_method("connected")
