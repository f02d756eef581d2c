"""The adapters of the music providers, by the names that MUSIC_PROVIDERS has for them, and which of them sings a language."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from integrations.music import MusicProvider

ADAPTERS = {
    "musicgpt": "MusicGPT",
    "suno": "Suno",
    "mureka": "Mureka",
    "acestep": "AceStep",
    "elevenlabs": "ElevenLabs",
    "studio": "Studio",
    "demo": "DemoStudio",
}


def adapter(name: str) -> type[MusicProvider]:
    """The class behind this name; raises KeyError for one that this version does not know."""
    found: type[MusicProvider] = getattr(import_module(f"integrations.music.{name}"), ADAPTERS[name])
    return found


def singers_of(language: str, names: Sequence[str]) -> list[str]:
    """Those of these providers that sing a language (its code), in the same order. A vendor that names none sings any."""
    return [name for name in names if not (known := adapter(name).languages) or language in known]
