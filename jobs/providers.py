"""Who does the work: which music provider takes an attempt (two each, in the order of MUSIC_PROVIDERS), and which writer."""

from __future__ import annotations

from functools import cache

from integrations.music import MusicProvider
from integrations.writer import Writer
from settings import settings


@cache
def provider(name: str) -> MusicProvider:
    """The adapter of this name; raises KeyError for one that this version does not know."""
    if name == "studio":
        from integrations.music.studio import Studio

        return Studio()
    raise KeyError(f"unknown music provider {name!r}")


def provider_for(attempt: int) -> MusicProvider:
    """The provider whose turn it is at this attempt (1 is the first)."""
    names = settings.music_providers
    return provider(names[min((attempt - 1) // 2, len(names) - 1)])


def forget_task(reference: str) -> None:
    """Remove what our own studio keeps of a task; what remote providers keep goes by their terms (they offer no deletion)."""
    from integrations.music.studio.provider import forget

    forget(reference)


@cache
def writer() -> Writer:
    """Who writes the words: the built-in lyricist."""
    from integrations.writer.lyricist import Lyricist

    return Lyricist()
