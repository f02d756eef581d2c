"""The queue: ask for a job. A lost job costs nothing: the row is the truth, and the sweep finds it again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from typing import Any, TypeVarTuple

import redis
from redis.exceptions import AskError, ClusterCrossSlotError
from rq import Queue
from rq.serializers import JSONSerializer

from jobs.queue_names import DEMO, JOB_SECONDS, JobName
from jobs.registry import job_name
from logs import context_id
from models import after_commit, is_in_transaction
from pubsub import kept_alive
from settings import settings

log = logging.getLogger("serenade.queue")
CLUSTER = (ClusterCrossSlotError, AskError)  # MOVED is an AskError too
Ids = TypeVarTuple("Ids")
_held: ContextVar[list[Callable[[], object]] | None] = ContextVar("held", default=None)


@cache
def _connection() -> redis.Redis:
    return _client(None)


@cache
def _enqueuing() -> redis.Redis:
    """The connection that jobs are enqueued by: a Redis that hangs must not hang a request (docs/reliability.md row 31)."""
    return _client(1.0)


def _client(timeout: float | None) -> redis.Redis:
    """Every fork opens its own: without redis-py's own handshake (two commands instead of five each time)."""
    url = settings.redis_url
    ours: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": 1,
        "retry": None,
        "protocol": 2,
        "driver_info": None,
    }
    return redis.Redis.from_url(url, **ours, **kept_alive(url))


def enqueue(job: Callable[[*Ids], object] | JobName, *ids: *Ids, queue: str | None = None) -> bool:
    """Ask a worker to run `job` with these ids (whatever JSON can hold), in its usual queue or the one named here.

    False when Redis is away: the sweep asks again. Inside a transaction it is asked after the commit: no worker is sent to a
    row that cannot be read yet.
    """
    return _ask(job_name(job), ids, queue, None)


def enqueue_once(job: Callable[[*Ids], object] | JobName, *ids: *Ids, queue: str | None = None, seconds: int = 10) -> None:
    """As `enqueue`, unless the same job is already waiting; the job calls `begun` first. It saves work and is no lock."""
    _ask(job_name(job), ids, queue, seconds)


@contextmanager
def asked_for_at_the_end() -> Iterator[None]:
    """What is enqueued inside is enqueued when the block ends, however it ends: a job that looks at all of its rows would
    otherwise begin with the first of them.
    """
    held: list[Callable[[], object]] = []
    before = _held.set(held)
    try:
        yield
    finally:
        _held.reset(before)
        for ask in held:
            ask()


def _ask(name: JobName, ids: tuple[object, ...], queue: str | None, once_in: int | None) -> bool:
    if is_in_transaction():
        after_commit(partial(_ask, name, ids, queue, once_in))
        return True
    if (held := _held.get()) is not None:
        held.append(partial(_ask, name, ids, queue, once_in))
        return True
    return _put(name.name, ids, queue or name.queue, once_in)


def _put(name: str, ids: tuple[object, ...], queue: str, once_in: int | None) -> bool:
    """The one place where a job goes into Redis: tests that have no workers listen here."""
    if queue == DEMO and not settings.demo:
        return False  # no worker would ever take it
    try:
        if once_in and not _enqueuing().set(_waiting_key(name, *ids), 1, nx=True, ex=once_in):
            return True
        Queue(queue, connection=_enqueuing(), serializer=JSONSerializer).enqueue(
            name,
            *ids,
            result_ttl=0,
            failure_ttl=7 * 86400,
            job_timeout=JOB_SECONDS.get(name, 600),
            meta={"request": request} if (request := context_id("request")) else None,
        )
        return True
    except redis.RedisError as error:
        if not once_in:  # `enqueue_once` is called again as long as the job is needed
            log.warning("not enqueued: %s (%s)", name, error.__class__.__name__)
        return False


def begun(job: Callable[[*Ids], object], *ids: *Ids) -> None:
    """From here on the next `enqueue_once` of the same job counts again."""
    _connection().delete(_waiting_key(job_name(job).name, *ids))


def _waiting_key(name: str, *ids: object) -> str:
    return "serenade:hint:" + ":".join((name, *map(str, ids)))


def redis_refusal() -> str | None:
    """Why Redis takes no work right now (away, out of memory, read-only, loading) or never will (a cluster), or None."""
    try:
        _enqueuing().set("serenade:writable", 1, ex=60)
        _enqueuing().mget("serenade:writable", "rq:workers")  # two slots, which a cluster refuses and the queue needs
        return None
    except CLUSTER:
        return "it is a Redis Cluster, and the queue needs one without cluster mode"
    except redis.ReadOnlyError as error:  # a failover made a replica of it: the next connection may lead to the new primary
        _enqueuing().connection_pool.disconnect()
        return _said(error)
    except redis.RedisError as error:
        return _said(error)


def _said(error: redis.RedisError) -> str:
    """The kind of error and Redis's or the system's own words (a certificate, a right); neither ever holds the password."""
    return f"{error.__class__.__name__}: {str(error).partition(chr(10))[0][:160]}"
