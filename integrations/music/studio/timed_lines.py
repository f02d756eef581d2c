"""When each line and each word is sung: exact, from the score. The karaoke, the stage and .lrc files read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from integrations.music import TimedLine
from integrations.music.studio.score import Score


def timed_lines(score: Score) -> tuple[TimedLine, ...]:
    """When each line and each word is sung, in the order of the song."""
    spans: dict[tuple[str, int], list[float]] = {}
    for note in score.vocal:
        start, end = score.seconds(note.start), score.seconds(note.start + note.duration)
        rows = [("line", note.line, start, end), ("word", note.word, start, end)]
        if note.also >= 0:
            middle = (start + end) / 2
            rows[1:] = [("word", note.word, start, middle), ("word", note.also, middle, end)]
        for level, place, begin, until in rows:
            span = spans.setdefault((level, place), [begin, until])
            span[1] = max(span[1], until)
    _share_gaps(spans, "line", len(score.lines))
    texts = {"line": score.lines, "word": [w for _, w in score.words]}
    found = [
        TimedLine(round(s * 1000), round(e * 1000), texts[level][i], level) for (level, i), (s, e) in spans.items() if i >= 0
    ]
    found += _hummed(score, spans)
    return tuple(sorted(found, key=lambda row: (row.start_ms, row.level)))


def _hummed(score: Score, spans: Mapping[tuple[str, int], list[float]]) -> Iterator[TimedLine]:
    """The words that are hummed, once each, where they are first."""
    seen: set[str] = set()
    for i in score.hummed:
        text = score.words[i][1]
        if ("word", i) in spans and text not in seen:
            seen.add(text)
            yield TimedLine(round(spans["word", i][0] * 1000), round(spans["word", i][1] * 1000), text, "hummed")


def _share_gaps(spans: dict[tuple[str, int], list[float]], level: str, count: int) -> None:
    """Lines that share notes with a neighbour (absurdly dense lyrics) get a moment of it too."""
    for i in range(1, count):
        if (level, i) not in spans and (level, i - 1) in spans:
            start, end = spans[(level, i - 1)]
            spans[(level, i)] = [(start + end) / 2, end]
            spans[(level, i - 1)] = [start, (start + end) / 2]
