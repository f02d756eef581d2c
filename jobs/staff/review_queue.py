"""The review queue: the newest recordings that staff have not reviewed yet, with automatic checks of their sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrations.storage.signed_links import sign
from jobs.generation.sound_check import LONGEST_GAP, LOUDEST, MOST_CLIPPED, QUIETEST
from models import database

AHEAD = 12  # recordings that are shown at once: the current one and the next
_SHORT = 45.0  # seconds
_UNDERSTOOD = 0.6  # share of the words that a recogniser heard
QUEUE = """
SELECT v.id, v.form_id, v.song_index, v.variation, v.revision, v.title, v.lyrics, v.style, v.provider, v.duration_ms,
       v.ready_at, v.checks, v.peaks -> 'master', v.master_key, v.outside_url,
       f.form_data -> 'songs' -> v.song_index ->> 'recipientName', f.status
FROM variations v JOIN compose_forms f ON f.id = v.form_id
WHERE v.status = 'ready' AND v.verdict IS NULL AND NOT v.withheld AND f.purged_at IS NULL
ORDER BY v.ready_at DESC LIMIT %s
"""


@dataclass(frozen=True)
class ReviewCheck:
    """One automatic check. `fine`: None where nothing was measured."""

    text: str
    fine: bool | None


@dataclass(frozen=True)
class ToReview:
    """One recording in the review queue."""

    task_id: str
    form_id: str
    song_index: int
    variation: int
    revision: int
    title: str
    lyrics: str
    style: str
    provider: str
    duration_ms: int
    ready_at: Any
    peaks: list[int]
    url: str
    recipient: str
    form_status: str
    checks: tuple[ReviewCheck, ...]


def to_review(most: int = AHEAD) -> list[ToReview]:
    """The newest ones first."""
    return [_one(*row) for row in database.execute_sql(QUEUE, (most,)).fetchall()]


def _one(*row: Any) -> ToReview:
    (
        task,
        form,
        song,
        variation,
        revision,
        title,
        lyrics,
        style,
        provider,
        length,
        ready,
        checks,
        peaks,
        key,
        url,
        name,
        status,
    ) = row
    return ToReview(
        task, form, song, variation, revision, title or "A song", lyrics or "", style or "", provider or "", length or 0, ready,
        peaks or [], sign(f"/media/staff/{task}.mp3") if key else url or "", name or "", status, judged(checks or {}),
    )  # fmt: skip


def judged(measured: dict[str, Any]) -> tuple[ReviewCheck, ...]:
    """Silence, level, clipping, length and, where a recogniser heard it, words and name as texts."""
    if not measured:
        return (ReviewCheck("not measured", None),)
    gap, level = measured.get("gap_seconds", 0.0), measured.get("lufs", -16.0)
    clipped, seconds = measured.get("clipped", 0), measured.get("seconds", 0.0)
    words = (
        (ReviewCheck(f"{measured['words']:.0%} of the words heard", measured["words"] >= _UNDERSTOOD),)
        if "words" in measured
        else ()
    )
    name = (
        (ReviewCheck(f"name {measured['name']}", measured["name"] == "heard"),)
        if measured.get("name") in ("heard", "missed")
        else ()
    )
    return (
        ReviewCheck(f"silence {gap:.1f} s" if gap >= 0.5 else "no silence", gap < LONGEST_GAP),
        ReviewCheck(f"sent at {level:.1f} LUFS", QUIETEST < level < LOUDEST),
        ReviewCheck(f"{clipped:.0f} × clipped" if clipped else "not clipped", clipped < MOST_CLIPPED),
        ReviewCheck(f"{int(seconds) // 60}:{int(seconds) % 60:02} long", seconds >= _SHORT),
        *words,
        *name,
    )
