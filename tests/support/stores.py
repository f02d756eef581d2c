"""The stores of the tests: PostgreSQL and Valkey of the wheels, started once, quick because nothing in them is kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg2
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from embedded.stores import Stores, start_stores

QUEUES, DEMO = ("urgent", "default"), "demo"  # jobs/queue_names.py, which reads the environment

# Nobody needs what tests wrote after a power cut. Each can be changed without a restart.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def stores_of_tests(folder: Path, *, careless: bool) -> Stores:
    """Start what TEST_DATABASE_URL and TEST_REDIS_URL do not name, and put both addresses into the environment.

    `careless`: what is written may be lost in a power cut.
    """
    database_url, redis_url = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    stores = start_stores(folder, not database_url, not redis_url)
    if careless and not database_url:
        run_alone(stores.database_url, *(f"ALTER SYSTEM SET {name} = {value}" for name, value in CARELESS.items()))
        run_alone(stores.database_url, "SELECT pg_reload_conf()")
    os.environ["DATABASE_URL"] = database_url or stores.database_url
    os.environ["REDIS_URL"] = redis_url or stores.redis_url
    return stores


def run_alone(url: str, *statements: str) -> None:
    """Statements outside of any transaction, as ALTER SYSTEM and CREATE DATABASE need it."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        for statement in statements:
            connection.cursor().execute(statement)
    finally:
        connection.close()


_redis: dict[str, Any] = {}


def wire() -> Any:
    """A client of the Redis of the tests."""
    url = os.environ["REDIS_URL"]
    if url not in _redis:
        _redis[url] = redis.Redis.from_url(url)
    return _redis[url]


def empty_queues() -> None:
    """Remove whatever RQ keeps in the Redis of the tests. Only where no worker runs, which would lose its registration."""
    if jobs := wire().keys("rq:*"):
        wire().delete(*jobs)


def drop_waiting_jobs() -> None:
    """Remove the jobs that wait, and leave workers and what they are doing alone."""
    for name in (*QUEUES, DEMO):
        Queue(name, connection=wire(), serializer=JSONSerializer).empty()
