"""Jobs are functions under stable names: what Redis holds, where it waits, and that every name is known to a worker."""

from __future__ import annotations

import ast
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from inspect import signature
from pathlib import Path

import pytest
import redis
from redis.exceptions import ClusterCrossSlotError, MovedError
from rq import Queue
from rq.serializers import JSONSerializer

import jobs.queue
from jobs import queue_names, registry, worker
from jobs.clock import poll_what_is_open
from jobs.demo import name_sample
from jobs.generation.collecting import collect_ready
from jobs.generation.polling import look_now
from jobs.mail.sending import send_email
from jobs.monitoring import invariants
from jobs.queue import begun, enqueue, enqueue_once
from jobs.queue_names import DEMO, DEMO_PROVIDER, DISPATCH, QUEUES, WRITE_PROMPTS, JobName, queue_for
from models import Variation, database, in_database, new_id, now, transaction
from pubsub import kept_alive
from settings import settings
from tests.support.overrides import Enqueued, Override
from tests.support.shop import ready_form

JOBS = Path(__file__).parents[1] / "jobs"
worker.import_jobs()
EVERY_JOB = registry.registered()


@pytest.fixture
def valkey(monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """A queue that no worker listens to."""
    wire = redis.Redis.from_url(settings.redis_url, db=9)
    monkeypatch.setattr(jobs.queue, "_enqueuing", lambda: wire)
    monkeypatch.setattr(jobs.queue, "_connection", lambda: wire)
    yield wire
    wire.flushdb()


def waiting(valkey: redis.Redis) -> list[tuple[str, list[object], str]]:
    queues = [Queue(name, connection=valkey, serializer=JSONSerializer) for name in (*QUEUES, DEMO)]
    return [(str(job.func_name), list(job.args), queue.name) for queue in queues for job in queue.get_jobs()]


def test_redis_holds_the_name_and_the_ids_and_each_job_waits_in_its_queue(valkey: redis.Redis) -> None:
    enqueue(send_email, "mail_1")
    enqueue(collect_ready, False)
    enqueue(WRITE_PROMPTS, "form_1", queue=queue_for(True))
    enqueue(collect_ready, True, queue=queue_for(True))
    assert waiting(valkey) == [
        ("send_email", ["mail_1"], "urgent"),
        ("collect_ready", [False], "default"),
        ("write_prompts", ["form_1"], "demo"),
        ("collect_ready", [True], "demo"),
    ]


def test_a_job_that_waits_too_long_is_shown_by_its_name(valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue(DISPATCH, False)
    monkeypatch.setattr(invariants, "connection", lambda: valkey)
    monkeypatch.setattr(invariants, "now", lambda: now() + timedelta(minutes=11))
    assert invariants.waiting_jobs().ids == ("dispatch in urgent",)


def test_a_job_is_queued_once_until_it_begins_and_never_for_what_was_rolled_back(valkey: redis.Redis) -> None:
    with suppress(ZeroDivisionError), transaction():
        enqueue_once(collect_ready, False)
        raise ZeroDivisionError
    assert waiting(valkey) == []
    for demo in (False, False, True):
        enqueue_once(collect_ready, demo)
    assert [args for _, args, _ in waiting(valkey)] == [[False], [True]], "the demo's job is another one"
    begun(collect_ready, False)
    enqueue_once(collect_ready, False)
    assert [args for _, args, _ in waiting(valkey)] == [[False], [True], [False]]


def test_where_no_demo_is_shown_nothing_is_put_into_its_queue(valkey: redis.Redis, override_settings: Override) -> None:
    override_settings(demo=False)
    assert not enqueue(WRITE_PROMPTS, "form_1", queue=queue_for(True))
    assert waiting(valkey) == []


def test_what_the_demo_s_studio_made_is_looked_at_in_the_demo_s_queue(
    migrated: None, recorded_queue: list[Enqueued], tmp_path: Path, override_settings: Override
) -> None:
    """Neither waits for the other: not the real songs for the demo's, nor the demo's for them."""
    for name in ("studio", DEMO_PROVIDER):
        in_database(look_now, "task_x", name)
    form_id = ready_form()
    for number, name in enumerate(("studio", DEMO_PROVIDER)):
        moved = {"status": "generating", "provider": name, "provider_task_id": new_id("t"), "next_poll_at": now()}
        rows = Variation.update(step="waiting", **moved).where(Variation.form == form_id, Variation.variation == number + 1)
        in_database(rows.execute)
    in_database(poll_what_is_open, {})
    name_sample.folder.cache_clear()
    override_settings(data_dir=tmp_path)
    name_sample.ask("Mia", "en", "192.0.2.7")
    name_sample.folder.cache_clear()
    polls = [(("studio",), "urgent"), (("demo",), "demo")]
    assert [(ids, queue) for name, ids, queue in recorded_queue[:2] if name == "poll_provider"] == polls
    assert sorted((ids, queue) for name, ids, queue in recorded_queue[2:4] if name == "poll_provider") == sorted(polls)
    assert (recorded_queue[4].name, recorded_queue[4].queue) == ("make_name_sample", "demo")


def test_a_worker_knows_every_job_there_is() -> None:
    """Where a `@job` stands that no worker imports, whoever asks for it waits for ever."""
    found = {}
    for path in JOBS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                for one in node.decorator_list:
                    if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "job":
                        found[node.name] = ".".join(path.relative_to(JOBS).with_suffix("").parts)
    assert set(found.values()) == set(worker.MODULES)
    assert {function.__name__ for function in registry.registered().values()} >= set(found)


def test_a_job_is_called_as_its_function_is() -> None:
    """Whoever reads a name in Redis, in the log or on the dashboard finds its function by it."""
    assert {name: function.__name__ for name, function in EVERY_JOB.items() if function.__name__ != name} == {}


def test_a_name_constant_means_the_job_of_that_name() -> None:
    constants = [one for one in vars(queue_names).values() if isinstance(one, JobName)]
    assert constants
    for one in constants:
        assert registry.job_name(registry.function_of(one.name)) is one


class Answers:
    """A Redis that answers every command with this error, and counts how often it was left."""

    def __init__(self, error: Exception) -> None:
        self.error, self.left = error, 0
        self.connection_pool = self

    def set(self, *_: object, **__: object) -> None:
        raise self.error

    def disconnect(self) -> None:
        self.left += 1


@pytest.mark.parametrize(
    ("error", "said", "left"),
    [
        (ClusterCrossSlotError("Keys in request don't hash to the same slot"), "it is a Redis Cluster", 0),
        (MovedError("1234 10.0.0.1:6379"), "it is a Redis Cluster", 0),
        (redis.ReadOnlyError("You can't write against a read only replica."), "ReadOnlyError: You can't write", 1),
        (redis.exceptions.NoPermissionError("no permissions to run the 'set' command"), "NoPermissionError: no permissions", 0),
        (
            redis.ConnectionError("Error 1. [SSL] certificate verify failed\nx"),
            "ConnectionError: Error 1. [SSL] certificate verify",
            0,
        ),
        (redis.OutOfMemoryError("command not allowed when used memory > 'maxmemory'"), "OutOfMemoryError", 0),
    ],
)
def test_a_redis_that_will_not_do_says_why(monkeypatch: pytest.MonkeyPatch, error: Exception, said: str, left: int) -> None:
    """And a connection to what became a replica is given up: the next one may lead to the new primary."""
    answers = Answers(error)
    monkeypatch.setattr(jobs.queue, "_enqueuing", lambda: answers)
    assert (jobs.queue.redis_refusal() or "").startswith(said)
    assert answers.left == left


@pytest.mark.parametrize(("url", "alive"), [("redis://h:6379/0", 1), ("rediss://:p@h:6379/0", 1), ("unix:///run/x.sock", 0)])
def test_a_connection_on_which_nothing_is_sent_is_kept_alive(url: str, alive: int) -> None:
    """Pages hear of changes on one that may be silent for hours, and load balancers drop such without a word."""
    with socket.socket() as one, socket.create_server(("127.0.0.1", 0)) as server:
        one.connect(server.getsockname())
        options = kept_alive(url)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(options.get("socket_keepalive", False)))
        for name, value in options.get("socket_keepalive_options", {}).items():
            one.setsockopt(socket.IPPROTO_TCP, name, value)  # this system takes it
        assert one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == alive
    assert redis.Redis.from_url(url, **options).connection_pool.make_connection()


def test_a_redis_that_will_do_says_nothing(valkey: redis.Redis) -> None:
    assert jobs.queue.redis_refusal() is None


WITH_AN_ID = [
    name
    for name, function in sorted(EVERY_JOB.items())
    if any(one.name.endswith("_id") for one in signature(function).parameters.values())
]


@pytest.mark.parametrize("name", WITH_AN_ID)
def test_a_job_whose_row_is_gone_ends_and_asks_for_nothing(migrated: None, name: str, recorded_queue: Enqueued) -> None:
    """The database was restored from a backup, and Redis was not."""
    wire = redis.Redis.from_url(settings.redis_url, db=9)
    waiting = worker.NamedJob.create(name, args=(new_id("nobody"),), connection=wire, serializer=JSONSerializer)
    assert waiting.func(*waiting.args) is None
    assert list(recorded_queue) == []


def test_the_jobs_with_an_id_are_known() -> None:
    assert {"handle_stripe_event", "pay_refund", "send_email", "write_prompts"} <= set(WITH_AN_ID)


@pytest.fixture
def names() -> Iterator[None]:
    before = dict(registry._functions), dict(registry._names)
    yield
    registry._functions.clear(), registry._names.clear()
    registry._functions.update(before[0]), registry._names.update(before[1])


def test_a_job_has_a_connection_unless_it_wants_none(names: None) -> None:
    assert database.is_closed()
    assert registry.job("one")(lambda: database.is_closed())() is False
    assert registry.job("other", connect=False)(lambda: database.is_closed())() is True
    assert database.is_closed()


def test_one_name_is_one_job_and_a_function_without_a_name_is_none(names: None) -> None:
    registry.job("one")(lambda: None)
    with pytest.raises(ValueError, match="two jobs are called one"):
        registry.job("one")(lambda: None)
    with pytest.raises(LookupError, match="is no job"):
        enqueue(waiting, redis.Redis())
