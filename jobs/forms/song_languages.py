"""The languages that a song can be in here: what the configured writer writes and a configured provider sings."""

from __future__ import annotations

from integrations.music.adapters import singers_of
from jobs.forms.choices import SONG_LANGUAGES
from jobs.forms.wrong_fields import WrongFieldError
from jobs.queue_names import DEMO_PROVIDER
from settings import settings


def song_languages(demo: bool = False) -> dict[str, tuple[str, str]]:
    """What the form offers now: code -> (the language's own name, ""), in the order of `SONG_LANGUAGES`.

    A demo form is written and sung by what is built in, whatever is configured. A form that was submitted goes on in its
    language, whatever is configured later.
    """
    written, singers = _written(demo), (DEMO_PROVIDER,) if demo else settings.music_providers
    return {code: label for code, label in SONG_LANGUAGES.items() if code in written and singers_of(code, singers)}


def sung(code: str) -> str:
    """The code, checked: '' (not answered) or a language that is offered now. Raises WrongFieldError, which says which are."""
    if code and code not in (offered := song_languages()):
        raise WrongFieldError("not_sung", languages=[name for name, _hint in offered.values()])
    return code


def _written(demo: bool) -> tuple[str, ...]:
    if settings.writer_base_url and not demo:
        from integrations.writer.chat_writer import ChatWriter

        return ChatWriter.languages
    from integrations.writer.built_in_lyricist import Lyricist

    return Lyricist.languages
