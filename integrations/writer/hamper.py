"""Hamper: the songs of one order are told apart. Whoever unpacks three of them does not hear one chorus three times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from integrations.writer import Brief, Writing
from integrations.writer.built_in_lyricist import Lyricist

DAYS_TRIED = 16  # other songs of the same brief, first with choruses of its occasion, then with those that suit any


def told_apart(briefs: Sequence[Brief], writings: Sequence[Writing]) -> list[Writing]:
    """The songs; what the lyricist wrote is written otherwise where an earlier song has its title or its chorus already."""
    apart: list[Writing] = []
    for brief, written in zip(briefs, writings, strict=True):
        taken = {mark for other, its in zip(briefs, apart, strict=False) for mark in _marks(other, its)}
        if written.author.by == "lyricist" and taken & _marks(brief, written):
            written = _otherwise(brief, written, taken)
        apart.append(written)
    return apart


def _otherwise(brief: Brief, written: Writing, taken: set[str]) -> Writing:
    for plain in (False, True):
        for day in range(1, DAYS_TRIED):
            other = Lyricist(day, plain).write(brief)
            if not taken & _marks(brief, other):
                return replace(other, author=written.author)
    return written


def _marks(brief: Brief, written: Writing) -> set[str]:
    """Title and lines of the chorus, without the names: "For Ann" and "For Bob" are one title."""
    chorus = re.search(r"\[Chorus\]\n(.*?)(?:\n\n|$)", written.lyrics, re.S)
    lines = chorus[1].split("\n")[:4] if chorus else []
    names = "|".join(re.escape(name) for name in (brief.recipient_name.strip(), *brief.nicknames) if name.strip())
    bare = [re.sub(rf"(?<!\w)(?:{names})(?!\w)", "", line, flags=re.I) if names else line for line in (written.title, *lines)]
    return {" ".join(re.findall(r"\w+", line.lower())) for line in bare}
