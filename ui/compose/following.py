"""Following: a draft that is open in two places shows in each what was written in the other, except where one is typing."""

from __future__ import annotations

import json
from typing import Any

from nicegui import Client

from ui.compose.fields import Field


class Following:
    """What one browser tab shows of the draft's answers, as far as the server knows, and how it catches up with the row."""

    def __init__(self, client: Client, fields: dict[str, Field], told: dict[str, Any]) -> None:
        self.client = client
        self.fields = fields
        self.shown = {path: answer(told, path) for path in fields}

    def wrote(self, path: str, value: Any) -> None:
        """This tab itself shows this value already."""
        self.shown[path] = value

    def follow(self, told: dict[str, Any]) -> None:
        """Show what differs; the browser waits with a field until nobody types in it (ui/static/follow-fields.js)."""
        changed: dict[str, Any] = {}
        for path, field in self.fields.items():
            value = answer(told, path)
            if value != self.shown.get(path):
                self.shown[path] = changed[path] = value
                field.take(value)
        if changed:
            self.client.run_javascript(f"followFields({json.dumps(changed)})")


def answer(told: dict[str, Any], path: str) -> Any:
    """The answer at a path such as 'songs.0.recipientName'; None where there is none."""
    *song, name = path.split(".")
    if not song:
        return told.get(name)
    songs = told.get("songs") or []
    index = int(song[1])
    return songs[index].get(name) if index < len(songs) else None
