"""A preset of staff as a demo scene. Its link shows it; `/demo` lists no presets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jobs.demo.scenes import SCENES, SENDER_EMAIL, DemoScene
from models import Preset

TYPED = ("recipientName", "storySummary", "favoriteMemory")


@dataclass(frozen=True)
class PresetScene:
    """A saved preset. The pages follow the visitor's language; the brief stays in the language it was written in."""

    title: str
    brief: dict[str, Any]

    def spoken(self, lang: str) -> str:
        """The page language, as asked for."""
        return lang

    def form_data(self, lang: str, name: str) -> dict[str, Any]:
        """The brief, for this name; its e-mails are never sent."""
        song = self.brief["songs"][0]
        return {**self.brief, "senderEmail": SENDER_EMAIL, "songs": [{**song, "recipientName": name or song["recipientName"]}]}

    def typed(self, lang: str, name: str) -> dict[str, str]:
        """The texts that the autopilot types, by field path."""
        form = self.form_data(lang, name)
        song = {f"songs.0.{field}": form["songs"][0].get(field) for field in TYPED}
        return {path: text for path, text in {**song, "senderMessage": form.get("senderMessage")}.items() if text}


def find_scene(slug: str) -> DemoScene | PresetScene:
    """A built-in scene by its name, or a preset by its id. Raises NotFoundError."""
    if slug in SCENES:
        return SCENES[slug]
    preset = Preset.find(slug)
    return PresetScene(preset.name, preset.form_data)
