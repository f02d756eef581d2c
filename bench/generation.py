"""Generation with a fake provider of known latency: what our own side costs. Promises: docs/benchmarks.md."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from bench.shared_stores import stores
from bench.soak_samples import resident
from bench.table import figure_row
from tests.support.fakes.vendor import FakeVendor
from tests.support.stack import Stack

PROMISED = {"musicgpt": "<= 1.5 s", "mureka": "(one look a second)"}


def main() -> None:
    """Print the table."""
    with stores() as (data_dir, port):
        one_song()
        for name in PROMISED:  # the first calls back; it is only ever asked, here every second
            with product_at(name, data_dir, port) as stack:
                overhead(stack, name)
                overhead(stack, name)
                sustained(stack, name)
        in_flight()


@contextmanager
def product_at(name: str, data_dir: Path, port: int, **settings: str) -> Iterator[Stack]:
    """The product with a fake of this vendor that answers at once."""
    with FakeVendor(name, audio="instant", callbacks=int(name == "musicgpt")) as fake:
        more = {"MUSIC_PROVIDERS": name, f"{name.upper()}_POLL_SECONDS": "1", f"{name.upper()}_MAX_PARALLEL": "60"}
        more |= {"LEAST_SONG_SECONDS": "1", **fake.environment(), **settings}
        with Stack(data_dir, port, **more) as stack:
            yield stack


def one_song(seconds: float = 180.0) -> None:
    """A three-minute MP3 on one core: fetched, checked, levelled, cut, drawn, stored."""
    from jobs.generation.mastering import make_recording, store
    from tests.support.fakes.tones import song

    content = song(seconds)
    began, cpu = time.perf_counter(), time.process_time()
    store("task_bench", make_recording(content, "For Mia"))
    figure_row(f"an MP3 of {seconds:.0f} s, wall clock", time.perf_counter() - began, "<= 4 s", "s")
    figure_row(f"an MP3 of {seconds:.0f} s, CPU", time.process_time() - cpu, "", "s")


def overhead(stack: Stack, name: str) -> None:
    """Nine variations at an instant provider, from existing lyrics."""
    form_id = stack.create(songs=3)
    stack.await_status(form_id, "prompts_generated")
    began = time.perf_counter()
    stack.generate(form_id)
    stack.await_status(form_id, "variations_ready", seconds=60)
    figure_row(f"nine variations, instant {name}, submit -> ready", time.perf_counter() - began, PROMISED[name], "s")


def sustained(stack: Stack, name: str, count: int = 20) -> float:
    """So many forms at once; variations ready a second."""
    from models import ComposeForm, database

    valkey, made = redis.Redis.from_url(os.environ["REDIS_URL"]), 9 * count
    forms = [stack.create(songs=3) for _ in range(count)]
    for form_id in forms:
        stack.await_status(form_id, "prompts_generated")
    commands = valkey.info("stats")["total_commands_processed"]
    began = time.perf_counter()
    for form_id in forms:
        stack.generate(form_id)
    while ComposeForm.select().where(ComposeForm.id.in_(forms), ComposeForm.status == "variations_ready").count() < len(forms):
        if time.perf_counter() - began > 60:
            break
        time.sleep(0.1)
    took = time.perf_counter() - began
    database.close()
    figure_row(f"{name}: {count} forms ({made} variations), per second", made / took, ">= 10", "1/s")
    spent = valkey.info("stats")["total_commands_processed"] - commands
    figure_row(f"{name}: Redis commands per variation", spent / made, "<= 12", "")
    return made / took


def status_reads(callbacks: bool) -> float:
    """How often one of many tasks that takes 120 s is read, by the calendar that production keeps (clock made by hand)."""
    from unittest.mock import patch

    import jobs.generation.eta
    from integrations.music import Capabilities
    from models import now

    able = Capabilities(60, 15.0, 3000, 1000, callbacks=callbacks, batch_status=False)
    began, reads = now(), 0
    usual = patch.object(jobs.generation.eta, "measured", lambda name: (120.0, 125.0))
    with (
        usual,
        patch.object(jobs.generation.eta, "open_tasks", lambda name: 3000),
        patch.object(jobs.generation.eta, "now") as clock,
    ):
        clock.return_value = began
        look = jobs.generation.eta.first_look("mureka", able, None)
        while (look - began).total_seconds() < 120.0:
            reads += 1
            clock.return_value = look
            look = jobs.generation.eta.next_look("mureka", able, began)
    return reads + 1  # the one that finds it, in its own time or woken by the callback


def _put_in_flight(forms: int) -> None:
    from datetime import timedelta

    from models import database, now

    with database.atomic():
        database.execute_sql("SET LOCAL statement_timeout = 0")
        database.execute_sql(
            "INSERT INTO compose_forms (id, package_type, song_count, form_data, status, generated_lyrics)"
            " SELECT 'form_' || i || '_benchbenchbenchbenchbench', 'holiday-hamper', 3, '{}', 'variations_generating', '[1]'"
            " FROM generate_series(1, %s) i",
            (forms,),
        )
        database.execute_sql(
            "INSERT INTO variations (id, form_id, song_index, variation, status, provider, provider_task_id, clip_index, step,"
            " submitted_at, next_poll_at, deadline_at) SELECT 'task_' || i || '_' || n, 'form_' || i ||"
            " '_benchbenchbenchbenchbench', n / 3, n %% 3 + 1, 'generating', 'studio', 't' || i || '_' || n / 3, n %% 3,"
            " 'waiting', now(), %s, %s FROM generate_series(1, %s) i, generate_series(0, 8) n",
            (now() + timedelta(seconds=120), now() + timedelta(minutes=15), forms),
        )
        database.execute_sql("ANALYZE")


def in_flight(forms: int = 1000, passes: int = 100) -> None:
    """So many forms (nine variations each, three tasks of three clips) at a provider: the sweep's pass and the poll's cost."""
    import jobs.clock
    from migrations import migrate_database
    from models import Variation, in_database

    for callbacks, promise in ((False, "<= 1"), (True, "<= 2")):
        per = "status reads per task, 120 s long, with callbacks" if callbacks else "status reads per task and minute"
        figure_row(f"3,000 tasks: {per}", status_reads(callbacks) / (1 if callbacks else 2), promise, "")
    migrate_database()
    in_database(_put_in_flight, forms)
    in_database(jobs.clock.sweep)
    began = time.perf_counter()
    in_database(jobs.clock.sweep)
    figure_row(
        f"the sweep's pass over {9 * forms} variations in flight", (time.perf_counter() - began) * 1000, "<= 200 ms", "ms"
    )
    held = resident()
    for _ in range(passes):
        in_database(jobs.clock.sweep)
    figure_row(f"memory after {passes} passes more", resident() - held, "flat", "MB")
    began = time.perf_counter()
    in_database(jobs.clock.poll_what_is_open, {})
    figure_row(f"the clock's tick over {9 * forms} variations in flight", (time.perf_counter() - began) * 1000, "", "ms")
    print(f"{in_database(lambda: Variation.select().count())} variations in the table", file=sys.stderr)


if __name__ == "__main__":
    main()
