"""The reconciler: asks Stripe, off the hot path, about whatever a lost event, a dead process or a restored backup left open."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations import payments
from integrations.payments import PaidSession, PaymentsError, expire_session, lookups
from jobs.alerts import raise_alert
from jobs.payments.delivery_guarantee import NOT_DEMO
from jobs.payments.extras import kept_of, why_not_of_order
from jobs.payments.fulfilment import back_to_choosing, close_session, look_at_session
from jobs.payments.payment_rows import PAYMENT_TABLES, all_payments, find_payment, payment_of_intent, payment_of_session
from jobs.payments.refunds import look_at_refunds
from jobs.payments.stripe_events import WATCHED, ask_to_handle, store_event
from jobs.queue import enqueue
from jobs.queue_names import DEFAULT
from jobs.registry import job
from models import (
    CHOOSING,
    MONEY_ARRIVED,
    UNDECIDED,
    CheckoutStatus,
    ComposeForm,
    ExtraPurchase,
    Mark,
    Payment,
    StripeEvent,
    database,
    in_database,
    now,
    status_of,
)

log = logging.getLogger("serenade.reconciliation")
OVERLAP = timedelta(minutes=30)  # events become listable a little after they are made
HORIZON = timedelta(days=30)  # Stripe keeps events no longer
# Every 2 to 5 minutes while open, so that a payment is known within 10; hourly while a bank takes its days.
DUE = """
UPDATE {table} SET looked_at = now() AT TIME ZONE 'utc' WHERE id IN (
    SELECT id FROM {table}
    WHERE status IN ('open', 'payment_pending') AND form_id NOT IN (SELECT id FROM compose_forms WHERE demo)
        AND coalesce(looked_at, created_at) < now() AT TIME ZONE 'utc' -
        CASE status WHEN 'open' THEN greatest(interval '2 min', least(interval '5 min',
            (now() AT TIME ZONE 'utc' - created_at) / 4)) ELSE interval '1 hour' END
    ORDER BY coalesce(looked_at, created_at) LIMIT 200 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
STRANDED = """
SELECT id FROM compose_forms f WHERE status = 'payment_initiated' AND NOT demo
AND updated_at < now() AT TIME ZONE 'utc' - interval '1 min'
AND NOT EXISTS (SELECT 1 FROM checkout_sessions s WHERE s.form_id = f.id AND s.status IN ('open', 'payment_pending', 'paid'))
LIMIT 200
"""


def look_up_sessions() -> None:
    """Sweep: sessions under way are looked up at Stripe as they age; forms left behind by a closed one go back to choosing."""
    for table in PAYMENT_TABLES:
        for (payment_id,) in database.execute_sql(DUE.format(table=table._meta.table_name)).fetchall():
            enqueue(look_up_session, payment_id)
    for (form_id,) in database.execute_sql(STRANDED).fetchall():
        back_to_choosing(form_id, why="stranded")


@job("look_up_session", connect=False)
def look_up_session(payment_id: str) -> None:
    """Job: where one session under way is."""
    row = in_database(find_payment, payment_id)
    if row.status not in UNDECIDED:
        return
    if not row.stripe_session_id:
        if row.expires_at < now():  # no customer ever got an address to pay at
            in_database(close_session, row, by="sweep", why="never_opened")
        return
    if row.status == CheckoutStatus.OPEN and in_database(_buys_nothing, row):
        _end_at_stripe(row)
    look_at_session(row.stripe_session_id)


def _buys_nothing(row: Payment) -> bool:
    """The form is paid by another session, or over: this session must not be paid too."""
    if isinstance(row, ExtraPurchase):
        form = ComposeForm.find(row.form_id)
        return bool(why_not_of_order(form) or kept_of(row.form_id, row.song_index, row.what))
    return status_of(row.form_id) not in CHOOSING


def _end_at_stripe(row: Payment) -> None:
    try:
        expire_session(str(row.stripe_session_id))
    except PaymentsError as error:
        if error.reason not in ("not_open", "missing"):
            raise


@job("catch_up_stripe_events", connect=False)
def catch_up_stripe_events() -> None:
    """Job: events that Stripe made and we never received, for as long as Stripe keeps them. While it is away: next time."""
    try:
        _catch_up()
    except PaymentsError as error:
        if error.reason != "unavailable":
            raise
        log.warning("Stripe could not be asked for missed events: %s", error)


def _catch_up() -> None:
    began = now()
    mark = in_database(lambda: Mark.select(Mark.at).where(Mark.name == "events_read").scalar())
    since = max((mark or began - HORIZON) - OVERLAP, began - HORIZON)
    missed = 0
    for event in lookups.events_since(payments.account(), WATCHED, int(since.replace(tzinfo=UTC).timestamp())):
        if in_database(lambda event_id=event.id: StripeEvent.select().where(StripeEvent.id == event_id).exists()):
            continue
        missed += 1
        standing = in_database(store_event, event)
        ask_to_handle(event.id, standing, queue=DEFAULT)  # many at once must not delay what customers wait for
    in_database(_set_mark, "events_read", began)
    if missed:
        log.warning("caught up with %d events that never reached us", missed)


def _set_mark(name: str, at: datetime) -> None:
    Mark.insert(name=name, at=at).on_conflict(conflict_target=[Mark.name], update={Mark.at: at}).execute()


@dataclass(frozen=True)
class Difference:
    """One thing that Stripe and we saw differently. `healed`: our rows follow Stripe now."""

    kind: str
    about: str
    healed: bool


@job("compare_with_stripe", connect=False)
def compare_with_stripe() -> None:
    """Job: the two-way report of the last week; what could not be healed is an alert."""
    for one in differences_with_stripe(7):
        if not one.healed:
            in_database(raise_alert, one.kind, one.about, "Stripe and our rows differ: ./serenade reconcile")
        log.warning("reconcile: %s %s healed=%s", one.kind, one.about[:24], one.healed)


def differences_with_stripe(days: int) -> Iterator[Difference]:
    """Stripe's sessions and refunds of so many days against our rows, both ways. Raises PaymentsError."""
    since = now() - timedelta(days=days)
    moment = int(since.replace(tzinfo=UTC).timestamp())
    seen = set()
    for session in lookups.sessions_since(payments.account(), moment):
        seen.add(session.session_id)
        if session.metadata_form_id and session.payment_status != "unpaid":
            yield from _paid_there(session)
    for row in in_database(_counted_since, since):
        if row.stripe_session_id not in seen:
            yield from _paid_here(row)
    for intent in sorted(lookups.refunded_since(payments.account(), moment)):
        before = in_database(_refunded, intent)
        if before is not None and look_at_refunds(intent) and in_database(_refunded, intent) != before:
            yield Difference("refunded_there_not_here", intent, healed=True)


def _paid_there(session: PaidSession) -> Iterator[Difference]:
    row = in_database(payment_of_session, session.session_id)
    if row is None or row.status not in MONEY_ARRIVED:
        outcome = look_at_session(session.session_id)
        yield Difference("paid_there_not_here", session.session_id, healed=outcome in ("fulfilled", "to_refund"))


def _counted_since(since: datetime) -> list[Payment]:
    """Payments we gave songs for. Some were opened before `since`: those are asked for one by one."""
    counted = all_payments(lambda table: (table.fulfilled_at >= since) & NOT_DEMO & table.stripe_session_id.is_null(False))
    return list(counted)


def _paid_here(row: Payment) -> Iterator[Difference]:
    try:
        unpaid = payments.retrieve_session(str(row.stripe_session_id)).payment_status == "unpaid"
    except PaymentsError as error:
        if error.reason != "missing":
            raise
        unpaid = True
    if unpaid:
        yield Difference("paid_here_not_there", row.id, healed=False)


def _refunded(intent: str) -> int | None:
    row = payment_of_intent(intent)
    return None if row is None else row.amount_refunded
