"""Forms and variations for tests that need rows but no journey, written by SQL with a connection of their own."""

from __future__ import annotations

import json
import os
import threading
from contextlib import closing
from typing import Any

import psycopg2

from integrations.storage import storage
from models import CheckoutSession, ComposeForm, Variation, database, new_form_id, new_id, now
from tests.support.stack import example_form_data

KNOWS_STEPS = "-c serenade.knows_steps=on"  # by this the trigger of migration 0014 knows us
_kept = threading.local()  # a connection for each thread: a fresh one costs the server 20 ms of a processor


def sql(statement: str, *values: Any, url: str = "", options: str = KNOWS_STEPS) -> list[tuple[Any, ...]]:
    """Run one statement and commit; its rows, if it has any. `options` are the connection's, by default as our own have.

    On the tests' own database a connection is kept; for another `url` or other `options` one is opened.
    """
    if url or options != KNOWS_STEPS:
        with closing(_connection(url or os.environ["DATABASE_URL"], options)) as connection:
            return _run(connection, statement, values)
    try:
        return _run(_kept_connection(), statement, values)
    except psycopg2.Error:
        if not _kept.connection.closed:
            raise
    return _run(_kept_connection(), statement, values)  # the server cut it: a test restarted it


def _kept_connection() -> Any:
    connection = getattr(_kept, "connection", None)
    if connection is None or connection.closed:
        connection = _kept.connection = _connection(os.environ["DATABASE_URL"], KNOWS_STEPS)
    return connection


def _connection(url: str, options: str) -> Any:
    connection = psycopg2.connect(url, options=options)
    connection.autocommit = True
    return connection


def _run(connection: Any, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


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


def a_stored_form(status: str = "variations_ready", **more: Any) -> str:
    """A form with three ready variations, with files, by rows alone: no process of the product is needed."""
    form_id = new_form_id()
    values = {"form_data": example_form_data(), "guest_email": "dad@example.com", "submitted_at": now(), **more}
    if status in ("payment_completed", "delivered"):
        values = {"amount_paid": 999, "paid_at": now(), "selected_variations": {"0": 2}, **values}
    with database.connection_context():
        ComposeForm.insert(id=form_id, package_type="solo-serenade", song_count=1, status=status, **values).execute()
        for variation in (1, 2, 3):
            task = new_id("task")
            keys = {"master_key": f"{task}/master-1.mp3", "preview_key": f"{task}/preview-1.mp3"}
            for key in keys.values():
                storage().put(key, b"sound")
            Variation.insert(
                id=task, form=form_id, song_index=0, variation=variation, status="ready", duration_ms=1000, lyrics="la", **keys
            ).execute()
    return form_id


def checkout_session(form_id: str, status: str) -> None:
    """An attempt to pay in this status."""
    with database.connection_context():
        CheckoutSession.insert(
            id=new_id("checkout"), form=form_id, attempt=1, idempotency_key=new_id("key"), amount=999, currency="usd",
            selected_variations={}, selected_task_ids={}, status=status, expires_at=now(),
        ).execute()  # fmt: skip


def find_in_database(word: str) -> list[str]:
    """The tables that hold this word anywhere."""
    found = []
    with database.connection_context():
        for table in database.get_tables():
            sql = f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s'
            if database.execute_sql(sql, (f"%{word}%",)).fetchone()[0]:
                found.append(table)
    return found
