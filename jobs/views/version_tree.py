"""The version tree of a song: each revision of its words, what changed in it, the versions sung from it. A pure function."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import zip_longest

from jobs.views.form_types import CellView, SongView

_WORDS = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class WordRun:
    """A piece of a line. `kind`: "same", "gone" (no longer there) or "new"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that differs from the one before: its section as the lyrics name it ("" before the first), and its words."""

    section: str
    words: tuple[WordRun, ...]


@dataclass(frozen=True, slots=True)
class SungVersion:
    """One recording of these words."""

    cell: CellView
    shown: bool  # stands in its place above
    chosen: bool
    newest: bool  # the last recording of these words in its place


@dataclass(frozen=True, slots=True)
class RevisionNode:
    """One text of the song. `by`: "customer", "staff", or None where the writer's text was sung as it was approved."""

    number: int  # 1 is the first
    by: str | None
    at: datetime | None
    title: str | None
    new_title: bool  # it differs from the one before
    own_lines: int  # of the first text: how many lines the customer wrote before anything was sung
    changed: tuple[ChangedLine, ...]
    versions: tuple[SungVersion, ...]
    following: tuple[RevisionNode, ...]  # what was made from these words

    @property
    def shown(self) -> bool:
        """Whether these are the words that stand above now."""
        return any(version.shown for version in self.versions)


def version_tree(song: SongView) -> RevisionNode | None:
    """The first text of a song, and from it all others; None while nothing is sung."""
    cells: dict[int, list[CellView]] = {}
    for cell in (*song.variations, *song.earlier):
        cells.setdefault(cell.revision, []).append(cell)
    return _revision(song, cells, min(cells), None) if cells else None


def revisions_of(tree: RevisionNode | None) -> Iterator[RevisionNode]:
    """All revisions of a tree, each before what was made from it."""
    if tree is not None:
        yield tree
        for following in tree.following:
            yield from revisions_of(following)


def _revision(song: SongView, cells: dict[int, list[CellView]], number: int, before: CellView | None) -> RevisionNode:
    own = sorted(cells[number], key=lambda cell: (cell.variation, cell.take))
    first = min(own, key=lambda cell: cell.take)
    parents = {one: _parent(one, cells) for one in cells}
    return RevisionNode(
        number=number,
        by=first.asked_by,
        at=min((cell.asked_at for cell in own if cell.asked_at), default=None),
        title=first.asked_title,
        new_title=before is not None and before.asked_title != first.asked_title,
        own_lines=0 if before else sum(source == "yours" for source in song.lyric_sources),
        changed=changed_lines(before.asked_lyrics or "", first.asked_lyrics or "") if before else (),
        versions=tuple(_version(song, cell, own) for cell in own),
        following=tuple(_revision(song, cells, one, first) for one in sorted(cells) if parents[one] == number),
    )


def _parent(number: int, cells: dict[int, list[CellView]]) -> int | None:
    """The revision that this one was changed from; rows from before this was written down: the one before."""
    said = next((cell.revised_from for cell in cells[number] if cell.revised_from in cells), None)
    if said is not None and said < number:
        return said
    return max((one for one in cells if one < number), default=None)


def _version(song: SongView, cell: CellView, same_words: Sequence[CellView]) -> SungVersion:
    shown = any(one.task_id == cell.task_id for one in song.variations)
    last = max(one.take for one in same_words if one.variation == cell.variation)
    return SungVersion(cell, shown, shown and song.selected == cell.variation, cell.take == last)


def changed_lines(before: str, after: str) -> tuple[ChangedLine, ...]:
    """The lines that differ between two texts of a song, with what is gone and what is new in each, in the order of the song.

    A chorus that changed in several places in the same way is told once.
    """
    old, new = before.split("\n"), after.split("\n")
    found: dict[tuple[WordRun, ...], ChangedLine] = {}
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for place, (gone, fresh) in enumerate(zip_longest(old[a:b], new[c:d], fillvalue="")):
            if gone.startswith("[") != fresh.startswith("[") and gone and fresh:
                pieces = tuple(part for one in (_whole("gone", gone), _whole("new", fresh)) for part in one)
            else:
                pieces = compared(gone, fresh)
            section = _section(new, c + place) if fresh else _section(old, a + place)
            if pieces:
                found.setdefault(pieces, ChangedLine(section, pieces))
    return tuple(found.values())


def compared(gone: str, fresh: str) -> tuple[WordRun, ...]:
    """Two lines word by word; as wholes where they have less than half of their words in common."""
    old, new = _WORDS.findall(gone), _WORDS.findall(fresh)
    both = SequenceMatcher(None, old, new, autojunk=False)
    if both.ratio() < 0.5:
        return (*_whole("gone", gone), *_whole("new", fresh))
    pieces: list[WordRun] = []
    for kind, a, b, c, d in both.get_opcodes():
        if kind == "equal":
            pieces.append(WordRun("same", " ".join(old[a:b])))
            continue
        pieces += [*_whole("gone", " ".join(old[a:b])), *_whole("new", " ".join(new[c:d]))]
    return tuple(pieces)


def _whole(kind: str, text: str) -> list[WordRun]:
    return [WordRun(kind, text)] if text else []


def _section(lines: Sequence[str], at: int) -> str:
    return next((line.strip("[]") for line in reversed(lines[: at + 1]) if line.startswith("[")), "")
