"""Drafts: what a customer does to a form before its songs are made: start it, fill it in, submit it."""

from __future__ import annotations

import json
import re
from typing import Any

from peewee import SQL

from i18n import SOURCE, asked, spoken
from jobs.forms import form_data as answers
from jobs.forms.song_languages import song_languages
from jobs.forms.told_story import own_words
from jobs.forms.wrong_fields import InvalidFormError, WrongFieldError
from jobs.queue import enqueue
from jobs.queue_names import WRITE_PROMPTS, queue_for
from models import (
    ComposeForm,
    FormStatus,
    GoneError,
    NotFoundError,
    WrongMomentError,
    append_event,
    locked,
    new_form_id,
    notify,
    now,
    transaction,
)
from settings import settings

FORM_ID = re.compile(r"form_\d{1,16}_[A-Za-z0-9]{9,64}")
UNGUESSABLE = re.compile(r"form_\d{1,16}_[A-Za-z0-9]{22,64}")


def find_form(form_id: str) -> ComposeForm:
    """The form behind an id from outside; NotFoundError for unknown and malformed ids alike, GoneError once it expired."""
    if not FORM_ID.fullmatch(form_id):
        raise NotFoundError("no such form")
    form = ComposeForm.find(form_id)
    if form.status == FormStatus.EXPIRED or form.purged_at is not None:
        raise GoneError("this form has expired")
    return form


def start_draft(package_type: str, form_id: str | None = None) -> ComposeForm:
    """A form in `created` with nothing filled in. Raises KeyError for an unknown package."""
    return _insert(form_id or new_form_id(), package_type, no_answers(settings.packages[package_type].song_count), {})


def no_answers(song_count: int) -> dict[str, Any]:
    """What a draft begins with. Songs are first meant in the language that their giver reads, where it is offered; that is
    theirs to change."""
    song = {"language": spoken()} if spoken() in song_languages() and spoken() != SOURCE else {}
    return {"senderName": "", "senderEmail": "", "songs": [dict(song) for _ in range(song_count)]}


def create_form(
    package_type: str,
    data: dict[str, Any],
    *,
    form_id: str | None = None,
    draft: bool = False,
    prompts: list[str] | None = None,
    guest_email: str | None = None,
    music_styles: list[str] | None = None,
    variation_styles: list[list[str]] | None = None,
) -> ComposeForm:
    """A form with what is known so far. Complete (`draft` False): the writer starts, unless the prompts are given. A draft
    keeps them and stays in `created`: nothing is made of form data that was not checked.

    Raises KeyError for an unknown package, InvalidFormError, FormExistsError.
    """
    package = settings.packages[package_type]
    data = answers.check_draft(data) if draft else answers.check_form_data(data, package.song_count)
    extra: dict[str, Any] = {"guest_email": guest_email or data.get("senderEmail") or None}
    if not draft:
        extra["submitted_at"] = now()
    if prompts:
        extra |= {"generated_prompts": prompts, "music_styles": music_styles or [], "variation_styles": variation_styles or []}
    if prompts and not draft:
        extra["status"] = FormStatus.PROMPTS_GENERATED
    form = _insert(form_id or new_form_id(), package_type, data, extra)
    if not draft and not prompts:
        enqueue(WRITE_PROMPTS, form.id, queue=queue_for(form.demo))
    return form


class FormExistsError(Exception):
    """The id that a client chose is in use."""


def _insert(form_id: str, package_type: str, data: dict[str, Any], extra: dict[str, Any]) -> ComposeForm:
    package = settings.packages[package_type]
    with transaction():
        new = ComposeForm.insert(
            id=form_id,
            package_type=package_type,
            song_count=package.song_count,
            form_data=data,
            locale=asked(),
            **extra,
        ).on_conflict_ignore()  # and no error: a PostgreSQL of somebody else's would log the answers with it
        if not list(new.returning(ComposeForm.id).tuples().execute()):
            raise FormExistsError(form_id)
        append_event(form_id, "form", form_id, None, extra.get("status", FormStatus.CREATED), by="customer")
    return ComposeForm.find(form_id)


def write_field(form_id: str, path: str, value: Any) -> WrongFieldError | None:
    """Autosave one field ('senderName', 'songs.0.recipientName') of a draft; what is wrong with it, or None.

    Only this field is written, so that two tabs never overwrite each other. What is far over its limit, or of another kind,
    is not stored.
    Raises WrongMomentError once the form was submitted.
    """
    *prefix, name = path.split(".")
    known = answers.TYPED_FIELDS if prefix else answers.SENDER_FIELDS
    if name not in known or (prefix and not re.fullmatch(r"songs\.[0-4]", ".".join(prefix))):
        raise KeyError(path)
    cleaned, wrong = answers.check_field(path, value)
    if wrong and not (answers.is_of_a_kind(cleaned) and len(json.dumps(cleaned)) <= 2000):
        return wrong
    place = "{" + ",".join([*prefix, name]) + "}"
    set_field = SQL("jsonb_set(form_data, %s::text[], %s::jsonb)", (place, json.dumps(cleaned)))
    written = (
        ComposeForm.update(form_data=own_words(set_field, *prefix, name), updated_at=now())
        .where(
            ComposeForm.id == form_id,
            ComposeForm.status == FormStatus.CREATED,
            ComposeForm.submitted_at.is_null(),
            SQL("form_data ? 'songs'"),
        )
        .execute()
    )
    if not written and not _is_in_shape(form_id):
        return write_field(form_id, path, value)
    if not written:
        raise WrongMomentError("already_submitted")
    notify(form_id)
    return wrong


def _is_in_shape(form_id: str) -> bool:
    """False once for an older system's draft: its one song, at the top, is put below `songs` before it is edited."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id, ~SQL("(form_data ? 'songs')"))).first()
        if form is not None:
            ComposeForm.update(form_data=form.form_data).where(ComposeForm.id == form_id).execute()
    return form is None


def choose_package(form_id: str, package_type: str) -> None:
    """Change the package of a draft; songs already filled in are kept."""
    package = settings.packages[package_type]
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status != FormStatus.CREATED or form.submitted_at:
            raise WrongMomentError("already_submitted")
        songs = list(form.form_data.get("songs", []))
        language = {"language": songs[0]["language"]} if songs and songs[0].get("language") else {}
        songs += [dict(language) for _ in range(package.song_count - len(songs))]
        ComposeForm.update(
            package_type=package_type,
            song_count=package.song_count,
            form_data={**form.form_data, "songs": songs},
            updated_at=now(),
        ).where(ComposeForm.id == form_id).execute()
        notify(form_id)


def keep_form_language(form_id: str) -> None:
    """E-mails use the language that the giver read last: at *Compose*, and again at checkout."""
    if asked():
        ComposeForm.update(locale=asked()).where(ComposeForm.id == form_id).execute()


def submit(form_id: str) -> None:
    """The customer pressed *Compose*: check everything, have the lyrics written. The variations wait for `begin_variations`.

    Raises InvalidFormError with every mistake at once. Pressing twice is harmless.
    """
    form = find_form(form_id)
    if form.status == FormStatus.CREATED and form.submitted_at is None:
        given = {**form.form_data, "songs": form.form_data.get("songs", [])[: form.song_count]}
        data = answers.check_form_data(given, form.song_count)
        with transaction():
            ComposeForm.update(form_data=data, guest_email=data["senderEmail"], submitted_at=now(), updated_at=now()).where(
                ComposeForm.id == form_id, ComposeForm.status == FormStatus.CREATED, ComposeForm.submitted_at.is_null()
            ).execute()
            keep_form_language(form_id)
            notify(form_id)
        enqueue(WRITE_PROMPTS, form_id, queue=queue_for(form.demo))


def rewrite_draft(form_id: str, data: Any) -> None:
    """Replace the form data of a draft as a whole (the way HTTP clients do it). Raises InvalidFormError, NotFoundError,
    GoneError, WrongMomentError.
    """
    if not isinstance(data, dict):
        raise InvalidFormError({"formData": WrongFieldError("unexpected_value")})
    checked = answers.check_draft(data)
    written = (
        ComposeForm.update(form_data=checked, guest_email=checked.get("senderEmail") or None, updated_at=now())
        .where(ComposeForm.id == form_id, ComposeForm.status == FormStatus.CREATED, ComposeForm.submitted_at.is_null())
        .execute()
    )
    if not written:
        find_form(form_id)
        raise WrongMomentError("already_submitted")
    notify(form_id)
