"""The delivery guarantee: a paid song that cannot be delivered in time is refunded automatically."""

from __future__ import annotations

from datetime import timedelta

from peewee import SQL, fn

from jobs.alerts import raise_alert
from jobs.gifts.gift import is_held, missing_songs
from jobs.payments.payment_rows import PAYMENT_TABLES
from jobs.payments.refunds import pay_refund
from jobs.queue import enqueue_once
from models import Alert, CheckoutSession, ComposeForm, FormStatus, locked, now, transaction
from settings import settings

NOT_DEMO = SQL("form_id NOT IN (SELECT id FROM compose_forms WHERE demo)")
SUSPICIOUS = timedelta(minutes=15)  # after which a paid form that is not delivered is shown to staff (invariant I4)


def undelivered() -> None:
    """Sweep: paid forms that are late. Staff are alerted first; after the promised time the payment is refunded by policy.

    A form whose songs are there and whose mail alone is stuck is not refunded: the success page has given the link,
    unless it waits to be released. In any order, so that many that stay stuck never hide the others.
    """
    waits = (ComposeForm.status == FormStatus.PAYMENT_COMPLETED) & ~ComposeForm.demo
    alerted = Alert.select().where(Alert.kind == "undelivered", Alert.about == ComposeForm.id)
    for form in ComposeForm.select().where(waits, ComposeForm.paid_at < now() - SUSPICIOUS, ~fn.EXISTS(alerted)).limit(100):
        raise_alert("undelivered", form.id, "paid, and not delivered after 15 minutes", form.id)
    if not settings.refund_undelivered:
        return
    over = now() - timedelta(hours=settings.delivery_promise_hours)
    for form in ComposeForm.select().where(waits, ComposeForm.paid_at < over).order_by(fn.RANDOM()).limit(20):
        if is_held(form) or missing_songs(form):
            _give_up(form.id)


def _give_up(form_id: str) -> None:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status != FormStatus.PAYMENT_COMPLETED:
            return
        given_up = CheckoutSession.update(refund_due="undelivered", updated_at=now()).where(
            CheckoutSession.form == form_id, CheckoutSession.fulfilled_at.is_null(False), CheckoutSession.refund_due.is_null()
        )
        if given_up.execute():
            raise_alert("promise_broken", form_id, "not delivered in time: the payment is given back automatically", form_id)


def refunds_due() -> None:
    """Sweep: payments that are to go back and are not on their way yet."""
    for table in PAYMENT_TABLES:
        due = (table.refund_due.is_null(False), table.payment_intent_id.is_null(False), NOT_DEMO)
        for row in table.select(table.id).where(*due).order_by(fn.RANDOM()).limit(200):
            enqueue_once(pay_refund, row.id, seconds=30)
