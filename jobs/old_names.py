"""Names that jobs had up to the release before this one: what waits in Redis during an upgrade is still run.

Delete this file, its use in jobs/worker.py and tests/test_old_names.py with the release after the one that brought it: by
then no job of an older version waits any more, and the longest look-back (jobs kept as failed for a week) is over too.
"""

from __future__ import annotations

from collections.abc import Callable

from jobs import registry

OLD_JOB_NAMES = {
    "jobs.accounts.send_link": "send_login_link",
    "jobs.alerts.send_alerts": "send_alerts",
    "jobs.balances.look": "ask_balances",
    "jobs.bonus.collect_bonus": "collect_bonus",
    "jobs.collecting.collect_ready": "collect_ready",
    "jobs.delivery.send_email": "send_email",
    "jobs.demo_bars.make": "make_name_sample",
    "jobs.doubting.look_for": "look_for_task",
    "jobs.events.handle_event": "handle_stripe_event",
    "jobs.generation.dispatch": "dispatch",
    "jobs.generation.submit_next": "submit_next",
    "jobs.invariants.watch": "watch_invariants",
    "jobs.polling.poll_provider": "poll_provider",
    "jobs.reconcile.catch_up_events": "catch_up_stripe_events",
    "jobs.reconcile.look_up": "look_up_session",
    "jobs.reconcile.nightly": "compare_with_stripe",
    "jobs.refunds.give_back": "pay_refund",
    "jobs.retention.remove_unowned_files": "remove_unowned_files",
    "jobs.writing.write_prompts": "write_prompts",
}
WHOLE_QUEUE = ("dispatch", "submit_next", "collect_ready")  # they take `demo`, where the queue's name among the ids said so
ON_DEMO_QUEUE = "demo"


def function_of_old_name(name: str) -> Callable[..., object] | None:
    """What runs a job of this old name with the arguments it had then; None for a name that is not old."""
    if name not in OLD_JOB_NAMES:
        return None
    function = registry.function_of(OLD_JOB_NAMES[name])

    def run(*ids: str) -> object:
        if OLD_JOB_NAMES[name] in WHOLE_QUEUE:
            return function(ON_DEMO_QUEUE in ids)
        return function(*ids[:1])  # one id or none; the queue's name may follow it

    return run
