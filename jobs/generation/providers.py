"""Who does the work: which music provider takes an attempt, in the order of MUSIC_PROVIDERS, and which writer."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from i18n import SOURCE
from integrations.music import MusicProvider
from integrations.music.adapters import adapter, singers_of
from integrations.writer import Writer
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.chat_prompt import LONGEST_WORDING, WORDING
from jobs.queue_names import DEMO_PROVIDER
from models import ProviderPause, now
from settings import settings

log = logging.getLogger("serenade.providers")
TRIES = 2  # attempts of one variation at one provider, before it is the next one's turn
_PAUSE = timedelta(minutes=15)  # then the next attempt shows whether the account works again


@cache
def provider(name: str) -> MusicProvider:
    """The adapter of this name; raises KeyError for one that this version does not know."""
    return adapter(name)()


def keeps_tune(name: str | None) -> bool:
    """Whether a line that changes is sung into the recording that this provider made, and the rest of it stays."""
    working = name == DEMO_PROVIDER or name in settings.music_providers
    return bool(name) and working and provider(str(name)).capabilities.keeps_tune


def provider_for(
    failures: Mapping[str, int], paused: Collection[str] = (), demo: bool = False, language: str = SOURCE
) -> MusicProvider | None:
    """Whose turn it is after these failures; None while everybody is paused. The demo has its own studio, whatever is set.

    Only those that sing the song's language are asked.
    """
    if demo:
        return provider(DEMO_PROVIDER)
    working = [name for name in able_providers(language) if name not in paused]
    for name in working:
        if failures.get(name, 0) < TRIES:
            return provider(name)
    return provider(working[-1]) if working else None


def able_providers(language: str) -> Sequence[str]:
    """Those of MUSIC_PROVIDERS that sing a language (its code), in their order; all of them where none does any more, for a
    form that began before.
    """
    return singers_of(language, settings.music_providers) or settings.music_providers


def language_of_song(form_data: Mapping[str, Any], song_index: int) -> str:
    """The code of the language that a song of a form is in."""
    songs = form_data.get("songs") or []
    answers = songs[song_index] if song_index < len(songs) else {}
    return str(answers.get("language") or SOURCE)


def pause(name: str, reason: str) -> None:
    """Give this provider no work for a while. Staff must act: its key is wrong, or its credit used up."""
    log.error("ALERT: music provider %s is paused: %s", name, reason)
    ProviderPause.insert(provider=name, reason=reason, since=now(), until=now() + _PAUSE).on_conflict(
        conflict_target=[ProviderPause.provider], update={"reason": reason, "until": now() + _PAUSE}
    ).execute()


def paused_providers() -> set[str]:
    """The providers that get no work right now."""
    return {row.provider for row in ProviderPause.select().where(ProviderPause.until > now())}


def forget_task(reference: str) -> None:
    """Remove what our own studio keeps of a task; what remote providers keep goes by their terms (they offer no deletion)."""
    from integrations.music import demo
    from integrations.music.studio.provider import forget_recording

    forget_recording(reference)
    demo.forget_demo_song(reference)


@cache
def writer(demo: bool = False) -> Writer:
    """Who writes the lyrics: the chat API that settings name, with the built-in lyricist behind it. The demo: the lyricist."""
    return Lyricist() if demo else writer_with(adopted_wording())


def writer_with(wording: str) -> Writer:
    """The writer of real orders, as if this were its wording. The built-in lyricist reads none."""
    if not settings.writer_base_url:
        return Lyricist()
    from integrations.writer.chat_writer import ChatWriter
    from integrations.writer.dialect import SharedNotes

    url, key, model = settings.writer_base_url, settings.writer_api_key, settings.writer_model
    return ChatWriter(url, key, model, Lyricist(), wording, SharedNotes())


def adopted_wording() -> str:
    """The operator's own `writer.txt` among their texts, or ours."""
    try:
        own = (settings.operator_texts / "writer.txt").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return WORDING
    return own.strip()[:LONGEST_WORDING] or WORDING
