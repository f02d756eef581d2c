"""Forms that are ready to choose from, for tests whose promise begins there: copies of one that the product really made."""

from __future__ import annotations

import json
import secrets
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from integrations.storage import storage
from models import database, in_database, new_form_id, new_id
from tests.support.stack import MADE, Stack

READ = """SELECT json_build_object(
    'compose_forms', (SELECT jsonb_agg(f) FROM compose_forms f WHERE f.id = %(id)s),
    'variations', (SELECT jsonb_agg(v ORDER BY song_index, variation) FROM variations v WHERE v.form_id = %(id)s),
    'form_events', (SELECT jsonb_agg(to_jsonb(e) - 'id' ORDER BY e.id) FROM form_events e WHERE e.form_id = %(id)s))::text"""


@dataclass(frozen=True)
class Pattern:
    """What there is of one form: its rows as JSON, and its files by key."""

    rows: str
    files: dict[str, bytes]


_patterns: dict[tuple[int, bool], Pattern] = {}


def a_ready_form(stack: Stack, songs: int = 1, *, real: bool = False) -> str:
    """A form whose variations are all ready; its id. Only the first of a size is made, a copy is as good.

    Its songs are tones (tests/support/quick_studio.py), or `real` music.
    """
    if (songs, real) not in _patterns:
        form_id = stack.create(songs)
        with stack.studio_pace("real") if real else nullcontext():
            stack.generate(form_id)
            stack.await_status(form_id, "variations_ready", seconds=600 if real else MADE)
        keep_pattern(form_id, songs, real=real)
    return _copy(_patterns[songs, real])


def keep_pattern(form_id: str, songs: int = 1, *, real: bool = False) -> None:
    """What `a_ready_form` copies from now on: a test that made one anyway spares the next test the making."""
    _patterns[songs, real] = _read(form_id)


def _read(form_id: str) -> Pattern:
    rows = str(in_database(lambda: database.execute_sql(READ, {"id": form_id}).fetchone()[0]))
    keys = [one[kind] for one in json.loads(rows)["variations"] for kind in ("master_key", "preview_key")]
    return Pattern(rows, {key: storage().get(key) for key in keys})


def _copy(pattern: Pattern) -> str:
    """Every id is a new one, wherever it stands: in rows, in the columns that show them, in the names of the files."""
    before = json.loads(pattern.rows)
    form_id = new_form_id()
    names = {before["compose_forms"][0]["id"]: form_id}
    for one in before["variations"]:
        names |= {one["id"]: new_id("task"), one["provider_task_id"]: f"studio_{secrets.token_hex(16)}"}

    def renamed(text: str) -> str:
        for old, new in names.items():
            text = text.replace(old, new)
        return text

    for key, content in pattern.files.items():
        storage().put(renamed(key), content)
    in_database(_insert, json.loads(renamed(pattern.rows)))
    return form_id


def _insert(tables: dict[str, list[dict[str, Any]]]) -> None:
    """At once: nobody sees a form without its songs."""
    with database.atomic():
        for table, rows in tables.items():
            columns = ", ".join(rows[0])
            insert = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s)"
            database.execute_sql(insert, (json.dumps(rows),))
