"""One RQ worker: it forks for each job, keeps itself registered, and waits for a Redis that refuses."""

from __future__ import annotations

import logging
import os
import signal
import time
from typing import Any

from rq import Queue, SimpleWorker, Worker
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker
from rq.worker_registration import register

from jobs.queue import DEMO, QUEUES, _connection, refusal
from models import database

log = logging.getLogger("serenade.worker")
SAY_EVERY = 5.0  # seconds; a busy worker's heart beats several times a job


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
