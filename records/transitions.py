"""The one move: the only place where a status or a step changes, and what is read and written beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from peewee import SQL, ForeignKeyField, Tuple

from records.database import LOGGED, database, log, notify, now, transaction
from records.fields import AliasedField, NeverNullField, Table
from records.forms import ComposeForm
from records.statuses import AT_PROVIDER, LIFECYCLES, MONEY_FIRST, STEP, UNFINISHED, FormStatus, VariationStep
from records.timeline import FormEvent
from records.variations import Variation


def move(
    row: Table | tuple[type[Table], str], to: str, *, by: str, why: str = "", where: Sequence[Any] = (), **changes: Any
) -> bool:
    """Move a row to status `to`, setting `changes` with it. True if this call moved it; False if it may not or `where` fails.

    `row` is a row or (table, id). `by` names who (a job, 'customer', 'stripe'); `why` a short code, never
    personal text.
    """
    table, row_id = (type(row), row.id) if isinstance(row, Table) else row
    if (table.noun, to) == ("form", FormStatus.EXPIRED):
        where = (*where, SQL(MONEY_FIRST, (row_id,)))
    return bool(move_all(table, [row_id], to, by=by, why=why, where=where, **changes))


def move_all(
    table: type[Table], ids: Sequence[str], to: str, *, by: str, why: str = "", where: Sequence[Any] = (), **changes: Any
) -> set[str]:
    """As `move`, of several rows in one commit; the ids of those that were moved."""
    if table is Variation and to not in AT_PROVIDER:
        changes["step"] = None  # a step ends with the status that it belongs to; the line of the status says so
    return _moved(_Lifecycle(table.noun, table, table.status), ids, to, _Said(by, why), where, changes)


def move_steps(
    rows: Sequence[Variation],
    to: VariationStep | None,
    *,
    by: str,
    why: str = "",
    where: Sequence[Any] = (),
    skip_locked: bool = False,
    **changes: Any,
) -> set[str]:
    """As `move_all`, for our own work on attempts that are with a provider. Only the attempts that `rows` hold are moved.

    `skip_locked` leaves out rows that another transaction has locked, where the caller runs again anyway: many rows of many
    forms are never waited for one after another.
    """
    attempts = Tuple(Variation.id, Variation.attempt).in_([(row.id, row.attempt) for row in rows])
    where = (attempts, Variation.status.in_(AT_PROVIDER), *where)
    life = _Lifecycle(STEP, Variation, Variation.step)
    return _moved(life, [row.id for row in rows], to, _Said(by, why), where, changes, skip_locked)


@dataclass(frozen=True)
class _Lifecycle:
    """Which table of LIFECYCLES is kept to, and the column that holds where a row is in it."""

    noun: str
    table: type[Table]
    column: Any


@dataclass(frozen=True)
class _Said:
    """What the timeline says of a move beside where it went."""

    by: str
    why: str


def _moved(
    life: _Lifecycle,
    ids: Sequence[str],
    to: str | None,
    said: _Said,
    where: Sequence[Any],
    changes: dict[str, Any],
    skip_locked: bool = False,
) -> set[str]:
    table = life.table
    with transaction():
        found = _locked_at(life, ids, skip_locked)
        allowed = [row_id for row_id, (_, before) in found.items() if to in LIFECYCLES[life.noun].get(before, ())]
        _log_refused(life, {row_id: before for row_id, (_, before) in found.items() if row_id not in allowed}, to, said)
        if not allowed:
            return set()
        values = {life.column.name: to, "updated_at": now(), **changes}
        done = table.update(**values).where(table.id.in_(allowed), *where).returning(table.id).tuples().execute()
        moved = {row_id: found[row_id] for (row_id,) in done}
        _append([(form_id, life.noun, row_id, before, to) for row_id, (form_id, before) in moved.items()], said)
        for form_id, _ in moved.values():
            notify(form_id)
    for row_id, (_, before) in moved.items():
        log.info("%s %s: %s -> %s (%s)", life.noun, row_id[:LOGGED], before, to, said.by)
    return set(moved)


def _locked_at(life: _Lifecycle, ids: Sequence[str], skip_locked: bool) -> dict[str, tuple[str, str | None]]:
    """id -> (form id, where the row is now), of rows that stay so until commit. In order of ids, so that two cannot cross."""
    table = life.table
    form = table.id if table is ComposeForm else table.form
    rows = locked(table.select(table.id, form, life.column).where(table.id.in_(ids)).order_by(table.id), skip_locked).tuples()
    return {row_id: (form_id, before) for row_id, form_id, before in rows}


def _log_refused(life: _Lifecycle, rows: dict[str, str | None], to: str | None, said: _Said) -> None:
    for row_id, before in rows.items():
        if before != to:
            log.info("refused %s %s: %s -> %s (%s)", life.noun, row_id[:LOGGED], before, to, said.by)


def locked(query: Any, skip_locked: bool = False) -> Any:
    """Lock the rows of a query until commit. Rows that point to them (by foreign key) can still be inserted meanwhile."""
    return query.for_update("FOR NO KEY UPDATE SKIP LOCKED" if skip_locked else "FOR NO KEY UPDATE")


def append_event(
    form_id: str, noun: str, noun_id: str, from_status: str | None, to_status: str | None, *, by: str, why: str = ""
) -> None:
    """Append one line to the form's timeline."""
    _append([(form_id, noun, noun_id, from_status, to_status)], _Said(by, why))


def _append(moves: list[tuple[str, str, str, str | None, str | None]], said: _Said) -> None:
    names = ("form_id", "noun", "noun_id", "from_status", "to_status")
    if moves:
        FormEvent.insert_many(
            [{**dict(zip(names, one, strict=True)), "moved_by": said.by, "why": said.why} for one in moves]
        ).execute()


def take_lease(row: ComposeForm | Variation, seconds: float, *statuses: str, only_if: Any = True) -> bool:
    """Claim a row for one job, where `only_if` holds for what is in it by now. The lease ends by itself, so a killed worker
    blocks nobody for longer than `seconds`.
    """
    table = type(row)
    free = table.lease_until.is_null() | (table.lease_until < now())
    return bool(
        table.update(lease_until=now() + timedelta(seconds=seconds))
        .where(table.id == row.id, table.status.in_(statuses), free, only_if)
        .execute()
    )


def read_rows(table: type[Table], where: str, *values: Any, without: tuple[str, ...] = ()) -> list[Any]:
    """The rows of `table` with `where` (our own SQL), as plain values under the names of its fields, older values as ours.

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
    """Write one cell of the published jsonb columns (docs/api.md): per cell, so that nine that finish together lose nothing.

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
    """Close the form's generation: generating -> ready once nothing is unfinished and every song has a ready variation."""
    unfinished = "SELECT 1 FROM variations WHERE form_id = %s AND shown AND status IN %s"
    nothing_unfinished = SQL(f"NOT EXISTS ({unfinished})", (form_id, UNFINISHED))
    ready = "SELECT count(DISTINCT song_index) FROM variations WHERE form_id = %s AND shown AND status = 'ready'"
    every_song_has_one = SQL(f"song_count = ({ready})", (form_id,))
    if status_of(form_id) != FormStatus.VARIATIONS_GENERATING:
        return False
    return move(
        (ComposeForm, form_id), FormStatus.VARIATIONS_READY, by="settle", where=(nothing_unfinished, every_song_has_one)
    )


def status_of(form_id: str) -> str | None:
    """The form's status now, or None where there is no such form."""
    return ComposeForm.select(ComposeForm.status).where(ComposeForm.id == form_id).scalar()  # type: ignore[no-any-return]
