"""Disputes: what a bank's question about a payment does to our rows. The truth is fetched from Stripe."""

from __future__ import annotations

from integrations import payments
from integrations.payments import lookups
from jobs.alerts import raise_alert
from jobs.payments.payment_rows import find_payment, payment_of_intent
from jobs.payments.refunds import bring_form_along, lock_with_form, refund_extras, set_standing
from models import MONEY_KEPT, CheckoutStatus, FormStatus, in_database, move, now, transaction


def look_at_dispute(dispute_id: str) -> bool:
    """Bring our rows to where a dispute stands at Stripe. False for a payment that is not ours."""
    found = lookups.find_dispute(payments.account(), dispute_id)
    return in_database(_dispute, found.payment_intent_id or "", found.status, dispute_id)


def _dispute(payment_intent_id: str, status: str, dispute_id: str) -> bool:
    row = payment_of_intent(payment_intent_id)
    if row is None:
        return False
    with transaction():
        form, row = lock_with_form(row.id)
        raise_alert(
            f"dispute_{status}"[:40], dispute_id, f"answer it in the dashboard; `./serenade evidence {form.id} FILE`", form.id
        )
        if row.dispute_status in ("won", "lost") and status not in ("won", "lost"):
            return True  # an older event: it is decided
        table = type(row)
        table.update(dispute_status=status, updated_at=now()).where(table.id == row.id).execute()
        row = find_payment(row.id)
        if row.status == CheckoutStatus.REFUNDED:
            return True
        if status == "lost":
            move(row, CheckoutStatus.REFUNDED, by="stripe", why="dispute_lost", refund_due=None)
        elif row.status in MONEY_KEPT:
            set_standing(row, row.amount_refunded)
        bring_form_along(form, find_payment(row.id))
        if form.status == FormStatus.REFUNDED:  # the order's money went back while a bank was looking at this
            refund_extras(form.id)
    return True
