"""The one move: the only place where a status changes, and what is read and written beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from peewee import SQL, ForeignKeyField

from records.database import LOGGED, database, log, notify, now, transaction
from records.fields import AliasedField, NeverNullField, Table
from records.forms import ComposeForm
from records.statuses import LIFECYCLES, MONEY_FIRST, UNFINISHED
from records.timeline import FormEvent
from records.variations import Variation


def move(
    row: Table | tuple[type[Table], str], to: str, *, by: str, why: str = "", where: Sequence[Any] = (), **changes: Any
) -> bool:
    """Move a row to status `to`, setting `changes` with it. True if this call moved it; False if it may not or `where` fails.

    `row` is a row or (table, id). `by` names who (a job, 'customer', 'stripe'); `why` a short machine word, never
    personal text.
    """
    table, row_id = (type(row), row.id) if isinstance(row, Table) else row
    allowed = [status for status, onward in LIFECYCLES[table.noun].items() if to in onward]
    if (table.noun, to) == ("form", "expired"):
        where = (*where, SQL(MONEY_FIRST, (row_id,)))
    with transaction():
        found = locked(table.select(*_identity(table)).where(table.id == row_id).tuples()).first()
        if found is None or found[0] not in allowed:
            if found is not None and found[0] != to:
                log.info("refused %s %s: %s -> %s (%s)", table.noun, row_id[:LOGGED], found[0], to, by)
            return False
        moved = table.update(status=to, updated_at=now(), **changes).where(table.id == row_id, *where).execute()
        if not moved:
            return False
        append_event(found[1], table.noun, row_id, found[0], to, by=by, why=why)
        notify(found[1])
    log.info("%s %s: %s -> %s (%s)", table.noun, row_id[:LOGGED], found[0], to, by)
    return True


def locked(query: Any) -> Any:
    """Lock the rows of a query until commit. Rows that point to them (by foreign key) can still be inserted meanwhile."""
    return query.for_update("FOR NO KEY UPDATE")


def _identity(table: type[Table]) -> tuple[Any, Any]:
    return (table.status, table.id if table is ComposeForm else table.form)


def append_event(
    form_id: str, noun: str, noun_id: str, from_status: str | None, to_status: str | None, *, by: str, why: str = ""
) -> None:
    """Append one line to the form's timeline."""
    FormEvent.insert(
        form_id=form_id, noun=noun, noun_id=noun_id, from_status=from_status, to_status=to_status, moved_by=by, why=why
    ).execute()


def take_lease(row: ComposeForm | Variation, seconds: float, *statuses: str) -> bool:
    """Claim a row for one job. The lease dies by itself, so a killed worker blocks nobody for longer than `seconds`."""
    table = type(row)
    free = table.lease_until.is_null() | (table.lease_until < now())
    return bool(
        table.update(lease_until=now() + timedelta(seconds=seconds))
        .where(table.id == row.id, table.status.in_(statuses), free)
        .execute()
    )


def read_rows(table: type[Table], where: str, *values: Any, without: tuple[str, ...] = ()) -> list[Any]:
    """The rows of `table` with `where` (our own SQL), as plain values under the names of its fields, older words as ours.

    For what is read on every request: building models and their SQL anew costs four times as much. `without` names
    fields that stay in the database.
    """
    columns, names, converted = _reading(table, without)
    found = []
    for row in database.execute_sql(f'SELECT {columns} FROM "{table._meta.table_name}" WHERE {where}', values):  # noqa: S608
        values_of = dict(zip(names, row, strict=True))
        for name, convert in converted:
            values_of[name] = convert(values_of[name])
        found.append(SimpleNamespace(**values_of))
    return found


@cache
def _reading(table: type[Table], without: tuple[str, ...]) -> tuple[str, list[Any], list[Any]]:
    fields = [field for field in table._meta.sorted_fields if field.name not in without]
    names = [field.object_id_name if isinstance(field, ForeignKeyField) else field.name for field in fields]
    converted = [
        (name, f.python_value) for name, f in zip(names, fields, strict=True) if isinstance(f, NeverNullField | AliasedField)
    ]
    return ", ".join(f'"{field.column_name}"' for field in fields), names, converted


def show_cell(form_id: str, song_index: int, variation: int, only_if: Any = True, **values: str | None) -> None:
    """Write one cell of the jsonb columns that the spec publishes: per cell, so that nine that finish together lose nothing.

    `only_if` is a condition on the form's row. `values` maps column names (variation_audio_urls, variation_titles,
    variation_lyrics) to the cell's text.
    """
    song, cell = str(int(song_index)), str(int(variation))
    changes: dict[str, Any] = {}
    for column, text in values.items():
        name = ComposeForm._meta.fields[column].column_name
        merged = SQL(
            f"jsonb_set(coalesce({name}, '{{}}'), ARRAY[%s], coalesce({name} -> %s, '{{}}') || %s::jsonb)",
            (song, song, json.dumps({cell: text})),
        )
        changes[column] = merged
    ComposeForm.update(updated_at=now(), **changes).where(ComposeForm.id == form_id, only_if).execute()
    notify(form_id)


def settle(form_id: str) -> bool:
    """The last variation out turns off the light: generating -> ready once nothing is unfinished and every song has one."""
    unfinished = "SELECT 1 FROM variations WHERE form_id = %s AND shown AND status IN %s"
    nothing_unfinished = SQL(f"NOT EXISTS ({unfinished})", (form_id, UNFINISHED))
    ready = "SELECT count(DISTINCT song_index) FROM variations WHERE form_id = %s AND shown AND status = 'ready'"
    every_song_has_one = SQL(f"song_count = ({ready})", (form_id,))
    if status_of(form_id) != "variations_generating":
        return False
    return move((ComposeForm, form_id), "variations_ready", by="settle", where=(nothing_unfinished, every_song_has_one))


def status_of(form_id: str) -> str | None:
    """The form's status now, or None where there is no such form."""
    return ComposeForm.select(ComposeForm.status).where(ComposeForm.id == form_id).scalar()  # type: ignore[no-any-return]
