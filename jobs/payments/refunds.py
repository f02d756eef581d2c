"""Refunds: money on its way back, counted once whichever event comes first. The truth is fetched from Stripe."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from peewee import SQL, fn

from integrations import payments
from integrations.payments import PaymentsError, Refunded, Returned, lookups, refund_at_stripe
from jobs.alerts import raise_alert
from jobs.crash_points import crash_at
from jobs.outbox import queue_email
from jobs.payments.extras import end_with_order, kept_of
from jobs.payments.payment_rows import find_payment, payment_of_intent
from jobs.queue import enqueue
from jobs.queue_names import SEND_EMAIL, URGENT, is_demo
from jobs.registry import job
from models import (
    MONEY_KEPT,
    CheckoutSession,
    CheckoutStatus,
    ComposeForm,
    Email,
    EmailStatus,
    ExtraPurchase,
    FormEvent,
    FormStatus,
    Payment,
    ShareToken,
    WrongMomentError,
    after_commit,
    in_database,
    locked,
    move,
    notify,
    now,
    transaction,
)
from settings import settings

log = logging.getLogger("serenade.refunds")
_KEYS = {"duplicate": "dup", "late": "late", "undelivered": "undelivered", "order_refunded": "order"}
OPEN_DISPUTES = ("needs_response", "under_review")


@job("pay_refund", queue=URGENT, connect=False)
def pay_refund(payment_id: str) -> None:
    """Job: give back a payment whose `refund_due` says why. Twice is harmless: Stripe knows the key."""
    row = in_database(find_payment, payment_id)
    if row.refund_due is None or not row.payment_intent_id or in_database(is_demo, row.form_id):
        return
    crash_at("refund_before_call")
    key = f"refund:{_KEYS[row.refund_due]}:{row.payment_intent_id}"
    try:
        _refund(row, None, key)
    except PaymentsError as error:
        if error.reason in ("rejected", "missing"):
            in_database(raise_alert, "refund_refused", row.id, "Stripe refused an automatic refund", row.form_id)
        raise
    crash_at("refund_after_call")
    look_at_refunds(row.payment_intent_id)


def refund_form(form_id: str, amount: int | None) -> int:
    """Staff give money back: `amount` minor units, or all that is left. Returns what went back.

    Raises NotFoundError, WrongMomentError (nothing paid, or less left than asked), PaymentsError. Pressing twice is one refund.
    """
    return _refund_by_staff(in_database(_counted, form_id), amount)


def refund_extra(form_id: str, extra_id: str) -> int:
    """Staff give back all of a purchase made beside the order, and take back what it bought; 0 where it was a gift of ours.

    Raises NotFoundError, WrongMomentError (it is not kept, or not of this order), PaymentsError.
    """
    row = in_database(ExtraPurchase.find, extra_id)
    if row.form_id != form_id or row.status not in MONEY_KEPT:
        raise WrongMomentError("this is not kept any more")
    if row.payment_intent_id:
        return _refund_by_staff(row, None)
    in_database(move, row, CheckoutStatus.REFUNDED, by="staff", why="taken_back")
    return 0


def _refund_by_staff(row: Payment, amount: int | None) -> int:
    left = (row.amount_paid or 0) - row.amount_refunded
    wanted = left if amount is None else amount
    if not row.payment_intent_id or not 0 < wanted <= left:
        raise WrongMomentError(f"{left // 100}.{left % 100:02} is left to give back")
    intent = row.payment_intent_id
    given = _refund(row, wanted, f"refund:staff:{intent}:{row.amount_refunded}:{wanted}")
    look_at_refunds(intent)
    return given.amount


def _refund(row: Payment, amount: int | None, key: str) -> Refunded:
    """Stripe answers a key for a day as it did first, with a 500 too. All that is left cannot go back twice, so that another
    key may ask for it, a new one each hour."""
    try:
        return refund_at_stripe(str(row.payment_intent_id), amount, key)
    except PaymentsError as error:
        if error.reason != "rejected" or amount is not None:
            raise
    return refund_at_stripe(str(row.payment_intent_id), None, f"{key}:{now():%Y%m%d%H}")


def _counted(form_id: str) -> CheckoutSession:
    """The payment that bought the form."""
    if ComposeForm.find(form_id).demo:
        raise WrongMomentError("a demo form was never paid with money")
    row = CheckoutSession.select().where(CheckoutSession.form == form_id, CheckoutSession.fulfilled_at.is_null(False)).first()
    if row is None:
        raise WrongMomentError("nothing was paid for this form")
    return row  # type: ignore[no-any-return]


def look_at_refunds(payment_intent_id: str) -> bool:
    """Bring our rows to what Stripe says went back. False for a payment that is not ours (or not yet)."""
    row = in_database(payment_of_intent, payment_intent_id)
    if row is None:
        return False
    refunds = lookups.refunds_of(payments.account(), payment_intent_id)
    email_ids = in_database(_count, row.id, refunds)
    crash_at("refund_after_commit")
    for email_id in email_ids:
        enqueue(SEND_EMAIL, email_id)
    return True


def is_ours(payment_intent_id: str) -> bool:
    """Whether a payment belongs to one of our sessions."""
    return payment_of_intent(payment_intent_id) is not None


def mark_to_give_back(row: Payment, form: ComposeForm, why: str, **paid: Any) -> None:
    """A payment that buys nothing: it goes back by itself, once. The form's row is locked by the caller."""
    free = not paid["amount_paid"]
    move(row, CheckoutStatus.PAID, by="fulfil", why=why, refund_due=None if free else why, **paid)
    if free:
        move(row, CheckoutStatus.REFUNDED, by="fulfil", why=why)
    raise_alert(f"paid_{why}", row.id, "a payment that buys nothing is given back automatically", form.id)
    notify(form.id)


def _count(payment_id: str, refunds: list[Returned]) -> list[str]:
    """One transaction: session, form, share links, mail. The rows already counted decide whether this is news."""
    with transaction():
        form, row = lock_with_form(payment_id)
        back = min(sum(one.amount for one in refunds if one.counts), row.amount_paid or 0)
        for one in refunds:
            if not one.counts:
                raise_alert("refund_failed", one.refund_id, "the bank sent a refund back; the buyer does not have it", form.id)
        if back == row.amount_refunded and (back < (row.amount_paid or 0) or row.status == CheckoutStatus.REFUNDED):
            return []
        more, why = back - row.amount_refunded, row.refund_due or ("" if row.fulfilled_at else "duplicate")
        set_standing(row, back)
        bring_form_along(form, find_payment(row.id))
        if more < 0:
            ComposeForm.update(attention="refund_failed").where(ComposeForm.id == form.id).execute()
        if more <= 0:
            return []
        extra = {"extra": row.id} if isinstance(row, ExtraPurchase) else {}
        whole = back == row.amount_paid
        email_id = queue_email(form, "refund", amount=more, currency=row.currency, why=why, whole=whole, **extra)
    return [email_id] if email_id else []


def lock_with_form(payment_id: str) -> tuple[ComposeForm, Payment]:
    """Form first, then payment: the one order in which they are locked everywhere."""
    row = find_payment(payment_id)
    table = type(row)
    form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
    return form, locked(table.select().where(table.id == payment_id)).get()


def set_standing(row: Payment, back: int) -> None:
    """Where the payment stands with so much of it given back."""
    due = None if back else row.refund_due
    kept: dict[str, Any] = {}
    if back and back == row.amount_paid:
        to = CheckoutStatus.REFUNDED
    elif row.dispute_status in OPEN_DISPUTES:
        to = CheckoutStatus.DISPUTED
    elif back:
        to = CheckoutStatus.PARTIALLY_REFUNDED
    else:
        to = CheckoutStatus.FULFILLED if row.fulfilled_at else CheckoutStatus.PAID
    if row.status == CheckoutStatus.REFUNDED != to and _was_bought_again(row):  # a refund failed, and it is owed all the more
        to, kept = CheckoutStatus.PAID, {"fulfilled_at": None}
    if to == row.status or not move(row, to, by="stripe", why="refunds", amount_refunded=back, refund_due=due, **kept):
        table = type(row)
        table.update(amount_refunded=back, refund_due=due, updated_at=now()).where(table.id == row.id).execute()


def _was_bought_again(row: Payment) -> bool:
    return isinstance(row, ExtraPurchase) and kept_of(row.form_id, row.song_index, row.what) is not None


def bring_form_along(form: ComposeForm, row: Payment) -> None:
    """The form goes where the payment that bought it went; what was kept beside it goes too, and by policy the share links."""
    if row.fulfilled_at is None or isinstance(row, ExtraPurchase):
        notify(form.id)
        return
    if row.status == CheckoutStatus.REFUNDED:
        moved = move(form, FormStatus.REFUNDED, by="stripe")
        refund_extras(form.id)
        if moved and not settings.share_after_refund:  # after the move, by whose moment `_relink` goes
            links = ShareToken.update(revoked_at=now()).where(ShareToken.form == form.id, ShareToken.revoked_at.is_null())
            links.execute()
    elif form.status == FormStatus.REFUNDED:
        sent = Email.select().where(Email.form == form.id, Email.kind == "delivery", Email.status == EmailStatus.SENT).exists()
        move(form, FormStatus.DELIVERED if sent else FormStatus.PAYMENT_COMPLETED, by="stripe", why="refund_failed")
        _relink(form)
    notify(form.id)


def refund_extras(form_id: str) -> None:
    for extra_id in end_with_order(form_id):
        after_commit(partial(enqueue, pay_refund, extra_id))


def _relink(form: ComposeForm) -> None:
    """The links that the refund had switched off work again; what the giver had switched off before stays off."""
    refunded_at = FormEvent.select(fn.MAX(FormEvent.at)).where(
        FormEvent.form_id == form.id, FormEvent.noun == "form", FormEvent.to_status == FormStatus.REFUNDED
    )
    ShareToken.update(revoked_at=None).where(
        ShareToken.form == form.id,
        ShareToken.revoked_at >= refunded_at,
        SQL(
            "token IN (SELECT DISTINCT ON (song_index) token FROM share_tokens t WHERE form_id = %s AND NOT EXISTS"
            " (SELECT 1 FROM share_tokens o"
            " WHERE o.form_id = t.form_id AND o.song_index IS NOT DISTINCT FROM t.song_index AND o.revoked_at IS NULL)"
            " ORDER BY song_index, revoked_at DESC)",
            (form.id,),
        ),
    ).execute()
