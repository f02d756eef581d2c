"""Sound check: what was measured of a version's sound, and whether that is so wrong that nobody should hear it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_GAP = 2.5  # seconds of silence inside a song; more is called silence
QUIETEST, LOUDEST = -30.0, -6.0  # LUFS of what the provider sent
MOST_CLIPPED = 20  # clipped peaks in one song; more is called distortion
# What is a fault beyond doubt. A pause of some seconds may be art, and loud masters of today are clipped all the time.
_HOLE = 8.0  # seconds
_BROKEN = 30.0  # clipped peaks a second: measured on songs that were driven 12 dB over full scale and encoded as MP3


@dataclass(frozen=True, slots=True)
class SoundCheck:
    """The figures of one version; None or '' where nothing was measured."""

    seconds: float | None = None
    silence: float | None = None  # seconds, the longest inside
    clipped: int | None = None  # flat peaks, in what the provider sent
    sent_lufs: float | None = None
    lufs: float | None = None  # as it is played
    true_peak: float | None = None  # dBTP, as it is played
    words: float | None = None  # share of the approved words that the recogniser heard, in their order
    name: str = ""  # heard, missed, unknown; '' where no recogniser heard it
    heard_by: str = ""  # the recogniser's model
    unheard: str = ""  # why the recogniser did not hear it


def sound_check_of(row: Any) -> SoundCheck | None:
    """The sound check of a variation's row; None where nothing of it was measured."""
    found: Mapping[str, Any] = row.checks or {}
    if not found:
        return None
    return SoundCheck(
        seconds=(row.duration_ms or 0) / 1000 or found.get("seconds"),
        silence=found.get("gap_seconds"),
        clipped=found.get("clipped"),
        sent_lufs=found.get("lufs"),
        lufs=row.loudness_lufs,
        true_peak=found.get("true_peak"),
        words=found.get("words"),
        name=found.get("name", ""),
        heard_by=found.get("heard_by", ""),
        unheard=found.get("unheard", ""),
    )


def fault_of(measured: Mapping[str, float]) -> str | None:
    """What is wrong beyond doubt with a sound by its own figures ('silence', 'clipping'), or None."""
    if measured.get("gap_seconds", 0.0) >= _HOLE:
        return "silence"
    if measured.get("clipped", 0) > _BROKEN * max(1.0, measured.get("seconds", 0.0)):
        return "clipping"
    return None
