"""An upgrade in the middle of an order: what the release before left behind goes on, also while that release still runs.

tests/data holds a database and the queued jobs as that release left them, and what its provider knew by then; they were
made by make_older_release.py beside them, with that release's own code.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from playhouse.db_url import connect
from playhouse.migrations import Runner
from rq import Queue
from rq.serializers import JSONSerializer

from jobs.generation.submitting import _claim
from models import STEP, Variation, VariationStep, database, in_database, move_steps, now
from tests.support.fakes.task import Task
from tests.support.fakes.vendor import FakeVendor
from tests.support.forms import a_form, a_variation, sql
from tests.support.stack import MADE, ROOT, wait_for

DATA = ROOT / "tests" / "data"
OLDER = json.loads((DATA / "older_release.json").read_text())
LAST_OLDER_MIGRATION = "0013_events_of_a_payment"


class LeftBehind:
    """A database and a Redis as the release before left them, and the provider that it worked with."""

    def __init__(self, vendor: FakeVendor, data_dir: Path) -> None:
        self.vendor = vendor
        self.database_url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/left_behind").geturl()
        shared = os.environ["REDIS_URL"]
        redis_url = f"{shared}?db=9" if shared.startswith("unix:") else urlsplit(shared)._replace(path="/9").geturl()
        self.redis = redis.Redis.from_url(redis_url)
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": redis_url,
            "DATA_DIR": str(data_dir),
            "MUSIC_PROVIDERS": "musicgpt",
            "MUSICGPT_POLL_SECONDS": "1",
            "MUSICGPT_MAX_PARALLEL": "20",
            "LEAST_SONG_SECONDS": "1",
            **vendor.environment(),
        }

    def restore(self) -> None:
        """Put the dump in place; all its moments as if it had been made 30 s ago: leases of submits are about to end."""
        older = connect(self.database_url)
        Runner(older, str(ROOT / "migrations")).up(LAST_OLDER_MIGRATION)
        older.close()
        self.sql((DATA / "older_release.sql").read_text().replace("http://vendor.example", self.vendor.url))
        moments = self.sql(
            "SELECT table_name, column_name FROM information_schema.columns WHERE data_type LIKE 'timestamp%'"
            " AND table_name IN ('compose_forms', 'variations', 'form_events', 'marks')"
        )
        ((age,),) = self.sql("SELECT (now() AT TIME ZONE 'utc') - max(at) - interval '30 seconds' FROM form_events")
        for table, column in moments:
            self.sql(f"UPDATE {table} SET {column} = {column} + %s", age)
        for task in OLDER["tasks"]:
            self.vendor.tasks[task["id"]] = Task(self.vendor, task["id"], task["body"], task["n"], "ok")
        self.redis.flushdb()
        for one in OLDER["jobs"]:
            Queue(one["queue"], connection=self.redis, serializer=JSONSerializer).enqueue(one["job"], *one["ids"])

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return sql(statement, *values, url=self.database_url)

    def run(self, *command: str) -> str:
        """`main.py <command>` to its end; what it printed."""
        words = [sys.executable, "main.py", *command]
        done = subprocess.run(words, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """`main.py <command>`, one of the processes of the Procfile."""
        with (Path(self.environment["DATA_DIR"]) / f"{command}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "main.py", command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def count(self, column: str) -> dict[str | None, int]:
        return dict(self.sql(f"SELECT {column}, count(*) FROM variations WHERE provider IS DISTINCT FROM 'outside' GROUP BY 1"))


@pytest.fixture
def left_behind(tmp_path: Path) -> Iterator[LeftBehind]:
    with FakeVendor("musicgpt", audio="instant") as vendor:
        in_database(database.execute_sql, "CREATE DATABASE left_behind")
        left = LeftBehind(vendor, tmp_path)
        left.restore()
        yield left
        left.redis.flushdb()
        in_database(database.execute_sql, "DROP DATABASE left_behind WITH (FORCE)")


@pytest.mark.slow("two real processes, and 21 songs under way that one worker brings home one after another")
def test_orders_that_were_under_way_go_on_after_the_upgrade_and_nothing_is_bought_twice(left_behind: LeftBehind) -> None:
    before = left_behind.count("stage")
    assert before == {"waiting": 3, "mixing": 3, "uncertain": 6, "submitting": 3, "finishing": 3, None: 6}
    assert "0014" in left_behind.run("migrate")
    assert left_behind.count("step") == {"waiting": 6, "uncertain": 3, "submitting": 3, "finishing": 3, None: 9}
    kept = {"waiting": 3, "mixing": 3, "uncertain": 3, "submitting": 3, "finishing": 3, None: 9}
    assert left_behind.count("stage") == kept, (
        "a worker of the release before may still bring a receipt, and looks for its word"
    )
    assert left_behind.run("migrate").count("0014") == 0
    with ExitStack() as running:
        for command in ("worker", "clock"):
            process = left_behind.start(command)
            running.callback(process.wait, 20)
            running.callback(process.terminate)
        wait_for(lambda: left_behind.count("status") == {"ready": 21, "failed": 3}, "every song under way to be ready", MADE)
        forms = "SELECT status, count(*) FROM compose_forms GROUP BY 1"
        wait_for(lambda: dict(left_behind.sql(forms)).get("variations_ready") == 7, "their forms to be ready")
    bought = left_behind.vendor.submits
    assert bought == 4, "two submits each for what had been placed and what had been queued; the rest was found again"
    assert left_behind.sql("SELECT count(*) FROM bonus_clips WHERE why = 'late'") == [(0,)]
    assert left_behind.count("step") == {None: 24}
    steps = left_behind.sql("SELECT to_status FROM form_events WHERE noun = %s AND moved_by = 'migrate'", STEP)
    assert Counter(step for (step,) in steps) == {"waiting": 7, "uncertain": 3, "submitting": 3, "finishing": 3}
    left_behind.run("doctor")  # every invariant holds, and the timeline tells how every row came to be where it is


COLUMNS = """SELECT table_name, column_name, data_type, is_nullable = 'YES' OR column_default IS NOT NULL
    FROM information_schema.columns WHERE table_schema = 'public'"""


def test_the_release_before_finds_its_tables_as_it_knows_them_and_may_leave_out_what_is_new(left_behind: LeftBehind) -> None:
    """Its web processes serve while migrations are applied, also where somebody reads for minutes: a backup."""
    before = left_behind.sql(COLUMNS)
    with closing(psycopg2.connect(left_behind.database_url)) as backup:
        backup.cursor().execute("SELECT count(*) FROM compose_forms, variations")  # and its transaction stays open
        migrating = left_behind.start("migrate")
        waits = "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database WHERE datname = 'left_behind' AND NOT granted"
        wait_for(lambda: sql(waits), "migrations that wait for the backup")
        assert left_behind.sql("SET lock_timeout = 3000; SELECT count(*) > 0 FROM variations") == [(True,)], (
            "who reads is served"
        )
    assert migrating.wait(60) == 0
    after = left_behind.sql(COLUMNS)
    assert set(before) - set(after) == set(), "nothing is gone, renamed or stricter"
    old_tables = {table for table, *_ in before}
    assert [column for column in after if column[0] in old_tables and column not in before and not column[3]] == []


# What the release before (2c769aa) says to the database, word by word as far as steps are concerned.
OLDER_CLAIM = """
UPDATE variations SET stage = 'submitting', callback_hash = %s,
    lease_until = now() AT TIME ZONE 'utc' + %s * interval '1 second'
WHERE status = 'submitted' AND stage IS NULL AND provider_task_id IS NULL AND submit_leader = (
    SELECT v.submit_leader FROM variations v
    WHERE v.status = 'submitted' AND v.stage IS NULL AND v.provider_task_id IS NULL AND (v.provider = 'demo') = %s
    AND NOT EXISTS (SELECT 1 FROM variations o WHERE o.submit_leader = v.submit_leader AND o.status = 'submitted'
                    AND o.stage IS NULL AND o.provider_task_id IS NULL AND o.clip_index < v.clip_index)
    ORDER BY v.submitted_at LIMIT 1 FOR UPDATE OF v SKIP LOCKED)
RETURNING *
"""
OLDER_RECEIPT = """UPDATE variations SET provider_task_id = 't1', stage = 'waiting' WHERE callback_hash = 'older'
    AND status = 'submitted' AND stage IN ('submitting', 'uncertain') AND provider_task_id IS NULL RETURNING id"""
OLDER_WORDS = {
    "uncertain": "UPDATE variations SET stage = 'uncertain' WHERE id = %s AND provider_task_id IS NULL",
    "cut short": "UPDATE variations SET stage = NULL WHERE id = %s AND (stage IS NULL OR stage = 'submitting')",
    "the provider's word": "UPDATE variations SET stage = 'mixing', progress = 40 WHERE id = %s",
    "finished": "UPDATE variations SET stage = 'finishing', progress = 100 WHERE id = %s AND stage <> 'finishing'",
    "a report that comes late": "UPDATE variations SET stage = 'waiting' WHERE id = %s",
    "ready": "UPDATE variations SET status = 'ready', stage = NULL WHERE id = %s",
    "again": "UPDATE variations SET status = 'queued', stage = NULL, attempt = attempt + 1 WHERE id = %s",
}


def older(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """As a process of the release before: its connections say nothing of steps."""
    return sql(statement, *values, options="")


@pytest.fixture
def placed(migrated: None) -> str:
    """A variation that has its place at a provider and waits for somebody to submit it; its id."""
    sql("DELETE FROM variations")
    row_id = a_variation(a_form(), status="submitted", provider="musicgpt", submitted_at=now())
    sql("UPDATE variations SET submit_leader = id WHERE id = %s", row_id)
    return row_id


def step_of(row_id: str) -> str | None:
    return sql("SELECT step FROM variations WHERE id = %s", row_id)[0][0]  # type: ignore[no-any-return]


def ours() -> list[str]:
    """The ids of the submit that we would take now, as `submit_next` does."""
    return [row.id for row in in_database(_claim, "ours", False)]


def test_what_we_are_submitting_is_not_submitted_by_the_release_before(placed: str) -> None:
    assert ours() == [placed]
    assert older(OLDER_CLAIM, "older", 40, False) == []
    assert sql("SELECT callback_hash, step FROM variations WHERE id = %s", placed) == [("ours", "submitting")]


def test_what_the_release_before_is_submitting_is_not_submitted_by_us(placed: str) -> None:
    assert len(older(OLDER_CLAIM, "older", 40, False)) == 1
    assert (step_of(placed), ours()) == ("submitting", [])
    assert older(OLDER_RECEIPT) == [(placed,)]
    assert step_of(placed) == "waiting"


def test_its_receipt_counts_though_we_doubted_its_submit(placed: str) -> None:
    older(OLDER_CLAIM, "older", 40, False)
    assert in_database(move_steps, [in_database(Variation.find, placed)], "uncertain", by="test") == {placed}
    assert older(OLDER_RECEIPT) == [(placed,)]
    assert step_of(placed) == "waiting"


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (["uncertain"], ["uncertain"]),
        (["cut short"], [None]),
        (["the provider's word"], ["submitting"]),
        (["uncertain", "again"], ["uncertain", None]),
        (["receipt", "the provider's word", "finished"], ["waiting", "waiting", "finishing"]),
        (["receipt", "finished", "the provider's word", "ready"], ["waiting", "finishing", "finishing", None]),
        (["receipt", "finished", "the provider's word", "a report that comes late"], ["waiting"] + ["finishing"] * 3),
    ],
)
def test_our_steps_follow_what_the_release_before_writes(placed: str, words: list[str], steps: list[str | None]) -> None:
    older(OLDER_CLAIM, "older", 40, False)
    seen = []
    for word in words:
        older(OLDER_RECEIPT) if word == "receipt" else older(OLDER_WORDS[word], placed)
        seen.append(step_of(placed))
    assert seen == steps
    lines = sql("SELECT from_status, to_status FROM form_events WHERE noun = %s AND noun_id = %s ORDER BY id", STEP, placed)
    moves = [(None, "submitting"), *((old, new) for old, new in pairwise(["submitting", *seen]) if old != new)]
    ended = words[-1] in ("ready", "again")  # the line of the status tells that
    assert lines == (moves[:-1] if ended else moves), "the timeline tells of each"


def test_a_provider_that_uses_our_words_moves_nothing(placed: str) -> None:
    assert ours() == [placed]
    for word in VariationStep:
        in_database(Variation.update(stage=word).where(Variation.id == placed).execute)
        assert step_of(placed) == "submitting"
