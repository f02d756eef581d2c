"""The published table (docs/api.md), column by column, and migrations that several processes may start at once."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

from models import database
from tests.support.stack import ROOT

PUBLISHED = {
    "id": "text",
    "package_type": "character varying",
    "song_count": "integer",
    "form_data": "jsonb",
    "generated_prompts": "jsonb",
    "variation_task_ids": "jsonb",
    "variation_audio_urls": "jsonb",
    "selected_variations": "jsonb",
    "status": "character varying",
    "stripe_session_id": "text",
    "stripe_payment_intent_id": "text",
    "amount_paid": "integer",
    "paid_at": "timestamp without time zone",
    "user_id": "text",
    "guest_email": "text",
    "created_at": "timestamp without time zone",
    "updated_at": "timestamp without time zone",
    "expires_at": "timestamp without time zone",
}


def test_compose_forms_has_the_published_eighteen_columns(migrated: None) -> None:
    with database.connection_context():
        found = dict(
            database.execute_sql(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'compose_forms'"
            ).fetchall()
        )
    assert {name: found.get(name) for name in PUBLISHED} == PUBLISHED


def test_music_generations_is_never_created(migrated: None) -> None:
    with database.connection_context():
        tables = {name for (name,) in database.execute_sql("SELECT tablename FROM pg_tables").fetchall()}
    assert "music_generations" not in tables
    assert {"compose_forms", "variations", "checkout_sessions", "stripe_events", "emails", "form_events", "user"} <= tables


def test_several_processes_may_migrate_at_once(migrated: None) -> None:
    """On an empty database of their own: one applies, the others wait for its lock and find nothing left to do."""
    with database.connection_context():
        database.execute_sql("CREATE DATABASE apart")
    parts = urlsplit(os.environ["DATABASE_URL"])
    apart = {**os.environ, "DATABASE_URL": parts._replace(path="/apart").geturl()}
    racing = [
        subprocess.Popen([sys.executable, "main.py", "migrate"], cwd=ROOT, env=apart, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    printed = [process.communicate(timeout=60)[0] for process in racing]
    assert [process.returncode for process in racing] == [0, 0, 0]
    assert sum("0001" in text for text in printed) == 1


def test_the_events_of_a_payment_are_found_by_an_index(migrated: None) -> None:
    """Whoever asks to be forgotten must not wait for every event there ever was."""
    query = "UPDATE stripe_events SET payload = '{}' WHERE object_id IN ('cs', 'pi')"
    query += " OR payload -> 'data' -> 'object' ->> 'payment_intent' IN ('pi', 'pj')"
    with database.connection_context(), database.atomic():
        database.execute_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(line for (line,) in database.execute_sql(f"EXPLAIN {query}").fetchall())
    assert "events_by_payment" in plan, plan
    assert "Seq Scan" not in plan
