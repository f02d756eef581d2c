"""Lyrics with times as files: LRC, which music players read, and SRT (SubRip), which video players and editors read."""

from __future__ import annotations

from collections.abc import Iterable


def as_lrc(title: str, artist: str, lines: Iterable[tuple[int, str]]) -> str:
    """A file of lines with their start in milliseconds. Every text is one line already; brackets in the head become round."""
    head = [f"[ti:{_round(title)}]", f"[ar:{_round(artist)}]", "[re:made with AI]"]
    return "\n".join([*head, *(f"{_time(ms)}{text}" for ms, text in lines)]) + "\n"


def as_srt(lines: Iterable[tuple[int, int, str]]) -> str:
    """Subtitles: lines with their start and end in milliseconds. Every text is one line already; an arrow in it is replaced."""
    blocks = (
        f"{number}\n{_stamp(start)} --> {_stamp(max(end, start + 1))}\n{text.replace('-->', '→')}\n"
        for number, (start, end, text) in enumerate(lines, 1)
    )
    return "\n".join(blocks)


def _stamp(ms: int) -> str:
    hours, rest = divmod(ms, 3_600_000)
    return f"{hours:02}:{rest // 60_000:02}:{rest // 1000 % 60:02},{rest % 1000:03}"


def _round(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


def _time(ms: int) -> str:
    minutes, rest = divmod(ms, 60_000)
    return f"[{minutes:02}:{rest // 1000:02}.{rest % 1000 // 10:02}]"
