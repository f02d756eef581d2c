"""The queue: enqueue a hint, run a worker. A lost hint costs nothing, the sweep finds the row again."""

from __future__ import annotations

import logging
import os
import signal
import time
from functools import cache, partial
from typing import Any

import redis
from rq import Queue, SimpleWorker, Worker
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker
from rq.worker_registration import register

from models import after_commit, database, is_in_transaction
from settings import settings

log = logging.getLogger("serenade.queue")
QUEUES = ("urgent", "default")
SAY_EVERY = 5.0  # seconds; a busy worker's heart beats several times a job
DEMO = "demo"  # a job with this word among its arguments waits in a queue of its own, see jobs/queue_names.py


@cache
def _connection() -> redis.Redis:
    return _client(None)


@cache
def _hints() -> redis.Redis:
    """For whoever leaves a hint: a Redis that hangs must not hang a request (fault table row 31)."""
    return _client(1.0)


def _client(timeout: float | None) -> redis.Redis:
    """Every fork opens its own: without a greeting that nobody reads (two commands instead of five each time)."""
    url = settings.redis_url
    return redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=1, retry=None, protocol=2, driver_info=None)


def enqueue(job: str, *ids: str, urgent: bool = False) -> bool:
    """Ask a worker to run `job` ('jobs.module.function') with ids. False when Redis is away: the sweep will come by.

    Inside a transaction it is asked after the commit: nobody is sent to a row that cannot be read yet.
    """
    if is_in_transaction():
        after_commit(partial(enqueue, job, *ids, urgent=urgent))
        return True
    name = DEMO if DEMO in ids else QUEUES[0] if urgent else QUEUES[1]
    if name == DEMO and not settings.demo:
        return False  # nobody would ever take it
    try:
        queue = Queue(name, connection=_hints(), serializer=JSONSerializer)
        queue.enqueue(job, *ids, result_ttl=0, failure_ttl=7 * 86400, job_timeout=600)
        return True
    except redis.RedisError as error:
        log.warning("not enqueued: %s (%s)", job, error.__class__.__name__)
        return False


def enqueue_once(job: str, *ids: str, urgent: bool = True, seconds: int = 10) -> None:
    """As `enqueue`, unless the same hint is already waiting; the job calls `begun` first. A courtesy, not a lock."""
    try:
        if not _hints().set(_hint(job, *ids), 1, nx=True, ex=seconds):
            return
    except redis.RedisError:
        return
    enqueue(job, *ids, urgent=urgent)


def begun(job: str, *ids: str) -> None:
    """From here on the next `enqueue_once` of the same hint counts again."""
    _connection().delete(_hint(job, *ids))


def _hint(job: str, *ids: str) -> str:
    return "serenade:hint:" + ":".join((job, *ids))


class _Lasting(BaseWorker):
    """Says every few seconds that it is there: a Redis that was flushed or restarted empty has forgotten it."""

    said_at = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        if time.monotonic() - self.said_at > SAY_EVERY:
            self.said_at = time.monotonic()
            register(self, pipeline)


class _Worker(_Lasting, Worker):
    """One that forks for each job."""


class _DemoWorker(_Lasting, SimpleWorker):
    """One that does its jobs itself."""


def refusal() -> str | None:
    """Why Redis takes no work right now (away, out of memory, read-only, loading), or None."""
    try:
        _hints().set("serenade:writable", 1, ex=60)
        return None
    except redis.RedisError as error:
        return error.__class__.__name__


def _await_redis() -> None:
    """A worker that died at every start would take the house down with it, while its web pages could go on."""
    while why := refusal():
        log.error("no work can be taken, Redis refuses: %s", why)
        time.sleep(1.0)


def work() -> None:
    """Run one RQ worker until SIGTERM. The jobs are imported here, before the first fork: 37 ms a job instead of 345."""
    from integrations.payments import account
    from jobs.accounts import login  # noqa: F401 warm for the forks
    from jobs.generation import (  # noqa: F401 warm for the forks
        bonus_clips,
        collecting,
        polling,
        prompts,
        submitting,
        uncertain_submits,
    )
    from jobs.mail import sending  # noqa: F401 warm for the forks
    from jobs.payments import (  # noqa: F401 warm for the forks
        delivery_guarantee,
        reconciliation,
        stripe_events,
    )

    _await_redis()
    account().warm_up()  # else every fork that asks Stripe loads the SDK for itself
    database.close_all()  # no connection may cross a fork
    queues = [Queue(name, connection=_connection(), serializer=JSONSerializer) for name in QUEUES]
    worker = _Worker(
        queues,
        connection=_connection(),
        serializer=JSONSerializer,
        worker_ttl=30,
        maintenance_interval=30,
        job_monitoring_interval=5,
        work_horse_killed_handler=_horse_killed,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def work_for_demo() -> None:
    """The demo's one worker, until SIGTERM. It does its jobs itself, one after another, and gives way to everybody else."""
    from jobs.demo import name_sample  # noqa: F401

    _await_redis()
    worker = _DemoWorker(
        [Queue(DEMO, connection=_connection(), serializer=JSONSerializer)],
        connection=_connection(),
        serializer=JSONSerializer,
        worker_ttl=30,
        maintenance_interval=30,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def _horse_killed(job: object, pid: int, status: int, rusage: object) -> None:
    log.error("a work horse died (%s) in %s", os.WTERMSIG(status) and signal.Signals(os.WTERMSIG(status)).name, job)
