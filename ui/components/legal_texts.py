"""Terms, privacy and contact in the operator's own words: plain text files, read again at every request."""

from __future__ import annotations

from i18n import spoken
from settings import settings

_KINDS = ("terms", "privacy", "contact")


def songs_are_heard() -> bool:
    """Whether the sound of songs goes to a recogniser, which the page on privacy then says."""
    return bool(settings.transcription_base_url)


def operator_text(kind: str) -> list[str]:
    """The paragraphs of `<kind>.<language>.txt`, else of `<kind>.txt`; none while nobody has written them.

    A line that begins with "# " is a heading.
    """
    path = settings.operator_texts / f"{kind}.{spoken()}.txt"
    if not path.is_file():
        path = settings.operator_texts / f"{kind}.txt"
    if kind not in _KINDS or not path.is_file():
        return []
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    return [paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip()]
