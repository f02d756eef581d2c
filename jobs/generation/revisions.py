"""Revisions: new lyrics are a new revision of that song alone; one more version is one more take of the same lyrics.

`by` is "customer" or "staff"; the numbers that limit customers do not limit staff. Nothing is overwritten. A choice that would
change its meaning is removed, never moved (docs/decisions/0030).
"""

from __future__ import annotations

from typing import Any

from jobs.forms.drafts import find_form
from jobs.forms.form_data import clean_answer
from jobs.forms.wrong_fields import InvalidFormError, WrongFieldError, no_such_song
from jobs.generation.budget import afford
from jobs.generation.providers import provider
from jobs.generation.selection import publish_song
from jobs.generation.variations import VARIATIONS
from jobs.queue import enqueue_once
from jobs.queue_names import DISPATCH, queue_for
from models import (
    UNDER_WAY,
    UNFINISHED,
    WITH_VARIATIONS,
    CheckoutSession,
    ComposeForm,
    FormStatus,
    NotFoundError,
    Variation,
    VariationStatus,
    WrongMomentError,
    append_event,
    locked,
    move,
    new_id,
    transaction,
)
from settings import settings

LONGEST_TITLE = 80
SHORTEST_LYRICS = 40  # characters: less cannot be sung for a minute


def longest_lyrics() -> int:
    """What every provider we may use can sing whole: nothing that somebody wrote is cut off."""
    return min(provider(name).capabilities.max_lyrics for name in settings.music_providers)


def change_lyrics(form_id: str, song_index: int, title: str, lyrics: str, by: str = "customer") -> list[Variation]:
    """Three new variations of this song with these lyrics; the present ones are kept. The same lyrics again start nothing.

    Raises NotFoundError, InvalidFormError, TooManyError, WrongMomentError: paid, a payment is open, the last ones are still
    being made, or the lyrics were changed as often as `settings.max_revisions` allows.
    """
    title, lyrics = check_lyrics(title, lyrics)
    with transaction():
        return begin_revision(open_form(form_id, song_index), song_index, title, lyrics, by)


def begin_revision(
    form: ComposeForm, song_index: int, title: str, lyrics: str, by: str, keep_tune: bool = False
) -> list[Variation]:
    """`change_lyrics` inside a transaction that locked the form. `keep_tune`: the versions stay as they are but for the lines
    that differ, where the provider can do that.
    """
    song = (Variation.form == form.id, Variation.song_index == song_index)
    rows = list(Variation.select().where(*song))
    current = [row for row in rows if row.shown]
    if not current or song_index >= len(form.generated_lyrics):
        raise WrongMomentError("nothing_made_yet")
    before = (form.generated_titles[song_index], form.generated_lyrics[song_index])
    if (title, lyrics) == tuple(_same(text) for text in before):
        return current
    if any(row.status in UNFINISHED for row in current):
        raise WrongMomentError("still_being_made")
    revision = 1 + max(row.revision for row in rows)
    if revision > settings.max_revisions and by == "customer":
        raise WrongMomentError("no_changes_left", most=settings.max_revisions - 1)
    if by == "customer":  # staff answer for what they do
        afford(form, len(VARIATIONS))
    Variation.update(asked_title=before[0], asked_lyrics=before[1]).where(*song, Variation.asked_lyrics.is_null()).execute()
    Variation.update(shown=False).where(*song, Variation.shown).execute()
    asked = {"asked_title": title, "asked_lyrics": lyrics, "revision": revision, "asked_by": by}
    asked |= {"form": form.id, "song_index": song_index, "revised_from": current[0].revision}
    tunes = {row.variation: _tune_of(row, before[1]) for row in current if keep_tune}
    made = [Variation.create(id=new_id("task"), variation=number, tune=tunes.get(number), **asked) for number in VARIATIONS]
    _begin_again(form, song_index, by=by, why="new_line" if keep_tune else "new_words")
    enqueue_once(DISPATCH, form.demo, queue=queue_for(form.demo))
    return made


def _tune_of(row: Variation, lyrics: str) -> dict[str, Any] | None:
    """What this recording's tune was made for; None where there is none that was heard with these words."""
    if row.status != VariationStatus.READY or row.softened:
        return None
    return row.tune or {"lyrics": lyrics, "take": row.take}


def one_more(
    form_id: str, song_index: int, variation: int, by: str = "customer", failures: dict[str, int] | None = None
) -> Variation:
    """One more version of a ready one, with the same lyrics: it takes its place, and the old one is kept. Twice asks once.

    `failures`: providers that count as having had their tries at it.

    Raises NotFoundError, TooManyError, WrongMomentError: it is not ready, a payment is open, the form is paid or over, or
    this song has had as many more as `settings.max_more_versions` allows.
    """
    with transaction():
        form = open_form(form_id)
        song = list(Variation.select().where(Variation.form == form_id, Variation.song_index == song_index))
        last = next((row for row in song if row.variation == variation and row.shown), None)
        if last is None:
            raise NotFoundError("no such variation")
        if last.status in UNFINISHED and last.take > 1:
            return last
        if last.status != VariationStatus.READY:
            raise WrongMomentError("no_ready_version")
        if sum(row.take > 1 and not row.replaces for row in song) >= settings.max_more_versions and by == "customer":
            raise WrongMomentError("no_more_versions_left", most=settings.max_more_versions)
        if by == "customer":
            afford(form, 1)
        place = {"form": form_id, "song_index": song_index, "variation": variation, "revision": last.revision}
        takes = [row.take for row in song if (row.variation, row.revision) == (variation, last.revision)]
        Variation.update(shown=False).where(Variation.id == last.id).execute()
        asked = {"asked_title": last.asked_title, "asked_lyrics": last.asked_lyrics, "revised_from": last.revised_from}
        place |= {"take": 1 + max(takes), "asked_by": by}
        made = Variation.create(id=new_id("task"), failures=failures or {}, **place, **asked)
        _begin_again(form, song_index, variation, by=by, why="one_more")
    enqueue_once(DISPATCH, form.demo, queue=queue_for(form.demo))
    return made


def check_lyrics(title: str, lyrics: str) -> tuple[str, str]:
    """A title and lyrics as they may be sung; raises InvalidFormError naming what does not fit."""
    title, lyrics = " ".join(str(clean_answer(title)).split()), _same(lyrics)
    wrong = {}
    if not 1 <= len(title) <= LONGEST_TITLE:
        wrong["title"] = WrongFieldError("title_length", most=LONGEST_TITLE)
    if not SHORTEST_LYRICS <= len(lyrics) <= longest_lyrics():
        counted = {"least": SHORTEST_LYRICS, "most": longest_lyrics(), "count": len(lyrics)}
        wrong["lyrics"] = WrongFieldError("lyrics_length", **counted)
    if wrong:
        raise InvalidFormError(wrong)
    return title, lyrics


def _same(text: str) -> str:
    """Without a browser's own line endings: they are no change."""
    lines = str(clean_answer(text.replace("\r\n", "\n").replace("\r", "\n"))).split("\n")
    return "\n".join(line.rstrip() for line in lines)


def open_form(form_id: str, song_index: int = 0) -> ComposeForm:
    """The form, locked, if its songs may still change: what somebody is about to pay for never does. It has this song."""
    form = locked(ComposeForm.select().where(ComposeForm.id == find_form(form_id).id)).get()
    if form.status not in WITH_VARIATIONS:
        raise WrongMomentError("songs_are_settled", status=form.status)
    if CheckoutSession.select().where(CheckoutSession.form == form_id, CheckoutSession.status.in_(UNDER_WAY)).exists():
        raise WrongMomentError("payment_under_way")
    if not 0 <= song_index < form.song_count:
        raise no_such_song(song_index)
    return form  # type: ignore[no-any-return]


def _begin_again(form: ComposeForm, song_index: int, variation: int | None = None, *, by: str, why: str) -> None:
    """Remove the choice that would mean another recording now, publish what is current, and let the form generate."""
    song = str(song_index)
    if song in form.selected_variations and variation in (None, form.selected_variations[song]):
        kept = {name: one for name, one in form.selected_variations.items() if name != song}
        ComposeForm.update(selected_variations=kept).where(ComposeForm.id == form.id).execute()
    publish_song(form.id, song_index)
    if not move(form, FormStatus.VARIATIONS_GENERATING, by=by, why=why):
        append_event(form.id, "form", form.id, form.status, form.status, by=by, why=why)
