"""A preset of staff as a scene of the demo. Whoever has its link can show it; `/demo` lists none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jobs.demo.scenes import SCENES, SENDER_EMAIL, Scene
from models import Preset

TYPED = ("recipientName", "storySummary", "favoriteMemory")


@dataclass(frozen=True)
class PresetScene:
    """What staff kept. The pages around it speak as they are asked; the brief stays in the language that it was written in."""

    title: str
    brief: dict[str, Any]

    def spoken(self, lang: str) -> str:
        """Any language that the pages speak."""
        return lang

    def form_data(self, lang: str, name: str) -> dict[str, Any]:
        """The brief, for this name; its mails go nowhere."""
        song = self.brief["songs"][0]
        return {**self.brief, "senderEmail": SENDER_EMAIL, "songs": [{**song, "recipientName": name or song["recipientName"]}]}

    def typed(self, lang: str, name: str) -> dict[str, str]:
        """What the autopilot types, by field path."""
        form = self.form_data(lang, name)
        song = {f"songs.0.{field}": form["songs"][0].get(field) for field in TYPED}
        return {path: words for path, words in {**song, "senderMessage": form.get("senderMessage")}.items() if words}


def find_scene(slug: str) -> Scene | PresetScene:
    """One of ours by its name, or a preset by its id. Raises NotFoundError."""
    if slug in SCENES:
        return SCENES[slug]
    kept = Preset.find(slug)
    return PresetScene(kept.name, kept.form_data)
