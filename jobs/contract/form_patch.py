"""What the contract changes on a form: one request is one transaction, all of it or nothing, and never over a newer version."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from jobs.contract import trusted_patch
from jobs.forms.drafts import rewrite_draft
from jobs.generation.selection import choose_task
from jobs.generation.variations import choose_variation
from models import (
    BEFORE_VARIATIONS,
    UNPAID,
    ComposeForm,
    FormStatus,
    GoneError,
    NotFoundError,
    WrongMomentError,
    database,
    notify,
    now,
    transaction,
)

LOCKED = "SELECT version, song_count, status FROM compose_forms WHERE id = %s FOR NO KEY UPDATE"


class StaleError(Exception):
    """The caller has seen an older version of the form than there is; `version` is the one there is."""

    def __init__(self, version: int) -> None:
        super().__init__("the form has changed since you read it")
        self.version = version


def change_form(
    form_id: str, changes: dict[str, Any], *, check: Callable[[int], None], expected: Collection[int] | None = None
) -> None:
    """Make these changes, named by column, once `check` agrees that they fit so many songs.

    With `expected` only if the form is at one of these versions.

    Raises NotFoundError, StaleError, WrongMomentError, InvalidFormError; then nothing has changed.
    """
    with transaction():
        found = database.execute_sql(LOCKED, (form_id,)).fetchone()
        if found is None:
            raise NotFoundError("no such form")
        version, song_count, status = found
        if status == FormStatus.EXPIRED:
            raise GoneError("this form has expired")
        if expected is not None and version not in expected:
            raise StaleError(version)
        check(song_count)
        for name, verb in _VERBS.items():
            if name in changes:
                verb(form_id, changes[name])
        trusted_patch.write(form_id, changes)


def write_email(form_id: str, address: str | None) -> None:
    """The address that the link is mailed to; the customer may correct it until it is paid."""
    _write(form_id, UNPAID, guest_email=address)


def write_prompts_of_client(form_id: str, prompts: list[str]) -> None:
    """A client's own prompts, until the variations are begun; not while our writer is at work, who would overwrite them."""
    _write(form_id, BEFORE_VARIATIONS, _writer_is_idle(), generated_prompts=prompts)


def write_music_styles(form_id: str, styles: list[str]) -> None:
    """A client's own style of each song, under the same conditions."""
    _write(form_id, BEFORE_VARIATIONS, _writer_is_idle(), music_styles=styles)


def write_variation_styles(form_id: str, styles: list[list[str]]) -> None:
    """A client's own three styles of each song, under the same conditions."""
    _write(form_id, BEFORE_VARIATIONS, _writer_is_idle(), variation_styles=styles)


def _writer_is_idle() -> Any:
    free = ComposeForm.lease_until.is_null() | (ComposeForm.lease_until < now())
    return free & ((ComposeForm.status != FormStatus.CREATED) | ComposeForm.submitted_at.is_null())


def choose_all(form_id: str, selected: dict[str, int]) -> None:
    """One variation of each named song."""
    for song_index, variation in selected.items():
        choose_variation(form_id, int(song_index), variation)


def choose_tasks(form_id: str, task_ids: dict[str, str]) -> None:
    """Exactly these recordings, one of each named song; earlier ones are restored with their lyrics."""
    for song_index, task_id in task_ids.items():
        choose_task(form_id, task_id, int(song_index))


def _write(form_id: str, statuses: tuple[str, ...], only_if: Any = True, **values: Any) -> None:
    written = (
        ComposeForm.update(updated_at=now(), **values)
        .where(ComposeForm.id == form_id, ComposeForm.status.in_(statuses), only_if)
        .execute()
    )
    if not written:
        raise WrongMomentError("too_late_to_change")
    notify(form_id)


_VERBS: dict[str, Callable[[str, Any], None]] = {
    "form_data": rewrite_draft,
    "guest_email": write_email,
    "generated_prompts": write_prompts_of_client,
    "music_styles": write_music_styles,
    "variation_styles": write_variation_styles,
    "selected_variations": choose_all,
    "selected_task_ids": choose_tasks,
}
