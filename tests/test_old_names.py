"""Jobs that an older version left in Redis are run after an upgrade. Goes with jobs/old_names.py."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.job import Job
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from jobs import old_names, registry, worker
from models import CheckoutSession, Email, Login, StripeEvent, in_database, new_id, now
from settings import settings
from tests.support.shop import ready_form
from tests.support.stack import MADE, Stack, wait_for

ROOT = Path(__file__).parents[1]
IDS = {  # what each was queued with, besides the demo's flag; those that are not here had none
    "jobs.accounts.send_link": "login",
    "jobs.delivery.send_email": "email",
    "jobs.demo_bars.make": "key",
    "jobs.doubting.look_for": "leader",
    "jobs.events.handle_event": "event",
    "jobs.polling.poll_provider": "provider",
    "jobs.reconcile.look_up": "checkout",
    "jobs.refunds.give_back": "checkout",
    "jobs.writing.write_prompts": "form",
}
ON_THE_DEMO_S_QUEUE = (
    "jobs.collecting.collect_ready",
    "jobs.delivery.send_email",
    "jobs.demo_bars.make",
    "jobs.generation.dispatch",
    "jobs.generation.submit_next",
    "jobs.refunds.give_back",
    "jobs.writing.write_prompts",
)


def rows() -> dict[str, str]:
    """Something real for each kind of id. What is done already is the harmless half of a job: none takes effect twice."""
    form_id = ready_form()
    found = {name: new_id(name) for name in ("login", "email", "checkout", "event", "leader", "key")}
    past = {"mailed_at": now(), "expires_at": now()}
    Login.insert(id=found["login"], token_hash=new_id("h"), email="a@example.com", message_id=new_id("m"), **past).execute()
    mail = {"kind": "gift", "to_address": "a@example.com", "message_id": new_id("m"), "status": "sent"}
    Email.insert(id=found["email"], form=form_id, **mail).execute()
    money = {"attempt": 1, "idempotency_key": new_id("k"), "amount": 999, "currency": "usd", "expires_at": now()}
    chosen = {"selected_variations": {}, "selected_task_ids": {}, "status": "expired"}
    CheckoutSession.insert(id=found["checkout"], form=form_id, **money, **chosen).execute()
    event = {"type": "charge.refunded", "livemode": False, "payload": {}, "handled_at": now()}
    StripeEvent.insert(id=found["event"], **event).execute()
    return {**found, "form": form_id, "provider": "studio"}


def test_every_old_name_means_a_job_of_today() -> None:
    worker.import_jobs()
    born_since = {"make_video", "make_instrumental", "hear_song", "handle_unclear_stripe_events"}
    assert set(old_names.OLD_JOB_NAMES.values()) == set(registry.registered()) - born_since
    seen = []
    for name in old_names.WHOLE_QUEUE:
        old = next(old for old, new in old_names.OLD_JOB_NAMES.items() if new == name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(registry._functions, name, lambda demo, name=name: seen.append((name, demo)))
            old_names.function_of_old_name(old)()  # type: ignore[misc]
            old_names.function_of_old_name(old)("demo")  # type: ignore[misc]
    assert seen == [(name, demo) for name in old_names.WHOLE_QUEUE for demo in (False, True)]


def test_the_list_is_what_the_last_release_asked_for() -> None:
    """Every string "jobs.…" in the jobs, api and ui of that release (commit 2c769aa), as `git grep` found them there."""
    asked = (ROOT / "tests/data/older_release_jobs.txt").read_text().split()
    assert sorted(old_names.OLD_JOB_NAMES) == asked


def test_real_workers_run_what_waits_under_old_names(stack: Stack) -> None:
    """With the arguments of then, in the queues of then; only a name that nobody ever gave is kept as failed."""
    ids = in_database(rows)
    wire = redis.Redis.from_url(settings.redis_url)

    def put(name: str, queue: str, *arguments: str) -> Job:
        place = Queue(queue, connection=wire, serializer=JSONSerializer)
        return place.enqueue(name, *arguments, result_ttl=0, failure_ttl=3600)

    queued = {}
    for name in old_names.OLD_JOB_NAMES:
        own = (ids[IDS[name]],) if name in IDS else ()
        if name != "jobs.demo_bars.make":
            queued[name] = put(name, "urgent", *own)
        if name in ON_THE_DEMO_S_QUEUE:
            queued[f"{name} of the demo"] = put(name, "demo", *own, "demo")
    queued["jobs.polling.poll_provider of the demo"] = put("jobs.polling.poll_provider", "demo", "demo")
    unknown = put("jobs.nowhere.at_all", "urgent")

    def over() -> bool:
        return all(wire.hget(job.key, "status") in (None, b"failed") for job in (*queued.values(), unknown))

    wait_for(over, "all jobs to be run", MADE)  # thirty; the worker of the demo gives way to everybody else
    failed = {name: job.latest_result() for name, job in queued.items() if Job.exists(job.id, connection=wire)}
    assert {name: str(one.exc_string)[-500:] for name, one in failed.items() if one} == {}
    kept = FailedJobRegistry("urgent", connection=wire, serializer=JSONSerializer)
    assert unknown.id in kept.get_job_ids()
    assert "no job is called jobs.nowhere.at_all" in str(unknown.latest_result().exc_string)  # type: ignore[union-attr]
    kept.remove(unknown.id, delete_job=True)
