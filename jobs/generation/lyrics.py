"""The lyrics step: the customer changes a line, asks for another one, marks what must stay.

Only between writing and the first variation. Every change names the line as the customer saw it, so that nobody's
change lands on a line that another tab has replaced meanwhile. Where a chorus comes again, it changes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from integrations.writer.another import another_line, other_days, section_of
from integrations.writer.forbidden_words import Never
from jobs.forms.form_data import clean_answer
from jobs.generation.prompts import brief_of
from models import ComposeForm, FormStatus, NotFoundError, Variation, WrongMomentError, locked, notify, now, transaction

MOST_OF_A_LINE, MOST_OF_A_TITLE, MOST_OF_A_SONG = 160, 80, 3000


class TooLongError(Exception):
    """Longer lyrics than one song can have."""


@dataclass
class Sheet:
    """The lyrics of one song while they are edited."""

    form: ComposeForm
    title: str
    lines: list[str]
    sources: list[str]
    kept: set[int]

    def same(self, at: int, before: str) -> list[int]:
        """The line, and where it is sung again; WrongMomentError where it is not that line any more."""
        return same_lines(self.lines, at, before)

    def put(self, places: list[int], text: str, source: str | None = None) -> None:
        """New text at these places; an empty text removes the lines."""
        for n in places:
            self.lines[n] = text
            if source is not None:
                self.sources[n] = source
        if not text:
            left = [n for n in range(len(self.lines)) if n not in places]
            self.kept = {left.index(n) for n in self.kept if n in left}
            self.lines, self.sources = [self.lines[n] for n in left], [self.sources[n] for n in left]


def same_lines(lines: list[str], at: int, before: str) -> list[int]:
    """The line, and where it is sung again; WrongMomentError where it is not that line any more."""
    if not 0 <= at < len(lines) or lines[at] != before or before.startswith("[") or not before:
        raise WrongMomentError("line_has_changed")
    section = section_of(lines, at)
    return [n for n, line in enumerate(lines) if line == before and section_of(lines, n) == section]


def write_title(form_id: str, song_index: int, title: str) -> str:
    """The customer's own title; an empty one is ignored. What it newly mentions although it never should, as `write_line`."""
    with _sheet(form_id, song_index) as sheet:
        before, sheet.title = sheet.title, _flat(title)[:MOST_OF_A_TITLE] or sheet.title
        return _newly_mentioned(sheet.form, song_index, before, sheet.title)


def write_line(form_id: str, song_index: int, at: int, before: str, text: str) -> str:
    """The customer's own text for a line; an empty one removes it from the song. Raises TooLongError, WrongMomentError.

    It is written in any case: it is their song. What it newly mentions of what they asked us never to mention is given back,
    '' where it mentions nothing, so that the page can ask whether that is meant.
    """
    with _sheet(form_id, song_index) as sheet:
        text = as_line(text)[:MOST_OF_A_LINE]
        places = sheet.same(at, before)
        if text != before:
            sheet.put(places, text, "yours")
        if text:
            sheet.kept |= set(places)
        return _newly_mentioned(sheet.form, song_index, before, text)


def as_line(text: str) -> str:
    """The text as one line of lyrics; brackets would name a section."""
    return _flat(text).replace("[", "(").replace("]", ")")


def newly_mentioned(form_id: str, song_index: int, before: str, text: str) -> str:
    """The word of *never mention* that is in this text and was not in the one before; '' where there is none."""
    return _newly_mentioned(ComposeForm.find(form_id), song_index, before, text)


def keep_line(form_id: str, song_index: int, at: int, before: str, must_stay: bool) -> None:
    """Mark that a line must stay, or that it need not."""
    with _sheet(form_id, song_index) as sheet:
        places = set(sheet.same(at, before))
        sheet.kept = sheet.kept | places if must_stay else sheet.kept - places


def write_another_line(form_id: str, song_index: int, at: int, before: str, avoid: tuple[str, ...] = ()) -> str | None:
    """Another line here; the new one, or None where the writer has no other."""
    form = ComposeForm.find(form_id)
    lines, sources = _lines_of(form, song_index), _sources_of(form, song_index)
    if not 0 <= at < len(lines) or lines[at] != before:
        raise WrongMomentError("line_has_changed")
    days = other_days(brief_of(form.form_data, song_index))  # outside the transaction: it takes its time
    found = another_line(days, lines, sources, at, avoid)
    if found:
        with _sheet(form_id, song_index) as sheet:
            sheet.put(sheet.same(at, before), found)
    return found


def write_the_rest_anew(form_id: str, song_index: int) -> int:
    """Another line for each that is not marked; how many changed."""
    form = ComposeForm.find(form_id)
    days = other_days(brief_of(form.form_data, song_index))
    changed, avoid = 0, set(_lines_of(form, song_index))
    with _sheet(form_id, song_index) as sheet:
        for at, before in enumerate(list(sheet.lines)):
            if before != sheet.lines[at] or not before or before.startswith("[") or at in sheet.kept:
                continue  # nothing to sing, or a chorus that changed already
            found = another_line(days, sheet.lines, sheet.sources, at, avoid)
            if found:
                sheet.put(sheet.same(at, before), found)
                avoid.add(found)
                changed += 1
    return changed


@contextmanager
def _sheet(form_id: str, song_index: int) -> Iterator[Sheet]:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).first()
        if form is None or not 0 <= song_index < form.song_count:
            raise NotFoundError("no such song")
        if form.status != FormStatus.PROMPTS_GENERATED or Variation.select().where(Variation.form == form_id).exists():
            raise WrongMomentError("words_are_closed", status=form.status)
        title = str(form.generated_titles[song_index])
        sheet = Sheet(form, title, _lines_of(form, song_index), _sources_of(form, song_index), _kept_of(form, song_index))
        yield sheet
        if sum(len(line) + 1 for line in sheet.lines) > MOST_OF_A_SONG:
            raise TooLongError
        changes: dict[str, Any] = {
            "generated_titles": _with(form.generated_titles, song_index, sheet.title),
            "generated_lyrics": _with(form.generated_lyrics, song_index, "\n".join(sheet.lines)),
            "lyric_sources": _with(form.lyric_sources, song_index, sheet.sources),
            "lyric_kept": _with(form.lyric_kept, song_index, sorted(sheet.kept)),
        }
        ComposeForm.update(updated_at=now(), **changes).where(ComposeForm.id == form_id).execute()
        notify(form_id)


def _newly_mentioned(form: ComposeForm, song_index: int, before: str, text: str) -> str:
    never = Never(brief_of(form.form_data, song_index).never_mention)
    return "" if never.search(before) else never.search(text)


def _with(values: list[Any], index: int, value: Any) -> list[Any]:
    """A copy with one place changed, as long as it needs to be."""
    return [*values[:index], *[[]] * (index - len(values)), value, *values[index + 1 :]]


def _lines_of(form: ComposeForm, song_index: int) -> list[str]:
    return str(form.generated_lyrics[song_index]).split("\n") if song_index < len(form.generated_lyrics) else []


def _sources_of(form: ComposeForm, song_index: int) -> list[str]:
    """As many as there are lines: lyrics that did not come from our writer have none."""
    known = form.lyric_sources[song_index] if song_index < len(form.lyric_sources) else []
    count = len(_lines_of(form, song_index))
    return list(known) if len(known) == count else [""] * count


def _kept_of(form: ComposeForm, song_index: int) -> set[int]:
    return set(form.lyric_kept[song_index]) if song_index < len(form.lyric_kept) else set()


def _flat(text: str) -> str:
    return " ".join(str(clean_answer(text)).split())
