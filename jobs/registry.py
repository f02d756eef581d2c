"""Jobs are functions that are known under a stable name: the name is what Redis holds, whatever file the function is in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from jobs.queue_names import DEFAULT, JobName
from models import in_database

P = ParamSpec("P")
R = TypeVar("R")
_functions: dict[str, Callable[..., object]] = {}
_names: dict[Callable[..., object], JobName] = {}


def job(name: str | JobName, *, queue: str = DEFAULT, connect: bool = True) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function as a job. It runs with a database connection, whoever calls it.

    `connect=False` for one that talks to the network for long: it takes a connection where it needs one (`in_database`).
    `queue` is where it waits unless `enqueue` says otherwise; a JobName brings its own. Raises ValueError for a name in use.
    """
    known = name if isinstance(name, JobName) else JobName(name, queue)

    def register(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def connected(*args: P.args, **kwargs: P.kwargs) -> R:
            return in_database(function, *args, **kwargs)

        found = connected if connect else function
        if known.name in _functions:
            raise ValueError(f"two jobs are called {known.name}")
        _functions[known.name] = found
        _names[found] = known
        return found

    return register


def job_name(job: Callable[..., object] | JobName) -> JobName:
    """The name under which a job waits. Raises LookupError for a function that is none."""
    if isinstance(job, JobName):
        return job
    if job not in _names:
        raise LookupError(f"{job.__module__}.{job.__qualname__} is no job; it lacks @job")
    return _names[job]


def function_of(name: str) -> Callable[..., object]:
    """The function of a stable name, if its module was imported. Raises LookupError."""
    if name not in _functions:
        raise LookupError(f"no job is called {name}")
    return _functions[name]


def registered() -> dict[str, Callable[..., object]]:
    """Every job that was imported so far, by its name."""
    return dict(_functions)
