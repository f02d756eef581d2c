"""Makes older_release.sql and older_release.json with the code of the release before: what it leaves behind when it stops.

Run it in a checkout of commit 2c769aa, with the folder to write to: `python make_older_release.py FOLDER`. Every row is
written by that release's own jobs against its own fake vendor, which only sometimes stop half-way, as a killed worker does.
It is kept so that one can see how the dump came to be; the code that it imports is not in this tree any more.
"""

# ruff: noqa
from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, ".")
target = Path(sys.argv[1])
scratch = Path(tempfile.mkdtemp(prefix="older-release-"))
scratch.chmod(0o755)

from tests.fakes.vendor import FakeVendor

vendor = FakeVendor("musicgpt", audio="instant").__enter__()
os.environ |= {
    "DATA_DIR": str(scratch / "data"),
    "MUSIC_PROVIDERS": "musicgpt",
    **vendor.environment(),
    "MUSICGPT_MAX_PARALLEL": "100",
    "MUSIC_ALLOW_PRIVATE_HOSTS": "1",
    "LEAST_SONG_SECONDS": "1",
}
from embedded.stores import start_stores

stores = start_stores(scratch / "stores", True, True)
os.environ |= {"DATABASE_URL": stores.database_url, "REDIS_URL": stores.redis_url}

import psycopg2
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from integrations.music import State
from jobs import composing, form_data, generation, polling, trusted, writing
from jobs.failing import give_up
from jobs.providers import provider
from integrations.music import Reason
from migrations import migrate_database
from models import Variation, database, now
from tests.house import told

migrate_database()
database.connect()
music = provider("musicgpt")


class Killed(BaseException):
    """The worker is gone."""


def order(name: str) -> str:
    answers = told(1)
    answers["songs"][0]["recipientName"] = name
    form = composing.create_form("solo-serenade", form_data.check(answers, 1))
    writing._write(form)
    composing.begin_variations(form.id)
    writing.start_generating(form.id)
    return form.id


def submit() -> None:
    generation._dispatch()
    while generation._submit_next():
        pass


def poll() -> None:
    Variation.update(next_poll_at=now()).execute()
    polling._poll_provider(music)


vendor.latency = 3600  # nothing is finished
order("Waiting")
submit()

mixing = order("Mixing")
submit()
real = music.statuses
music.statuses = lambda tasks: {task: replace(state, stage="mixing", progress=40) for task, state in real(tasks).items()}
form = Variation.provider_task_id.is_null(False) & (Variation.form == mixing)
Variation.update(next_poll_at=now() + timedelta(hours=1)).where(~form).execute()
Variation.update(next_poll_at=now()).where(form).execute()
polling._poll_provider(music)
music.statuses = real

vendor.faults = ["accept_then_close"] * 2
order("Uncertain")
submit()

vendor.faults = ["close"] * 2
given_up = order("Givenup")
submit()
for row in Variation.select().where(Variation.form == given_up):
    give_up(row, Reason.SUBMIT_UNCERTAIN)

order("Submitting")


def receipt(*_: object) -> None:
    raise Killed


kept, generation._receipt = generation._receipt, receipt
generation._dispatch()
for _ in range(2):
    try:
        generation._submit_next()
    except Killed:
        pass
generation._receipt = kept

finishing = order("Finishing")
submit()
vendor.latency = 0
mine = Variation.form == finishing
Variation.update(next_poll_at=now() + timedelta(hours=1)).where(~mine).execute()
Variation.update(next_poll_at=now()).where(mine).execute()
polling._poll_provider(music)

order("Placed")
generation._dispatch()
order("Queued")
outside = composing.create_form("solo-serenade", form_data.check(told(1), 1))
writing._write(outside)
trusted.write(outside.id, {"variation_task_ids": {"0": ["outside-task-1"]}})

Variation.update(next_poll_at=now()).where(Variation.next_poll_at.is_null(False)).execute()  # not as late as put off above
print(sorted({(row.form_id, row.status, row.stage, bool(row.provider_task_id)) for row in Variation.select()}))

TABLES = "compose_forms variations form_events bonus_clips emails alerts marks".split()
lines = [f"-- Left behind by the release before (commit 2c769aa); made by {Path(__file__).name}."]
with psycopg2.connect(stores.database_url) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in cursor.fetchall():
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        assert table in TABLES or cursor.fetchone()[0] == 0 or table == "schema_migration", table
    for table in TABLES:
        cursor.execute(f"SELECT column_name FROM information_schema.columns WHERE table_name = %s AND NOT (column_name = 'id' AND data_type = 'bigint') ORDER BY ordinal_position", (table,))
        names = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"SELECT {', '.join(name + '::text' for name in names)} FROM {table} ORDER BY 1, 2")
        if table == "form_events":
            cursor.execute(f"SELECT {', '.join(name + '::text' for name in names)} FROM {table} ORDER BY id")
        for row in cursor.fetchall():
            filled = [(name, value) for name, value in zip(names, row) if value is not None]
            values = cursor.mogrify(", ".join(["%s"] * len(filled)), [value for _, value in filled]).decode()
            lines.append(f"INSERT INTO {table} ({', '.join(name for name, _ in filled)}) VALUES ({values});")
(target / "older_release.sql").write_text("\n".join(lines).replace(vendor.url, "http://vendor.example") + "\n")

jobs = []
for name in ("urgent", "default"):
    for job in Queue(name, connection=redis.Redis.from_url(stores.redis_url), serializer=JSONSerializer).get_jobs():
        jobs.append({"queue": name, "job": job.func_name, "ids": list(job.args)})
tasks = [{"id": task.id, "n": task.n, "body": {"title": task.body["title"]}} for task in vendor.tasks.values()]
(target / "older_release.json").write_text(json.dumps({"jobs": jobs, "tasks": tasks}, indent=1) + "\n")
database.close()
stores.stop()
