"""The queue: enqueue a hint, run a worker. A lost hint costs nothing, the sweep finds the row again."""

from __future__ import annotations

import logging
from functools import cache, partial

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from models import after_commit, is_in_transaction
from settings import settings

log = logging.getLogger("serenade.queue")
QUEUES = ("urgent", "default")
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


def refusal() -> str | None:
    """Why Redis takes no work right now (away, out of memory, read-only, loading), or None."""
    try:
        _hints().set("serenade:writable", 1, ex=60)
        return None
    except redis.RedisError as error:
        return error.__class__.__name__
