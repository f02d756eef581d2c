"""Stored Stripe events: each only says where to look. The state is fetched, so order and repetition do not matter."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Literal

from psycopg2.extras import Json
from rq.timeouts import JobTimeoutException

from integrations import payments
from integrations.payments import Event, PaymentsError, lookups
from integrations.payments.values import PaymentsReason
from jobs.alerts import raise_alert
from jobs.crash_points import crash_at
from jobs.payments.disputes import look_at_dispute
from jobs.payments.fulfilment import look_at_session
from jobs.payments.refunds import is_ours, look_at_refunds
from jobs.queue import enqueue, enqueue_once
from jobs.queue_names import URGENT
from jobs.registry import job
from models import StripeEvent, database, in_database, now, transaction

log = logging.getLogger("serenade.events")
SESSION_EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)
REFUND_EVENTS = ("charge.refunded", "refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
DISPUTE_EVENTS = ("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed")
WATCHED = SESSION_EVENTS + REFUND_EVENTS + DISPUTE_EVENTS
PINNED_VERSION = "2026-10-28.endive"  # the pinned SDK's
# Written out: of everything that storing an event costs, building this statement anew each time was nearly half.
STORE = """
INSERT INTO stripe_events
    (id, type, livemode, api_version, object_id, payload, received_at, next_try_at, handled_at, error, attempts)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0) ON CONFLICT DO NOTHING
"""
KNOWN = """
SELECT EXISTS (SELECT FROM checkout_sessions
        WHERE id = %(payment)s OR stripe_session_id = %(session)s OR payment_intent_id = %(intent)s)
    OR EXISTS (SELECT FROM extra_purchases
        WHERE id = %(payment)s OR stripe_session_id = %(session)s OR payment_intent_id = %(intent)s)
"""
_MOST_TRIES = 10
_PATIENCE = timedelta(days=3)  # for a Stripe that is away or refuses our key: the event is not at fault
AWAY: tuple[PaymentsReason, ...] = ("unavailable", "auth")
Standing = Literal["ours", "unclear", "not_ours", "ignored"]
UNCLEAR_EVERY, UNCLEAR_SECONDS = 10, 8.0  # seconds: at most one job of them begins in ten, and ends before the next


def store_event(event: Event) -> Standing:
    """Store an event under Stripe's own id; a job has to act on what is ours or unclear, all else is stored as handled."""
    said = (event.id, event.type, event.livemode, event.api_version, event.object_id, Json(event.payload))
    with transaction():
        standing = _standing(event)
        is_done = standing in ("ignored", "not_ours")
        next_try = now() + timedelta(seconds=5 if standing == "ours" else 0)
        error = None if standing == "ours" else standing
        database.execute_sql(STORE, (*said, now(), next_try, now() if is_done else None, error))
    return standing


def ask_to_handle(event_id: str, standing: Standing, queue: str | None = None) -> None:
    """Ask for the job that acts on a stored event, if one has to."""
    if standing == "ours":
        enqueue(handle_stripe_event, event_id, queue=queue)
    elif standing == "unclear":
        enqueue_once(handle_unclear_stripe_events, seconds=UNCLEAR_EVERY)


def _standing(event: Event) -> Standing:
    """Whose the object of an event is, as far as our rows and the signed event itself tell without asking Stripe.

    Other shops on the same account cause events of their own, at any rate. A session carries the metadata that it was opened
    with (https://docs.stripe.com/api/checkout/sessions/object), and our row is there before it is opened.
    """
    if event.type not in WATCHED:
        return "ignored"
    inner = event.payload["data"]["object"]
    metadata = inner.get("metadata")
    said = {
        "payment": metadata.get("checkoutId") if isinstance(metadata, dict) else None,
        "session": event.object_id if event.type in SESSION_EVENTS else None,
        "intent": inner.get("payment_intent"),
    }
    known = {name: value if isinstance(value, str) else None for name, value in said.items()}
    if database.execute_sql(KNOWN, known).fetchone()[0]:
        return "ours"
    would_say = event.object_type == "checkout.session" and isinstance(metadata, dict)
    return "not_ours" if would_say and event.livemode == payments.account().livemode else "unclear"


@job("handle_unclear_stripe_events", connect=False)
def handle_unclear_stripe_events() -> None:
    """Job: act on the events of which only Stripe can say whose they are, one after another, for a while.

    There may be many of them: a job each would be a process each, and keep the workers from making songs.
    """
    end = time.monotonic() + UNCLEAR_SECONDS
    while time.monotonic() < end and (event_id := in_database(_next_unclear)):
        handle_stripe_event(event_id)


def _next_unclear() -> str | None:
    rows = StripeEvent.select(StripeEvent.id).where(
        StripeEvent.error == "unclear",
        StripeEvent.handled_at.is_null(),
        StripeEvent.given_up_at.is_null(),
        StripeEvent.next_try_at <= now(),
    )
    found = rows.order_by(StripeEvent.next_try_at).first()
    return str(found.id) if found else None


@job("handle_stripe_event", queue=URGENT, connect=False)
def handle_stripe_event(event_id: str) -> None:
    """Job: act on a stored event. Twice is harmless; what fails is tried again later, and in the end staff are alerted."""
    event = in_database(StripeEvent.find, event_id)
    if event.handled_at is not None or event.given_up_at is not None:
        return
    in_database(_count_try, event)
    crash_at("event_begun")
    try:
        error = _act_on(event)
    except JobTimeoutException:
        raise
    except PaymentsError as problem:
        in_database(_try_later, event, f"payments: {problem.reason}", problem.reason in AWAY)
        if problem.reason == "auth":
            in_database(raise_alert, "stripe_key", f"{now():%Y-%m-%d}", "Stripe refuses our key")
        return
    except Exception as problem:
        log.exception("event %s", event.id[:24])
        in_database(_try_later, event, problem.__class__.__name__, False)
        return
    crash_at("event_acted_on")
    in_database(_mark_handled, event, error)
    crash_at("event_handled")


def _act_on(event: StripeEvent) -> str | None:
    """Look where the event points; the reason for the record where there was nothing to do."""
    if event.livemode != payments.account().livemode:
        in_database(raise_alert, "livemode", event.id, "an event of the other mode (test or live) reached us")
        return "livemode"
    if event.api_version not in (None, PINNED_VERSION):
        detail = f"events come as API version {event.api_version[:40]}"
        in_database(raise_alert, "api_version", str(event.api_version), detail)
    if event.type in SESSION_EVENTS:
        return "not_ours" if look_at_session(str(event.object_id)) == "not_ours" else None
    intent = event.payload["data"]["object"].get("payment_intent")
    if not isinstance(intent, str) or not _knows_payment(intent):
        return "not_ours"
    if event.type in REFUND_EVENTS:
        look_at_refunds(intent)
    elif event.type in DISPUTE_EVENTS:
        look_at_dispute(str(event.object_id))
    return None


def _knows_payment(intent: str) -> bool:
    """Whether a payment is one of ours. A refund may be reported before its payment: then the payment is looked for first."""
    if in_database(is_ours, intent):
        return True
    sessions = lookups.sessions_of(payments.account(), intent)
    return any(look_at_session(one.session_id) != "not_ours" for one in sessions) and in_database(is_ours, intent)


def _count_try(event: StripeEvent) -> None:
    pause = timedelta(seconds=5 * 2 ** min(event.attempts, 8))
    StripeEvent.update(attempts=StripeEvent.attempts + 1, next_try_at=now() + pause).where(StripeEvent.id == event.id).execute()


def _mark_handled(event: StripeEvent, error: str | None) -> None:
    StripeEvent.update(handled_at=now(), error=error).where(StripeEvent.id == event.id).execute()


def _try_later(event: StripeEvent, error: str, away: bool) -> None:
    over = event.received_at + _PATIENCE < now() if away else event.attempts + 1 >= _MOST_TRIES
    with transaction():
        StripeEvent.update(error=error, given_up_at=now() if over else None).where(StripeEvent.id == event.id).execute()
        if over:
            raise_alert("event_given_up", event.id, f"{event.type} could not be handled: {error}")
