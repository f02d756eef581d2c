"""The clock: asks providers where their tasks are, and finds in the rows what a crash or a lost job left behind."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from peewee import OperationalError, fn

from integrations.music import MusicError, Reason
from jobs.accounts.login import unsent_links
from jobs.alerts import redis_refuses, send_alerts
from jobs.demo import name_sample
from jobs.demo.forms import end_old_demos
from jobs.generation import balances
from jobs.generation.bonus_clips import collect_bonus
from jobs.generation.collecting import collect_ready
from jobs.generation.dispatching import dispatch
from jobs.generation.hearing import songs_to_hear
from jobs.generation.polling import LAST_LOOK, lose, poll_provider
from jobs.generation.prompts import write_prompts
from jobs.generation.providers import provider
from jobs.generation.submitting import resume
from jobs.generation.uncertain_submits import look_for_task
from jobs.gifts.video_making import videos_to_make
from jobs.mail.bounces import take_up_bounces
from jobs.mail.ready_notice import songs_asked_for
from jobs.mail.reminders import orders_that_end
from jobs.mail.sending import send_email
from jobs.monitoring.invariants import watch_invariants
from jobs.payments.delivery_guarantee import refunds_due, undelivered
from jobs.payments.instrumental import instrumentals_to_make
from jobs.payments.reconciliation import catch_up_stripe_events, compare_with_stripe, look_up_sessions
from jobs.payments.stripe_events import UNCLEAR_EVERY, handle_stripe_event, handle_unclear_stripe_events
from jobs.privacy.expiry import expire_forms
from jobs.privacy.retention import purge_expired, remove_old_stories, remove_unowned_files
from jobs.queue import enqueue_once
from jobs.queue_names import DEMO_PROVIDER, queue_for
from jobs.registry import job_name
from models import (
    AT_PROVIDER,
    UNFINISHED,
    Alert,
    BonusClip,
    BonusState,
    ComposeForm,
    Email,
    EmailStatus,
    FormStatus,
    StripeEvent,
    Variation,
    VariationStatus,
    VariationStep,
    database,
    in_database,
    now,
    settle,
)

log = logging.getLogger("serenade.clock")
_EVERY = {
    catch_up_stripe_events: timedelta(minutes=10),
    watch_invariants: timedelta(minutes=5),
    compare_with_stripe: timedelta(hours=24),
    balances.ask_balances: balances.EVERY,
}
NEXT_TURN = """
INSERT INTO marks (name, at) VALUES (%s, now() AT TIME ZONE 'utc')
ON CONFLICT (name) DO UPDATE SET at = excluded.at
WHERE marks.at < now() AT TIME ZONE 'utc' - %s OR marks.at > now() AT TIME ZONE 'utc' + interval '1 minute'
RETURNING xmax::text <> '0'
"""  # a mark of the future: the database's clock was set back
TICK = 0.25  # seconds; also how late a poll may be
SWEEP_EVERY = 5.0  # all clocks together
LOOK_AT_FILES_EVERY = 24 * 3600.0  # once a day, first an hour after the start


def run_clock(stop: threading.Event) -> None:
    """Tick until `stop` is set. Every tick is short, and losing one costs nothing."""
    polled: dict[str, float] = {}
    swept = 0.0
    looked_at_files = time.monotonic() - LOOK_AT_FILES_EVERY + 3600
    while not stop.wait(TICK):
        try:
            in_database(poll_what_is_open, polled)
            if time.monotonic() - swept >= SWEEP_EVERY:
                swept = time.monotonic()
                in_database(sweep_in_turn)
            if time.monotonic() - looked_at_files >= LOOK_AT_FILES_EVERY:
                looked_at_files = time.monotonic()
                enqueue_once(remove_unowned_files)
        except OperationalError as error:
            log.warning("the database is away: %s", error.__class__.__name__)
            database.close_all()
            stop.wait(1.0)


def poll_what_is_open(polled: dict[str, float]) -> None:
    """Ask for one status read of every provider that has tasks whose next look is due."""
    due = Variation.select(Variation.provider).where(
        Variation.status.in_(AT_PROVIDER),
        Variation.provider_task_id.is_null(False),
        Variation.step == VariationStep.WAITING,
        Variation.next_poll_at <= now(),
    )
    for name in [str(row.provider) for row in due.distinct()]:
        pause = min(provider(name).capabilities.poll_interval, 1.0)
        if time.monotonic() - polled.get(name, 0.0) >= pause:
            polled[name] = time.monotonic()
            enqueue_once(poll_provider, name, queue=queue_for(name == DEMO_PROVIDER), seconds=5)


def sweep_in_turn() -> bool:
    """A pass, unless another clock began one within the last seconds: of several clocks one sweeps, and any can go on at once
    where another died. Whether this one did."""
    pause = timedelta(seconds=SWEEP_EVERY * 0.9)  # the one that is alone is never late for its own turn
    if not database.execute_sql(NEXT_TURN, ("sweep", pause)).fetchone():
        return False
    sweep()
    return True


def sweep() -> None:
    """One pass over the rows. Everything it starts is harmless when it was started already."""
    for step in _STEPS:
        try:
            step()
        except OperationalError:
            raise
        except Exception:  # a step that fails must not stop the others
            log.exception("the sweep's step %s failed", step.__name__)


def unwritten() -> None:
    """Submitted forms without lyrics, and forms whose lyrics are written and whose variations were not started."""
    free = ComposeForm.lease_until.is_null() | (ComposeForm.lease_until < now())
    late = ComposeForm.submitted_at < now() - timedelta(seconds=3)
    asked = ComposeForm.status == FormStatus.CREATED
    has_rows = fn.EXISTS(Variation.select().where(Variation.form == ComposeForm.id))
    stuck = asked | ((ComposeForm.status == FormStatus.PROMPTS_GENERATED) & has_rows)
    for form in ComposeForm.select(ComposeForm.id, ComposeForm.demo).where(stuck, late, free).limit(200):
        enqueue_once(write_prompts, form.id, queue=queue_for(form.demo))


def dispatch_waiting() -> None:
    """Variations in line while a place may be free."""
    for demo in (False, True):
        in_line = (Variation.status == VariationStatus.QUEUED) & (ComposeForm.demo == demo)
        if Variation.select().join(ComposeForm).where(in_line).exists():
            enqueue_once(dispatch, demo, queue=queue_for(demo))


def cut_short() -> None:
    """Submits that ended in the middle: a place was given, no task id came back, and the lease is over."""
    not_uncertain = Variation.step.is_null() | (Variation.step != VariationStep.UNCERTAIN)
    begun = Variation.status == VariationStatus.SUBMITTED
    rows = Variation.select().where(begun, Variation.provider_task_id.is_null(), Variation.lease_until < now(), not_uncertain)
    for row in rows.limit(200):
        resume(row)


def ask_for_uncertain() -> None:
    """Submits whose outcome is unknown: look for their tasks."""
    uncertain = (Variation.status == VariationStatus.SUBMITTED) & (Variation.step == VariationStep.UNCERTAIN)
    for row in Variation.select(Variation.submit_leader).where(uncertain).distinct().limit(200):
        enqueue_once(look_for_task, str(row.submit_leader), seconds=15)


def uncollected() -> None:
    """Finished clips that no worker is collecting."""
    free = Variation.lease_until.is_null() | (Variation.lease_until < now())
    rows = Variation.select(Variation.provider == DEMO_PROVIDER).where(
        Variation.status.in_(AT_PROVIDER), Variation.step == VariationStep.FINISHING, free
    )
    for (demo,) in rows.distinct().tuples().execute():
        enqueue_once(collect_ready, demo, queue=queue_for(demo), seconds=5)


def overdue() -> None:
    """Tasks far over their deadline whose last status read began more than a minute ago: it died in the middle.

    Tasks without such a read are left alone, however late: an installation that was off overnight finds its songs ready.
    """
    rows = Variation.select().where(
        Variation.status.in_(AT_PROVIDER),
        Variation.provider_task_id.is_null(False),
        Variation.step == VariationStep.WAITING,
        Variation.deadline_at < now() - timedelta(minutes=2),
        Variation.next_poll_at.between(now(), now() + LAST_LOOK / 2),
    )
    for row in rows.limit(200):
        lose(row, MusicError(Reason.LOST, "over its deadline, and no answer"))


def bonuses() -> None:
    """Late and spare clips that may be there by now."""
    if BonusClip.select().where(BonusClip.state == BonusState.WAITING, BonusClip.next_poll_at <= now()).exists():
        enqueue_once(collect_bonus, seconds=120)


def unsettled() -> None:
    """Forms whose last variation ended in a process that died before it could close the form."""
    open_rows = Variation.select().where(Variation.form == ComposeForm.id, Variation.shown, Variation.status.in_(UNFINISHED))
    unseen = ComposeForm.attention.is_null() | (ComposeForm.attention != "generation_failed")
    ended = ComposeForm.select(ComposeForm.id).where(
        ComposeForm.status == FormStatus.VARIATIONS_GENERATING, unseen, ~fn.EXISTS(open_rows)
    )
    for form in ended.limit(200):
        settle(form.id)


def unhandled_events() -> None:
    """Stored Stripe events that no job acted on, with growing pauses between tries."""
    due = StripeEvent.handled_at.is_null() & StripeEvent.given_up_at.is_null() & (StripeEvent.next_try_at <= now())
    unclear = StripeEvent.error == "unclear"
    rows = StripeEvent.select(StripeEvent.id).where(due, StripeEvent.error.is_null() | ~unclear)
    for row in rows.order_by(StripeEvent.next_try_at).limit(200):
        enqueue_once(handle_stripe_event, row.id, seconds=30)
    if StripeEvent.select().where(due, unclear).exists():
        enqueue_once(handle_unclear_stripe_events, seconds=UNCLEAR_EVERY)


def unsent_mail() -> None:
    """E-mails whose next try is due, and alerts."""
    if Alert.select().where(Alert.sent_at.is_null(), Alert.next_try_at <= now()).exists():
        enqueue_once(send_alerts, seconds=30)
    queued = (Email.status == EmailStatus.QUEUED) & (Email.next_try_at <= now())
    due = Email.select(Email.id, ComposeForm.demo).join(ComposeForm).where(queued)
    for email_id, demo in due.order_by(Email.next_try_at).limit(200).tuples().execute():
        enqueue_once(send_email, email_id, queue=queue_for(demo), seconds=30)


def take_turns() -> None:
    """What is to be done every so often, by one worker each time. The time counts from the first pass."""
    for job, pause in _EVERY.items():
        turn = database.execute_sql(NEXT_TURN, (job_name(job).name, pause)).fetchone()
        if turn and turn[0]:
            enqueue_once(job, seconds=60)


MUSIC = (unwritten, dispatch_waiting, cut_short, ask_for_uncertain, uncollected, overdue, bonuses, unsettled, songs_to_hear)
MONEY = (unhandled_events, look_up_sessions, undelivered, refunds_due, unsent_mail, take_turns)
PEOPLE = (
    unsent_links, take_up_bounces, songs_asked_for, videos_to_make, instrumentals_to_make, orders_that_end,
    expire_forms, purge_expired, remove_old_stories,
)  # fmt: skip
DEMO_STEPS = (end_old_demos, name_sample.tidy_samples)
_STEPS = (redis_refuses, *MUSIC, *MONEY, *PEOPLE, *DEMO_STEPS)
