"""The consent to immediate supply: its text and version. The text of a version is never edited; add a new one."""

from __future__ import annotations

from i18n import N_

VERSIONS = {
    "2026-11": N_(
        "I want my songs right away, before the 14-day withdrawal period is over, and I know that I lose my right to"
        " withdraw once they are delivered."
    ),
}
CURRENT = "2026-11"


def consent_text(version: str | None) -> str:
    """What was agreed to; empty for no consent."""
    return VERSIONS.get(version or "", "")
