"""The contract's database work: off the event loop, and once more after a deadlock."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from fastapi import Request
from peewee import OperationalError

from models import in_database

_T = TypeVar("_T")
_AGAIN = ("40001", "40P01", "55P03")  # serialization failure, deadlock, lock not available: the same again may well work
_TRIES = 3


class DatabaseThreads:
    """Those of one application: fewer than the pool has connections."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(8, thread_name_prefix="contract")

    async def run(self, work: Callable[..., _T], *args: Any) -> _T:
        """What `work` returns. It is one transaction, so a deadlock is answered by doing it again."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, copy_context().run, _persist, work, *args)


async def in_thread(request: Request, work: Callable[..., _T], *args: Any) -> _T:
    """`run` in the threads of this request's application. Not a dependency of FastAPI: solving one costs as much as the SQL."""
    threads: DatabaseThreads = request.app.state.threads
    return await threads.run(work, *args)


def _persist(work: Callable[..., _T], *args: Any) -> _T:
    for left in reversed(range(_TRIES)):
        try:
            return in_database(work, *args)
        except OperationalError as error:
            if not left or getattr(error.__cause__ or getattr(error, "orig", None), "pgcode", None) not in _AGAIN:
                raise
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 jitter, not a secret
    raise AssertionError("unreachable")
