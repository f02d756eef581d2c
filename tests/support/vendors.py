"""The adapters of music providers, each before a fake of its vendor."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from integrations.music import MusicError, Reason, SongRequest
from provider_settings import read_vendors
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override

ADAPTERS = {
    "musicgpt": ("musicgpt", "MusicGPT"),
    "suno": ("suno", "Suno"),
    "kie": ("suno", "Suno"),
    "mureka": ("mureka", "Mureka"),
    "acestep": ("acestep", "AceStep"),
    "elevenlabs": ("elevenlabs", "ElevenLabs"),
}
ASYNCHRONOUS = [name for name in ADAPTERS if name != "elevenlabs"]
REQUEST = SongRequest(
    reference="task_x-1",
    title="For Mia",
    lyrics="[Verse 1]\nMia, hello\nMia, again\n[Chorus]\nOh Mia",
    style="bright pop, piano",
    prompt="A song for Mia",
    variation=1,
    voice="female",
    callback_url="http://127.0.0.1:9/secret",
)


def adapter(fake: FakeVendor, override_settings: Override, **more: Any) -> Any:
    module_name, class_name = ADAPTERS[fake.name]
    vendors = read_vendors({**fake.environment(), **more}, (), [])
    override_settings(vendors=vendors, allow_private_hosts=True)
    return getattr(importlib.import_module(f"integrations.music.{module_name}"), class_name)()


def reason_of(call: Any, *arguments: Any) -> Reason:
    with pytest.raises(MusicError) as caught:
        call(*arguments)
    return caught.value.reason
