"""An older system's database is adopted: what is missing is added, nothing of it is changed or lost, and its forms open."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import psycopg2.extras
import pytest

from tests.support.stack import MADE, ROOT, Stack, free_port, wait_for

USER = """
CREATE TABLE "user" (id text PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE,
    email_verified boolean NOT NULL DEFAULT false, image text, credits integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now());
INSERT INTO "user" (id, name, email, credits) VALUES ('user_123', 'John Doe', 'user@example.com', 5);
CREATE TABLE music_generations (id text PRIMARY KEY, task_id text NOT NULL UNIQUE, recipient text, generated_prompt text,
    status varchar(50) NOT NULL DEFAULT 'pending', audio_url_1 text, share_slug_v1 text UNIQUE, musicgpt_response jsonb,
    created_at timestamp NOT NULL DEFAULT now(), user_id text REFERENCES "user" (id));
INSERT INTO music_generations (id, task_id, status, audio_url_1, musicgpt_response, user_id)
    VALUES ('a', 't1', 'completed', 'https://old.example/1.mp3', '{"b": 1,  "a": [1.50, null]}', 'user_123');
"""
PUBLISHED = """
CREATE TABLE compose_forms (id text PRIMARY KEY, package_type varchar(50) NOT NULL, song_count integer NOT NULL,
    form_data jsonb NOT NULL, generated_prompts jsonb NOT NULL, variation_task_ids jsonb, variation_audio_urls jsonb,
    selected_variations jsonb, status varchar(50) NOT NULL DEFAULT 'created', stripe_session_id text,
    stripe_payment_intent_id text, amount_paid integer, paid_at timestamp, user_id text REFERENCES "user" (id),
    guest_email text, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now(),
    expires_at timestamp);
CREATE INDEX compose_forms_status_idx ON compose_forms (status);
"""
WIDER = PUBLISHED.replace(
    "selected_variations jsonb,",
    "selected_variations jsonb, music_styles jsonb, variation_styles jsonb, variation_lyrics jsonb, variation_titles jsonb,",
)
TOP = {
    "senderName": "Dad", "senderEmail": "dad@example.com", "senderPhone": "0123456789", "senderMessage": "x",
    "deliverySpeed": "express", "recipientName": "Mia", "relationship": "daughter", "theme": "christmas-wish",
    "emotions": "love", "recipientNickname": "Mimi",
}  # fmt: skip
SONG = {"recipientName": "Ben", "relationship": "son", "theme": "merry-christmas", "emotions": ["joy"]}
MANY = {"senderName": "Mum", "senderEmail": "mum@example.com", "deliverySpeed": "standard", "songs": [SONG, SONG, SONG]}
URLS = {"0": {"1": "https://old.example/1.mp3", "2": "https://old.example/2.mp3", "3": "https://old.example/3.mp3"}}
TASKS = {"0": ["a1", "a2", "a3"]}


def old_rows(wide: bool) -> list[dict[str, Any]]:
    """One row for everything that an older system may have left behind."""
    empty: dict[str, Any] = {
        "package_type": "solo-serenade", "song_count": 1, "form_data": TOP, "generated_prompts": ["A song for Mia"],
        "variation_task_ids": None, "variation_audio_urls": None, "selected_variations": None, "status": "created",
        "guest_email": "dad@example.com",
    }  # fmt: skip
    paid = {**empty, "variation_task_ids": TASKS, "variation_audio_urls": URLS, "selected_variations": {"0": 2}}
    words = {"variation_titles": {"0": {"2": "For Mia"}}, "variation_lyrics": {"0": {"2": "la la"}}} if wide else {}
    return [
        {**empty, "id": "form_1765898400001_uaajy0qg1"},
        {**empty, "id": "form_1765898400002_uaajy0qg2", "status": "prompts_generated"},
        {**empty, "id": "form_1765898400003_uaajy0qg3", "status": "variations_generating",
         "variation_task_ids": {"0": ["b1", None, "b3"]}, "variation_audio_urls": {"0": {"1": "https://old.example/b.mp3"}}},
        {**paid, "id": "form_1765898400004_uaajy0qg4", "status": "variations_ready", "selected_variations": None,
         "variation_task_ids": {"0": ["c1", "c2", "c3"]}},
        {**paid, **words, "id": "form_1765898400005_uaajy0qg5", "status": "payment_successful"},
        {**paid, "id": "form_1765898400006_uaajy0qg6", "status": "completed", "selected_variations": {"0": [2, 3]},
         "variation_task_ids": {"0": ["d1", "d2", "d3"]}},
        {**empty, "id": "form_1765898400007_uaajy0qg7", "status": "composing", "generated_prompts": []},
        {**paid, "id": "form_1765898400008_uaajy0qg8", "status": "delivered", "variation_task_ids": {"0": ["e1", "e2", "e3"]},
         "amount_paid": 999, "paid_at": "2025-12-16 18:00", "user_id": "user_123", "stripe_session_id": "cs_test_1"},
        {**empty, "id": "form_1765898400009_uaajy0qg9", "package_type": "bundle", "song_count": 3, "form_data": MANY,
         "generated_prompts": ["a", "b", "c"], "status": "prompts_generated"},
        {**empty, "id": "form_1765898400010_uaajy0qga", "package_type": "gold", "song_count": 0, "form_data": {}},
    ]  # fmt: skip


def run(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@pytest.fixture(params=["the published table", "the wider table"])
def old_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database as an older system left it."""
    admin = psycopg2.connect(os.environ["DATABASE_URL"])
    admin.autocommit = True
    name = f"old_{uuid.uuid4().hex[:8]}"
    admin.cursor().execute(f"CREATE DATABASE {name}")
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    wide = request.param == "the wider table"
    run(url, USER)
    run(url, WIDER if wide else PUBLISHED)
    for row in old_rows(wide):
        values = [json.dumps(value) if isinstance(value, dict | list) else value for value in row.values()]
        run(url, f"INSERT INTO compose_forms ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", *values)
    yield url
    admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


def migrate(url: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NICEGUI_"))}
    done = subprocess.run(
        [sys.executable, "main.py", "migrate"],
        cwd=ROOT,
        env=environment | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def columns_of(url: str, table: str) -> str:
    found = run(
        url, "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", table
    )
    return ", ".join(f'"{name}"' for (name,) in found)


def content(url: str, table: str, columns: str) -> list[tuple[Any, ...]]:
    return run(url, f'SELECT t::text, xmin::text FROM (SELECT {columns}, xmin FROM "{table}" ORDER BY id) t')


def test_nothing_of_an_older_database_is_changed_and_a_second_run_does_nothing(old_database: str) -> None:
    before = {table: columns_of(old_database, table) for table in ("user", "music_generations", "compose_forms")}
    rows = {table: content(old_database, table, columns) for table, columns in before.items()}
    assert "0001" in migrate(old_database)
    for table, columns in before.items():
        assert content(old_database, table, columns) == rows[table], f"{table}, to the byte and the transaction"
    for table in ("user", "music_generations"):
        assert columns_of(old_database, table) == before[table]
    everything = run(old_database, "SELECT count(*) FROM variations")[0], columns_of(old_database, "compose_forms")
    assert migrate(old_database) == ""
    assert everything == (run(old_database, "SELECT count(*) FROM variations")[0], columns_of(old_database, "compose_forms"))


def test_what_is_written_from_now_on_obeys_the_rules_also_in_an_older_row(old_database: str) -> None:
    migrate(old_database)
    ours = "INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, status)"
    for wrong in ("VALUES ('x', 'solo-serenade', 0, '{}', '[]', 'created')", "VALUES ('y', 'z', 1, '{}', '[]', 'delivered')"):
        with pytest.raises(psycopg2.errors.CheckViolation):
            run(old_database, f"{ours} {wrong}")
    run(old_database, "UPDATE compose_forms SET status = 'delivered' WHERE id = 'form_1765898400005_uaajy0qg5'")


def test_older_forms_open_in_the_new_pages(old_database: str) -> None:
    scratch = Path(tempfile.mkdtemp(prefix="serenade-adoption-"))
    scratch.chmod(0o755)
    try:
        more = {"DATABASE_URL": old_database, "REDIS_URL": None, "WORKERS": "1", "DEMO": "false"}
        with Stack(scratch, free_port(), **more) as stack:
            look_at_all_pages(stack)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def look_at_all_pages(stack: Stack) -> None:
    rows = {row["id"]: stack.form(row["id"]) for row in old_rows(False)}
    by_end = {form_id[-1]: form for form_id, form in rows.items()}
    words = [by_end[end]["status"] for end in "567"]
    assert words == ["payment_completed", "delivered", "created"], "an older system's words are read as ours"
    for form_id, form in rows.items():
        for page in ("create", "variations", "success"):
            answer = stack.call("GET", f"/compose/{page}", params={"formId": form_id})
            assert answer.status_code == 200, (form_id, page)
            assert "Traceback" not in answer.text
        assert form["formData"]["songs"][0].get("recipientName", "") in ("Mia", "Ben", "")
    heard = by_end["3"]["songs"][0]["variations"]
    assert [(one["variation"], one["status"], one["previewUrl"]) for one in heard] == [
        (1, "ready", "https://old.example/b.mp3"),
        (3, "failed", None),
    ]
    older = stack.call("GET", "/api/status/b1").json()
    assert (older["audioUrl"], older["formId"]) == ("https://old.example/b.mp3", None), "its ids stood in public players"
    for end, chosen in (("5", 2), ("6", 2), ("8", 2)):
        form = by_end[end]
        assert form["songs"][0]["selected"] == chosen
        assert form["selectedVariations"] == {"0": chosen}
        assert form["songs"][0]["variations"][1]["audioUrl"] == "https://old.example/2.mp3"
        gift = stack.call("GET", form["shareUrls"]["0"].removeprefix(stack.url))
        assert gift.status_code == 200
        assert "Mia" in gift.text
        assert "https://old.example/2.mp3" in gift.text
    change = stack.call("PATCH", "/api/compose/forms", json={"formId": by_end["4"]["id"], "selectedVariations": {"0": 3}})
    assert change.json()["form"]["selectedVariations"] == {"0": 3}, "an older song can still be chosen"
    begun = stack.call("POST", "/api/generate", json={"formId": by_end["9"]["id"]})
    assert [len(tasks) for tasks in begun.json()["variationTaskIds"].values()] == [3, 3, 3]
    stack.generate(by_end["2"]["id"])

    def one_is_ready() -> bool:
        return any(one["status"] == "ready" for one in stack.form(by_end["2"]["id"])["songs"][0]["variations"])

    wait_for(one_is_ready, "an older form to go on", MADE)
    assert stack.read_log().count("Traceback") == 0
