"""Stored Stripe events: each only says where to look. The state is fetched, so order and repetition do not matter."""

from __future__ import annotations

import logging
from datetime import timedelta

from psycopg2.extras import Json
from rq.timeouts import JobTimeoutException

from integrations import payments
from integrations.payments import Event, PaymentsError, lookups
from integrations.payments.values import Reason
from jobs.alerts import raise_alert
from jobs.crash_points import crash_at
from jobs.payments.fulfilment import look_at_session
from jobs.payments.refunds import is_ours, look_at_dispute, look_at_refunds
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
_MOST_TRIES = 10
_PATIENCE = timedelta(days=3)  # for a Stripe that is away or refuses our key: the event is not at fault
AWAY: tuple[Reason, ...] = ("unavailable", "auth")


def store_event(event: Event) -> bool:
    """Store an event under Stripe's own id; True if a job has to act on it. Other types are stored and ignored."""
    watched = event.type in WATCHED
    said = (event.id, event.type, event.livemode, event.api_version, event.object_id, Json(event.payload))
    ignored = (None, None) if watched else (now(), "ignored")
    with transaction():
        database.execute_sql(STORE, (*said, now(), now() + timedelta(seconds=5), *ignored))
    return watched


@job("handle_stripe_event", queue=URGENT, connect=False)
def handle_event(event_id: str) -> None:
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
