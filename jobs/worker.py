"""One RQ worker: it forks for each job, keeps itself registered, and waits for a Redis that refuses."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from inspect import signature
from typing import Any

from rq import Queue, SimpleWorker, Worker
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker
from rq.worker_registration import register

from jobs import old_names
from jobs.queue import _connection, redis_refusal
from jobs.queue_names import DEMO, QUEUES
from jobs.registry import function_of
from logs import context_id, log_context
from models import LOGGED, NotFoundError, database
from observability import flush, span

log = logging.getLogger("serenade.worker")
MODULES = (
    "alerts",
    "demo.name_sample",
    "generation.balances",
    "generation.bonus_clips",
    "generation.collecting",
    "generation.dispatching",
    "generation.hearing",
    "generation.polling",
    "generation.prompts",
    "generation.submitting",
    "generation.uncertain_submits",
    "gifts.video_making",
    "mail.login_link",
    "mail.sending",
    "monitoring.invariants",
    "payments.instrumental",
    "payments.reconciliation",
    "payments.refunds",
    "payments.stripe_events",
    "privacy.retention",
)
SAY_EVERY = 5.0  # seconds; a busy worker sends several heartbeats a job


class NamedJob(Job):
    """A job in Redis holds a name of ours, not the address of a function."""

    @property
    def func(self) -> Any:
        """What to run. Raises LookupError for a name that this version does not know: the job is kept as failed."""
        name = str(self.func_name)
        return self._logged(_quiet_about_lost_rows(old_names.function_of_old_name(name) or function_of(name), name))

    def _logged(self, job: Callable[..., object]) -> Callable[..., object]:
        """Its lines carry the job's id, the request that asked for it, and the rows that it is about."""

        @wraps(job)
        def named(*ids: object) -> object:
            about = dict(zip(signature(job).parameters, ids, strict=False))
            with (
                log_context(job=self.id, request=self.meta.get("request"), **_row_ids(about)),
                span(f"job {self.func_name}", job=self.id, request=context_id("request"), form=context_id("form")),
            ):
                return job(*ids)

        return named


def _row_ids(arguments: dict[str, object]) -> dict[str, str]:
    """`form_id` and its like among a job's arguments, as lines name them: `form`."""
    return {
        name.removesuffix("_id"): value for name, value in arguments.items() if name.endswith("_id") and isinstance(value, str)
    }


def _quiet_about_lost_rows(job: Callable[..., object], name: str) -> Callable[..., object]:
    """A job may outlive its row: forgotten meanwhile, or younger than the backup that the database was restored from."""

    @wraps(job)
    def done(*ids: object) -> object:
        try:
            return job(*ids)
        except NotFoundError:
            log.warning("nothing to do for %s: no row %s", name, ", ".join(str(one)[:LOGGED] for one in ids))
            return None

    return done


class _Lasting(BaseWorker):
    """Registers itself anew every few seconds: a Redis that was flushed or restarted empty has forgotten it."""

    said_at = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        if time.monotonic() - self.said_at > SAY_EVERY:
            self.said_at = time.monotonic()
            register(self, pipeline)


class _Worker(_Lasting, Worker):
    """One that forks for each job."""

    def perform_job(self, *job: Any) -> bool:
        try:
            return super().perform_job(*job)
        finally:
            flush()


class _DemoWorker(_Lasting, SimpleWorker):
    """One that does its jobs itself."""


def _await_redis() -> None:
    """Wait here: a worker that died at every start would stop all processes (processes.py), while the web pages could go on."""
    while why := redis_refusal():
        log.error("no work can be taken, Redis refuses: %s", why)
        time.sleep(1.0)


def import_jobs() -> None:
    """Import whatever holds a `@job`, so that its name is known; before the first fork: 37 ms a job instead of 345."""
    for module in MODULES:
        import_module(f"jobs.{module}")


def run_worker() -> None:
    """Run one RQ worker until SIGTERM."""
    from integrations.payments import account

    import_jobs()
    _await_redis()
    account().warm_up()  # else every fork that asks Stripe loads the SDK for itself
    database.close_all()  # no connection may cross a fork
    worker = _Worker(
        [Queue(name, connection=_connection(), serializer=JSONSerializer) for name in QUEUES],
        connection=_connection(),
        job_class=NamedJob,
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
    import_jobs()
    _await_redis()
    worker = _DemoWorker(
        [Queue(DEMO, connection=_connection(), serializer=JSONSerializer)],
        connection=_connection(),
        job_class=NamedJob,
        serializer=JSONSerializer,
        worker_ttl=30,
        maintenance_interval=30,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def _horse_killed(job: object, pid: int, status: int, rusage: object) -> None:
    log.error("a work horse died (%s) in %s", os.WTERMSIG(status) and signal.Signals(os.WTERMSIG(status)).name, job)
