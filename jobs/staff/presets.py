"""Previews and presets: staff record a brief with chosen providers and styles side by side, and save it under a name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from customer_texts import wrong_fields_in_words
from integrations.writer.built_in_lyricist import Lyricist
from jobs.forms.form_data import check_form_data
from jobs.forms.wrong_fields import InvalidFormError
from jobs.generation.prompts import brief_of, write_prompts
from jobs.generation.providers import TRIES
from jobs.generation.variations import show_task_ids
from jobs.queue import enqueue
from models import (
    ComposeForm,
    FormStatus,
    Preset,
    Variation,
    WrongMomentError,
    append_event,
    in_database,
    new_form_id,
    new_id,
    now,
    read_rows,
    transaction,
)
from settings import settings

if TYPE_CHECKING:
    from jobs.staff.action_request import Request

MOST_PREVIEWS = 3  # columns: the variations of a song
APART = 2.0  # seconds between two columns' starts: in one shared submit both would get the first one's style
_LONGEST_NAME = 60  # characters


def try_brief(request: Request) -> str:
    """Record a song that nobody can buy, through the real pipeline. Returns its form's id."""
    data, columns = _checked(request.values)
    lyrics = str(request.values.get("lyrics") or "").strip()[:3000]
    form_id = in_database(_start, data, columns, lyrics)
    enqueue(write_prompts, form_id)
    return form_id


def _checked(values: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    columns = [
        {"provider": str(one.get("provider", "")), "style": str(one.get("style", "")).strip()[:300]}
        for one in values.get("columns", [])
        if one.get("provider")
    ]
    unknown = [one["provider"] for one in columns if one["provider"] not in settings.music_providers]
    if unknown or not 1 <= len(columns) <= MOST_PREVIEWS:
        raise WrongMomentError("choose one to three providers of MUSIC_PROVIDERS")
    try:
        return check_form_data(values.get("answers") or {}, 1), columns
    except InvalidFormError as error:
        said = wrong_fields_in_words(error.fields)
        raise WrongMomentError("; ".join(f"{field}: {sentence}" for field, sentence in said.items())) from error


def _start(data: dict[str, Any], columns: list[dict[str, str]], lyrics: str) -> str:
    form_id = new_form_id()
    written = Lyricist().write(brief_of(data, 0))
    styles = [column["style"] or usual for column, usual in zip(columns, written.variation_styles, strict=False)]
    given: dict[str, Any] = {}
    if lyrics:
        given = {"generated_lyrics": [lyrics], "generated_titles": [written.title], "generated_prompts": [written.prompt]}
        given |= {"music_styles": [written.music_style], "status": FormStatus.PROMPTS_GENERATED}
    with transaction():
        ComposeForm.insert(
            id=form_id, package_type="solo-serenade", song_count=1, form_data=data, purpose="preview", submitted_at=now(),
            variation_styles=[[*styles, *written.variation_styles[len(styles) :]]], **given,
        ).execute()  # fmt: skip
        append_event(form_id, "form", form_id, None, str(given.get("status", FormStatus.CREATED)), by="staff", why="preview")
        for number, column in enumerate(columns, 1):
            order = settings.music_providers
            before = dict.fromkeys(order[: order.index(column["provider"])], TRIES)
            later = now() + timedelta(seconds=APART * (number - 1))
            place = {"form": form_id, "song_index": 0, "variation": number}
            Variation.insert(id=new_id("task"), failures=before, not_before=later, **place).execute()
        show_task_ids(form_id)
    return form_id


def save_preset(request: Request) -> str:
    """Save the brief under a name; the same name again replaces it."""
    data, columns = _checked(request.values)
    name = str(request.values.get("name") or "").strip()[:_LONGEST_NAME]
    if not name:
        raise WrongMomentError("a preset needs a name")
    row = {"id": new_id("preset"), "name": name, "form_data": data, "columns": columns, "made_by": request.by}
    query = Preset.insert(**row).on_conflict(
        conflict_target=[Preset.name],
        update={Preset.form_data: data, Preset.columns: columns, Preset.made_by: request.by, Preset.at: now()},
    )
    in_database(query.execute)
    return f"Saved as “{name}”."


def presets() -> list[Preset]:
    """All presets, by name."""
    return list(Preset.select().order_by(Preset.name).limit(100))


def previews(most: int = 8) -> list[Any]:
    """The latest previews, newest first."""
    return read_rows(ComposeForm, "purpose = 'preview' AND purged_at IS NULL ORDER BY created_at DESC LIMIT %s", most)
