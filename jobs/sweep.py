"""The clock: asks providers where their tasks are, and finds in the rows what a crash, a flush or a lost hint left behind."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from peewee import OperationalError, fn

from jobs.fulfilment import back_to_choosing
from jobs.generation import resume
from jobs.providers import provider
from jobs.queue import enqueue_once
from jobs.reminders import orders_that_end, songs_that_wait
from models import CheckoutSession, ComposeForm, Email, StripeEvent, Variation, database, in_database, move, now, settle
from settings import settings

log = logging.getLogger("serenade.sweep")
TICK = 0.25  # seconds; also how late a poll may be
SWEEP_EVERY = 5.0


def run_clock(stop: threading.Event) -> None:
    """Tick until `stop` is set. Every tick is short, and losing one costs nothing."""
    polled: dict[str, float] = {}
    swept = 0.0
    while not stop.wait(TICK):
        try:
            in_database(poll_what_is_open, polled)
            if time.monotonic() - swept >= SWEEP_EVERY:
                swept = time.monotonic()
                in_database(sweep)
        except OperationalError as error:
            log.warning("the database is away: %s", error.__class__.__name__)
            database.close_all()
            stop.wait(1.0)


def poll_what_is_open(polled: dict[str, float]) -> None:
    """Ask for one status read of every provider that has open tasks and was not asked within its poll interval."""
    for name in settings.music_providers:
        due = time.monotonic() - polled.get(name, 0.0) >= provider(name).capabilities.poll_interval
        if due and _has_open_tasks(name):
            polled[name] = time.monotonic()
            enqueue_once("jobs.generation.poll_provider", name, seconds=5)


def _has_open_tasks(name: str) -> bool:
    return bool(
        Variation.select()
        .where(
            Variation.provider == name,
            Variation.status.in_(("submitted", "generating")),
            Variation.provider_task_id.is_null(False),
        )
        .exists()
    )


def sweep() -> None:
    """One pass over the rows. Everything it starts is harmless when it was started already."""
    reminders = (songs_that_wait, orders_that_end)
    for step in (unwritten, waiting, cut_short, unsettled, unhandled_events, unpaid_sessions, *reminders, unsent_mail):
        try:
            step()
        except OperationalError:
            raise
        except Exception:  # one row that breaks its step must not keep the others from being found
            log.exception("the sweep's step %s failed", step.__name__)


def unwritten() -> None:
    """Submitted forms without words, and forms whose variations wait for words that are there."""
    free = ComposeForm.lease_until.is_null() | (ComposeForm.lease_until < now())
    late = ComposeForm.submitted_at < now() - timedelta(seconds=3)
    asked = ComposeForm.status == "created"
    has_rows = fn.EXISTS(Variation.select().where(Variation.form == ComposeForm.id))
    stuck = asked | ((ComposeForm.status == "prompts_generated") & has_rows)
    for form in ComposeForm.select(ComposeForm.id).where(stuck, late, free).limit(200):
        enqueue_once("jobs.writing.write_prompts", form.id)


def waiting() -> None:
    """Variations in line while a place may be free."""
    if Variation.select().where(Variation.status == "queued").exists():
        enqueue_once("jobs.generation.dispatch")


def cut_short() -> None:
    """Submits that ended in the middle: a place was given, no task id came back, and the lease is over."""
    rows = Variation.select().where(
        Variation.status == "submitted", Variation.provider_task_id.is_null(), Variation.lease_until < now()
    )
    for row in rows.limit(200):
        resume(row)


def unsettled() -> None:
    """Forms whose last variation ended in a process that died before it could close the form."""
    open_rows = Variation.select().where(
        Variation.form == ComposeForm.id, Variation.status.in_(("queued", "submitted", "generating"))
    )
    ended = ComposeForm.select(ComposeForm.id).where(
        ComposeForm.status == "variations_generating", ComposeForm.attention.is_null(), ~fn.EXISTS(open_rows)
    )
    for form in ended.limit(200):
        settle(form.id)


def unhandled_events() -> None:
    """Stored Stripe events that nobody acted on, with growing pauses between tries."""
    rows = StripeEvent.select().where(StripeEvent.handled_at.is_null(), StripeEvent.attempts < 20)
    for row in rows.order_by(StripeEvent.received_at).limit(200):
        if row.received_at + timedelta(seconds=5 * 2 ** min(row.attempts, 10)) < now():
            enqueue_once("jobs.fulfilment.handle_event", row.id, seconds=30)


def unpaid_sessions() -> None:
    """Open sessions: those with a Stripe id that are over their time are looked up there; those without are given up."""
    over = CheckoutSession.select().where(CheckoutSession.status == "open", CheckoutSession.expires_at < now())
    for row in over.limit(200):
        if row.stripe_session_id:
            enqueue_once("jobs.fulfilment.fulfil", row.stripe_session_id, seconds=60)
        elif move(row, "expired", by="sweep"):
            back_to_choosing(row.form_id, why="never_opened")


def unsent_mail() -> None:
    """Letters whose next try is due."""
    due = Email.select(Email.id).where(Email.status == "queued", Email.next_try_at <= now())
    for row in due.order_by(Email.next_try_at).limit(200):
        enqueue_once("jobs.delivery.send_email", row.id, seconds=30)
