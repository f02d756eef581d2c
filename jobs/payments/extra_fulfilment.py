"""Giving what was bought beside an order, once, however often the payment is reported; and what staff give for nothing."""

from __future__ import annotations

from typing import Literal

from integrations.payments import PaidSession
from jobs.outbox import queue_email
from jobs.payments.extras import kept_of, task_ids_for, why_not, why_not_of_order
from jobs.payments.refunds import mark_to_give_back
from models import (
    COUNTED,
    CheckoutStatus,
    ComposeForm,
    ExtraPurchase,
    locked,
    move,
    new_id,
    now,
    transaction,
)
from settings import settings


def fulfil_extra(row: ExtraPurchase, session: PaidSession) -> tuple[Literal["fulfilled", "to_refund"], list[str]]:
    """One transaction, as for an order: the purchase is kept, or its payment goes back. Returns the e-mails to send, too."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        row = ExtraPurchase.find(row.id)
        if row.status in COUNTED or row.refund_due:
            return ("fulfilled" if row.fulfilled_at else "to_refund"), []
        has_it = kept_of(form.id, row.song_index, row.what) is not None
        if has_it or why_not_of_order(form):
            why = "duplicate" if has_it else "late"
            paid, intent = session.amount_total, session.payment_intent_id
            mark_to_give_back(row, form, why, amount_paid=paid, payment_intent_id=intent)
            return "to_refund", []
        return "fulfilled", _keep(row, form, session.amount_total, session.payment_intent_id)


def give_extra(form_id: str, song_index: int, what: str) -> list[str]:
    """Staff give it for nothing; the ids of the e-mails to send. Raises NotFoundError, WrongMomentError with why not."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if refused := why_not(form, song_index, what, bought=False):
            raise refused
        extra_id = new_id("extra")
        row = ExtraPurchase.create(
            id=extra_id,
            form=form_id,
            idempotency_key=f"given:{extra_id}",
            amount=0,
            currency=settings.packages[form.package_type].currency,
            song_index=song_index,
            what=what,
            task_ids=task_ids_for(form, song_index, what),
            expires_at=now(),
        )
        return _keep(row, form, 0, None, by="staff")


def _keep(row: ExtraPurchase, form: ComposeForm, amount: int, intent: str | None, by: str = "fulfil") -> list[str]:
    move(row, CheckoutStatus.PAID, by=by, amount_paid=amount, payment_intent_id=intent)
    move(row, CheckoutStatus.FULFILLED, by=by, fulfilled_at=now())
    email_id = queue_email(form, "extra_receipt", extra=row.id)
    return [email_id] if email_id else []
