"""Forms and variations for tests that need rows but no journey, written by SQL with a connection of their own."""

from __future__ import annotations

import json
import os
from typing import Any

import psycopg2

from models import KNOWS_STEPS, new_form_id, new_id
from tests.support.stack import example_form_data


def sql(statement: str, *values: Any, url: str = "", options: str = KNOWS_STEPS) -> list[tuple[Any, ...]]:
    """Run one statement and commit; its rows, if it has any. `options` are the connection's, by default as our own have."""
    connection = psycopg2.connect(url or os.environ["DATABASE_URL"], options=options)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def a_form(songs: int = 1, **columns: Any) -> str:
    """A form with complete answers; its id. `columns` are stored as they are, dicts and lists as jsonb."""
    row = {
        "id": new_form_id(),
        "package_type": {1: "solo-serenade", 3: "holiday-hamper"}[songs],
        "song_count": songs,
        "form_data": example_form_data(songs),
        "guest_email": "dad@example.com",
        **columns,
    }
    return insert("compose_forms", row)


def a_variation(form_id: str, song_index: int = 0, variation: int = 1, **columns: Any) -> str:
    """A variation that could be in any status; its id."""
    audio = {"master_key": "m", "preview_key": "p", "duration_ms": 1000, "error_code": "lost"}
    place = {"form_id": form_id, "song_index": song_index, "variation": variation}
    return insert("variations", {"id": new_id("task"), **place, **audio, **columns})


def insert(table: str, row: dict[str, Any]) -> str:
    """One row; its id."""
    names = ", ".join(row)
    values = [json.dumps(value) if isinstance(value, dict | list) else value for value in row.values()]
    sql(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", *values)
    return str(row["id"])
