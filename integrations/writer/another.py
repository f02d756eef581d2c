"""Another line in place of one: what the built-in lyricist would have written there on another `day`.

It is used with a chat API too: a single line is not worth a minute's wait, and it costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from integrations.writer import Brief, Writing
from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.phrases import WRITTEN_LANGUAGES, phrases_for, written_language

DAYS = 10


def other_days(brief: Brief) -> list[Writing]:
    """The same story as it would be written on other days; none in a language that only a chat API writes."""
    if not written_language(brief.language):
        return []
    return [Lyricist(day).write(brief) for day in range(1, DAYS + 1)]


def another_line(
    days: Sequence[Writing], lyrics: Sequence[str], sources: Sequence[str], at: int, avoid: Collection[str] = ()
) -> str | None:
    """A line for the same place, from the same answer, that is not in the song yet; None where there is none left."""
    section, source = section_of(lyrics, at), sources[at] if at < len(sources) else ""
    used = {*map(_folded, lyrics), *map(_folded, avoid)}
    others = (line for line in _other_openings(lyrics[at]) if _folded(line) not in used)
    found = dict.fromkeys(others)  # a set that keeps its order
    for other in days:
        theirs = other.lyrics.split("\n")
        for place, line in enumerate(theirs):
            # A line that the customer wrote themselves came from no answer: anything of that section may take its place.
            same = source in (other.sources[place], "yours") and section_of(theirs, place) == section
            if same and line and not line.startswith("[") and _folded(line) not in used:
                found[line] = None
    return max(found, key=lambda line: _rhyme(line, lyrics[at]), default=None)


def _other_openings(line: str) -> list[str]:
    """The same fact with each of its other openings. The languages do not share one, so all are looked through."""
    for openings in (same for language in WRITTEN_LANGUAGES for same in phrases_for(language).words.openings):
        for opening in openings:
            if line.startswith(f"{opening} "):
                return [other + line[len(opening) :] for other in openings if other != opening]
    return []


def section_of(lyrics: Sequence[str], at: int) -> str:
    """The name of the section that a line stands in; the last chorus is a chorus."""
    tag = next((line for line in reversed(lyrics[: at + 1]) if line.startswith("[")), "")
    return "Chorus" if "chorus" in tag.lower() else tag.strip("[]")


def _rhyme(one: str, other: str) -> int:
    """How many letters at the end are the same: a rough measure of rhyme."""
    ends = [line.rstrip(" .,!?;:\"'”’").lower() for line in (one, other)]
    same = 0
    while same < 4 and all(len(end) > same for end in ends) and ends[0][-1 - same] == ends[1][-1 - same]:
        same += 1
    return same


def _folded(line: str) -> str:
    return " ".join(line.lower().split())
