"""Synchronisation: two tabs with the same draft show what was written in the other, except in a field being typed in."""

from __future__ import annotations

import json
import math
import time
from typing import Any

from nicegui import Client

from ui.compose.fields import Field


class Following:
    """The draft's answers as one browser tab shows them, as far as the server knows, and how it catches up with the row."""

    def __init__(self, client: Client, fields: dict[str, Field], form_data: dict[str, Any]) -> None:
        self.client = client
        self.fields = fields
        self.shown = {path: answer(form_data, path) for path in fields}
        self.latest: dict[str, int] = {}  # per field: the number of this tab's last value
        self.written: dict[str, float] = {}  # when that value reached the row; infinity while it is on its way
        self.passed_over: set[str] = set()  # fields for which a reading said something else meanwhile

    def begin(self, form_data: dict[str, Any]) -> None:
        """Fields that were drawn later show what the row said then."""
        self.shown |= {path: answer(form_data, path) for path in self.fields if path not in self.shown}

    def wrote(self, path: str, value: Any) -> int:
        """This tab itself shows this value already, and it is on its way to the row; its number, for `reached`."""
        self.shown[path] = value
        self.written[path] = math.inf
        self.latest[path] = self.latest.get(path, 0) + 1
        return self.latest[path]

    def reached(self, path: str, number: int) -> bool:
        """The row has this value: what is read from now on is as new as what the tab shows, or newer.

        Whether it must be read again: a reading that was passed over meanwhile may have been newer as well.
        """
        if self.latest[path] != number:
            return False
        self.written[path] = time.monotonic()
        again = path in self.passed_over
        self.passed_over.discard(path)
        return again

    def follow(self, form_data: dict[str, Any], read_at: float) -> None:
        """Show what differs; the browser waits with a field until nobody types in it (ui/static/follow-fields.js).

        A reading that began at `read_at`, before this tab's own value reached the row, says nothing about that field: it would
        undo a click or a letter.
        """
        changed: dict[str, Any] = {}
        before: dict[str, Any] = {}  # what the browser shows unless somebody just did something that is still on its way here
        for path, field in self.fields.items():
            value = answer(form_data, path)
            if self.is_newer(path, read_at):
                if value != self.shown.get(path):
                    self.passed_over.add(path)
                continue
            if value != self.shown.get(path):
                changed[path], before[path] = value, self.shown.get(path)
                self.shown[path] = value
                field.take(value)
        if changed:
            self.client.run_javascript(f"followFields({json.dumps(changed)}, {json.dumps(before)})")

    def is_newer(self, path: str, read_at: float) -> bool:
        """Whether what this tab shows is newer than a reading that began at `read_at`."""
        return self.written.get(path, 0.0) > read_at


def answer(form_data: dict[str, Any], path: str) -> Any:
    """The answer at a path such as 'songs.0.recipientName'; None where there is none."""
    *song, name = path.split(".")
    if not song:
        return form_data.get(name)
    songs = form_data.get("songs") or []
    index = int(song[1])
    return songs[index].get(name) if index < len(songs) else None
