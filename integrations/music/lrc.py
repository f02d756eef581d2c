"""LRC: lyrics with times, as players read them."""

from __future__ import annotations

from collections.abc import Iterable


def as_lrc(title: str, artist: str, lines: Iterable[tuple[int, str]]) -> str:
    """A file of lines with their start in milliseconds. Every text is one line already; brackets in the head become round."""
    head = [f"[ti:{_round(title)}]", f"[ar:{_round(artist)}]", "[re:made with AI]"]
    return "\n".join([*head, *(f"{_time(ms)}{text}" for ms, text in lines)]) + "\n"


def _round(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


def _time(ms: int) -> str:
    minutes, rest = divmod(ms, 60_000)
    return f"[{minutes:02}:{rest // 1000:02}.{rest % 1000 // 10:02}]"
