"""The lines of a song in time, each with the moments of its words where the provider says them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_Timed = Mapping[str, Any]  # level ("line" or "word"), start_ms, end_ms, text
SLACK_MS = 60  # a word may begin so much before its line


@dataclass(frozen=True, slots=True)
class SungLine:
    """One line as it is sung. `word_starts_ms` has one moment for each word of `text`, or none at all."""

    start_ms: int
    end_ms: int
    text: str
    word_starts_ms: tuple[int, ...] = ()


def sung_lines(timed: Iterable[_Timed], lyrics: str) -> tuple[SungLine, ...]:
    """The lines that a provider timed, or those of `lyrics` where it timed words only; none where they do not agree."""
    parts = list(timed)
    words = [part for part in parts if part["level"] == "word"]
    lines = [part for part in parts if part["level"] == "line"]
    if not lines:
        return tuple(_from_words(words, lyrics))
    return tuple(SungLine(one["start_ms"], one["end_ms"], one["text"], _starts(one, words)) for one in lines)


def _starts(line: _Timed, words: list[_Timed]) -> tuple[int, ...]:
    inside = [word["start_ms"] for word in words if line["start_ms"] - SLACK_MS <= word["start_ms"] < line["end_ms"]]
    return tuple(inside) if len(inside) == len(line["text"].split()) else ()


def _from_words(words: list[_Timed], lyrics: str) -> Iterator[SungLine]:
    """Count the words off against the written lines; section names in brackets are not sung."""
    written = [line for line in lyrics.splitlines() if line.strip() and not line.startswith("[")]
    if sum(len(line.split()) for line in written) != len(words):
        return
    at = iter(words)
    for line in written:
        own = [next(at) for _word in line.split()]
        yield SungLine(own[0]["start_ms"], own[-1]["end_ms"], line.strip(), tuple(word["start_ms"] for word in own))
