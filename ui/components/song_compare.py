"""<song-compare> for NiceGUI pages: three variations of one song in one custom element (ui/static/song-compare.js).

The page needs `ui.add_head_html(head_html("song-compare.js"))`. A cell is a plain dict in camelCase:
variation, status (queued | submitted | generating | ready | failed), place, progress, stage, etaSeconds, title, style,
durationMs, audioUrl, peaks, sections, lyrics, timedLyrics, message, chosen, canRetry, taskId; where status is "none"
there is no cell. Playback never waits for the server: only choosing, retrying and "played 80 %" come back.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from nicegui import events
from nicegui.element import Element

from ui.components.section_names import readable_cell

OnVariation = Callable[[int], Awaitable[None] | None]
OnPick = Callable[[int, str], Awaitable[None] | None]


class SongCompare(Element):
    """One song. Every setter pushes only when something differs."""

    def __init__(
        self, label: str, *, selected: int | None = None, locked: bool = False, mode: Literal["choose", "listen"] = "choose"
    ) -> None:
        super().__init__("song-compare")
        self._picked: int | None = None
        self.props.update({"label": label, "mode": mode, "selected": str(selected or ""), **({"locked": ""} if locked else {})})

    def set_cell(self, variation: int, cell: Mapping[str, Any]) -> None:
        """Show one variation as it is now; the other two, and audio that plays, are not touched."""
        shown = {**readable_cell(cell), "variation": variation}
        self._set(f"cell-{variation}", json.dumps(shown, ensure_ascii=False, separators=(",", ":")))

    def set_selected(self, variation: int | None) -> None:
        """Mark the chosen variation (None: none)."""
        shown, self._picked = self._picked, None
        if shown and shown != variation and self.props["selected"] == str(variation or ""):
            # The server refused what the browser already shows; an unchanged prop would not reach it.
            self.run_method("setAttribute", "selected", self.props["selected"])
        self._set("selected", str(variation or ""))

    def set_label(self, label: str) -> None:
        """Name the song anew."""
        self._set("label", label)

    def set_locked(self, locked: bool) -> None:
        """After payment nothing can be chosen any more."""
        self._set("locked", "" if locked else None)

    def on_pick(self, callback: OnPick) -> None:
        """Call back with 1..3 and the taskId of that cell when the customer chooses.

        The element shows the choice at once; set_selected confirms it.
        """
        self._listen("pick", callback)

    def on_retry(self, callback: OnVariation) -> None:
        """Call back with 1..3 when the customer asks for a failed one again."""
        self._listen("retry", callback)

    def on_played(self, callback: OnVariation) -> None:
        """Call back with 1..3, once each, when four fifths have been heard."""
        self._listen("played", callback)

    def _set(self, name: str, value: str | None) -> None:
        if self.props.get(name) != value:
            self.props.set_optional(name, value)

    def _listen(self, name: str, callback: Callable[..., Awaitable[None] | None]) -> None:
        def heard(event: events.GenericEventArguments) -> Awaitable[None] | None:
            detail = event.args.get("detail") if isinstance(event.args, dict) else None
            variation = detail.get("variation") if isinstance(detail, dict) else None
            if type(variation) is not int or not 1 <= variation <= 3:
                return None  # what a browser sends is a claim, not a fact
            if name != "pick" or not isinstance(detail, dict):
                return callback(variation)
            self._picked = variation
            return callback(variation, str(detail.get("taskId") or "")[:90])

        self.on(name, heard, ["detail"])
