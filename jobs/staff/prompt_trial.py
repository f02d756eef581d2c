"""Prompt trial: another instruction for the chat model, tried with presets, current and new side by side. No order is read."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrations.writer import Writing
from integrations.writer.chat_prompt import LONGEST_WORDING
from jobs.generation.prompts import brief_of
from jobs.generation.providers import adopted_wording, writer_with
from jobs.staff.presets import presets
from models import Preset, WrongMomentError, in_database
from settings import settings

if TYPE_CHECKING:
    from jobs.staff.action_request import Request

MOST_BRIEFS = 4  # briefs at once: with a chat model every one is two calls


@dataclass(frozen=True)
class WordingPair:
    """The two songs of one brief. `fallback`: which of them the lyricist wrote, as the chat model's answer was rejected."""

    name: str
    before: Writing
    after: Writing
    fallback: tuple[bool, bool]


def follows_a_wording() -> bool:
    """Whether a chat model is set: the built-in lyricist reads no instruction."""
    return bool(settings.writer_base_url)


def try_wording(request: Request) -> str:
    """Check the request and record it as a staff action, as a chat model's calls cost money. `compare` does the work."""
    names = [one.name for one in in_database(chosen_presets, request.values.get("briefs") or [])]
    if not 1 <= len(names) <= MOST_BRIEFS:
        raise WrongMomentError(f"choose one to {MOST_BRIEFS} briefs")
    if not 1 <= len(str(request.values.get("wording") or "").strip()) <= LONGEST_WORDING:
        raise WrongMomentError(f"an instruction has 1 to {LONGEST_WORDING} characters")
    return f"Another instruction is tried with {', '.join(names)}."


def chosen_presets(ids: Sequence[str]) -> list[Preset]:
    """The presets with these ids, by name."""
    return [one for one in presets() if one.id in ids]


def compare_wordings(wording: str, saved: Sequence[Preset]) -> list[WordingPair]:
    """Write every brief twice, with the current wording and with this one. Takes up to a minute; needs no database."""
    writers = [writer_with(adopted_wording()), writer_with(wording)]
    briefs = [brief_of(one.form_data, 0) for one in saved]
    with ThreadPoolExecutor(2 * MOST_BRIEFS) as side_by_side:
        before, after = (list(side_by_side.map(one.write, briefs)) for one in writers)
    return [_pair(*one) for one in zip(saved, before, after, strict=True)]


def _pair(preset: Preset, before: Writing, after: Writing) -> WordingPair:
    instead = [follows_a_wording() and one.author.by == "lyricist" for one in (before, after)]
    return WordingPair(preset.name, before, after, (instead[0], instead[1]))
