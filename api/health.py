"""Health: /healthz says the process is alive, /readyz that it can serve (database, migrations, Redis, worker, notifications)"""

from __future__ import annotations

from typing import Any

import redis
from fastapi import APIRouter, Response
from peewee import OperationalError
from rq import Queue, Worker

from jobs.queue import redis_refusal
from jobs.queue_names import QUEUES
from migrations import pending
from models import database, in_database
from pubsub import connection, is_subscribed

router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
async def alive() -> dict[str, bool]:
    """Answers as long as the event loop turns."""
    return {"alive": True}


@router.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
def ready(response: Response) -> dict[str, Any]:
    """200 when an order could go through now and open pages would hear of it, else 503 and what is missing."""
    checks = {"database": _database(), "migrations": _migrations(), "redis": False, "worker": False}
    checks["notifications"] = is_subscribed()
    try:
        checks["redis"] = redis_refusal() is None
        checks["worker"] = Worker.count(queue=Queue(QUEUES[0], connection=connection())) > 0
    except redis.RedisError:
        pass  # both stay False, which is the answer
    response.status_code = 200 if all(checks.values()) else 503
    return checks


def _database() -> bool:
    try:
        return bool(in_database(lambda: database.execute_sql("SELECT 1").fetchone()))
    except OperationalError:
        return False


def _migrations() -> bool:
    try:
        return not in_database(pending)
    except OperationalError:
        return False
