"""Selection: which recording is current in each place of a song. All others are kept and can be restored with their lyrics.

The current recordings are always of one revision, so a number chosen there can only mean the lyrics beside it.
"""

from __future__ import annotations

from typing import Any

from jobs.forms.drafts import find_form
from jobs.generation.variations import choose_variation, show_task_ids
from models import (
    CHOOSING,
    UNFINISHED,
    ComposeForm,
    FormStatus,
    NotFoundError,
    Variation,
    VariationStatus,
    WrongMomentError,
    append_event,
    locked,
    move,
    notify,
    now,
    settle,
    transaction,
)
from settings import settings


def is_chosen(form: ComposeForm, row: Variation) -> bool:
    """Whether this recording is the one that is chosen of its song."""
    return bool(row.shown and form.selected_variations.get(str(row.song_index)) == row.variation)


def chosen_rows(form: ComposeForm) -> dict[str, Variation]:
    """The recording that is chosen for each song ('0', '1', ...), where it is ready."""
    rows = Variation.select().where(Variation.form == form.id, Variation.shown, Variation.status == VariationStatus.READY)
    return {str(row.song_index): row for row in rows if form.selected_variations.get(str(row.song_index)) == row.variation}


def choose_task(form_id: str, task_id: str, song_index: int | None = None) -> None:
    """Choose exactly this recording. An earlier one is restored with its lyrics; the one it replaces is kept.

    Raises NotFoundError, WrongMomentError while it is not ready and once the form is paid.
    """
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == find_form(form_id).id)).get()
        row = Variation.select().where(Variation.id == task_id, Variation.form == form_id).first()
        if row is None or song_index not in (None, row.song_index):
            raise NotFoundError("no such task")
        if form.status not in CHOOSING:
            raise WrongMomentError("choice_is_closed", status=form.status)
        if row.status != VariationStatus.READY:
            raise WrongMomentError("variation_not_ready")
        if row.withheld:
            row = _in_its_place(row)
        if not row.shown:
            restore(row)
            _follow_status(form)
        choose_variation(form_id, row.song_index, row.variation)


def _in_its_place(row: Variation) -> Variation:
    """What took the place of a version that failed its sound check and that nobody had played."""
    same = {name: getattr(row, name) for name in ("form", "song_index", "variation", "revision")}
    found = Variation.get_or_none(Variation.shown, Variation.status == VariationStatus.READY, **same)
    if found is None:
        raise WrongMomentError("variation_not_ready")
    return found


def restore(row: Variation) -> None:
    """Make this recording current, and beside it others of the same revision. The form's row is locked by the caller."""
    song = list(Variation.select().where(Variation.form == row.form_id, Variation.song_index == row.song_index))
    same = [one for one in song if one.revision == row.revision and not one.withheld]
    places = {one.variation: one for one in sorted(same, key=lambda one: (one.shown, one.take))} | {row.variation: row}
    Variation.update(shown=False).where(Variation.id.in_([one.id for one in song if one.shown])).execute()
    Variation.update(shown=True).where(Variation.id.in_([one.id for one in places.values()])).execute()
    publish_song(row.form_id, row.song_index)
    form = ComposeForm.find(row.form_id)
    append_event(form.id, "form", form.id, form.status, form.status, by="customer", why="went_back")


def show_what_was_paid(form_id: str, task_ids: dict[str, str]) -> None:
    """Restore what a payment froze: it is delivered, whatever is current now. The form's row is locked by the caller."""
    for row in Variation.select().where(Variation.id.in_(list(task_ids.values())), Variation.form == form_id, ~Variation.shown):
        restore(row)


def publish_song(form_id: str, song_index: int) -> None:
    """Write what is current of this song into the published columns (docs/api.md). The form's row is locked by the caller."""
    show_task_ids(form_id)
    form = ComposeForm.find(form_id)
    rows = list(Variation.select().where(Variation.form == form_id, Variation.song_index == song_index, Variation.shown))
    ready = [row for row in rows if row.status == VariationStatus.READY]
    song = str(song_index)
    changes: dict[str, Any] = {
        "variation_audio_urls": {**form.variation_audio_urls, song: {str(row.variation): preview_url(row) for row in ready}},
        "variation_titles": {**form.variation_titles, song: {str(row.variation): row.title or "" for row in ready}},
        "variation_lyrics": {**form.variation_lyrics, song: {str(row.variation): row.lyrics or "" for row in ready}},
    }
    asked = next((row for row in rows if row.asked_lyrics is not None), None)
    if asked is not None:
        changes["generated_titles"] = _with(form.generated_titles, song_index, asked.asked_title)
        changes["generated_lyrics"] = _with(form.generated_lyrics, song_index, asked.asked_lyrics)
    ComposeForm.update(updated_at=now(), **changes).where(ComposeForm.id == form_id).execute()
    notify(form_id)


def preview_url(row: Variation) -> str:
    """The address of the preview, for whoever holds the task id."""
    return row.outside_url or f"{settings.public_url}/media/preview/{row.id}.mp3"


def _with(texts: list[str], index: int, text: str | None) -> list[str | None]:
    return [text if place == index else old for place, old in enumerate(texts)]


def _follow_status(form: ComposeForm) -> None:
    """The restored recordings may be finished where those they replace were not, or the other way round."""
    unfinished = Variation.select().where(Variation.form == form.id, Variation.shown, Variation.status.in_(UNFINISHED))
    if unfinished.exists() and form.status == FormStatus.VARIATIONS_READY:
        move(form, FormStatus.VARIATIONS_GENERATING, by="customer", why="went_back")
    settle(form.id)
