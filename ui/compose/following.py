"""Synchronisation: two tabs with the same draft show what was written in the other, except in a field being typed in."""

from __future__ import annotations

import json
from typing import Any

from nicegui import Client

from ui.compose.fields import Field


class Following:
    """The draft's answers as one browser tab shows them, as far as the server knows, and how it catches up with the row."""

    def __init__(self, client: Client, fields: dict[str, Field], form_data: dict[str, Any]) -> None:
        self.client = client
        self.fields = fields
        self.shown = {path: answer(form_data, path) for path in fields}

    def wrote(self, path: str, value: Any) -> None:
        """Note that this tab shows this value already."""
        self.shown[path] = value

    def follow(self, form_data: dict[str, Any]) -> None:
        """Show what differs; the browser waits with a field until nobody types in it (ui/static/follow-fields.js)."""
        changed: dict[str, Any] = {}
        for path, field in self.fields.items():
            value = answer(form_data, path)
            if value != self.shown.get(path):
                self.shown[path] = changed[path] = value
                field.take(value)
        if changed:
            self.client.run_javascript(f"followFields({json.dumps(changed)})")


def answer(form_data: dict[str, Any], path: str) -> Any:
    """The answer at a path such as 'songs.0.recipientName'; None where there is none."""
    *song, name = path.split(".")
    if not song:
        return form_data.get(name)
    songs = form_data.get("songs") or []
    index = int(song[1])
    return songs[index].get(name) if index < len(songs) else None
