"""Refunds and disputes: money on its way back, counted once whichever event comes first. The truth is fetched from Stripe."""

from __future__ import annotations

import logging

from peewee import SQL, fn

from integrations import payments
from integrations.payments import PaymentsError, Refunded, Returned, lookups, refund
from jobs.alerts import raise_alert
from jobs.crash_points import crash_at
from jobs.outbox import queue_email
from jobs.queue import enqueue
from jobs.queue_names import SEND_EMAIL, URGENT, is_demo
from jobs.registry import job
from models import (
    PAID_STANDINGS,
    CheckoutSession,
    CheckoutStatus,
    ComposeForm,
    Email,
    EmailStatus,
    FormEvent,
    FormStatus,
    ShareToken,
    WrongMomentError,
    in_database,
    locked,
    move,
    notify,
    now,
    transaction,
)
from settings import settings

log = logging.getLogger("serenade.refunds")
_KEYS = {"duplicate": "dup", "late": "late", "undelivered": "undelivered"}
OPEN_DISPUTES = ("needs_response", "under_review")


@job("pay_refund", queue=URGENT, connect=False)
def pay_refund(checkout_id: str) -> None:
    """Job: give back a payment whose `refund_due` says why. Twice is harmless: Stripe knows the key."""
    row = in_database(CheckoutSession.find, checkout_id)
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
    row = in_database(_counted, form_id)
    left = (row.amount_paid or 0) - row.amount_refunded
    wanted = left if amount is None else amount
    if not row.payment_intent_id or not 0 < wanted <= left:
        raise WrongMomentError(f"{left // 100}.{left % 100:02} is left to give back")
    given = _refund(row, wanted, f"refund:staff:{row.payment_intent_id}:{row.amount_refunded}:{wanted}")
    look_at_refunds(row.payment_intent_id)
    return given.amount


def _refund(row: CheckoutSession, amount: int | None, key: str) -> Refunded:
    """Stripe answers a key for a day as it did first, with a 500 too. All that is left cannot go back twice, so that another
    key may ask for it, a new one each hour."""
    try:
        return refund(str(row.payment_intent_id), amount, key)
    except PaymentsError as error:
        if error.reason != "rejected" or amount is not None:
            raise
    return refund(str(row.payment_intent_id), None, f"{key}:{now():%Y%m%d%H}")


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
    row = in_database(_by_intent, payment_intent_id)
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
    return _by_intent(payment_intent_id) is not None


def _by_intent(payment_intent_id: str) -> CheckoutSession | None:
    return CheckoutSession.select().where(CheckoutSession.payment_intent_id == payment_intent_id).first()  # type: ignore[no-any-return]


def _count(checkout_id: str, refunds: list[Returned]) -> list[str]:
    """One transaction: session, form, share links, mail. The rows already counted decide whether this is news."""
    with transaction():
        form, row = _both(checkout_id)
        back = min(sum(one.amount for one in refunds if one.counts), row.amount_paid or 0)
        for one in refunds:
            if not one.counts:
                raise_alert("refund_failed", one.refund_id, "the bank sent a refund back; the buyer does not have it", form.id)
        if back == row.amount_refunded and (back < (row.amount_paid or 0) or row.status == CheckoutStatus.REFUNDED):
            return []
        more, why = back - row.amount_refunded, row.refund_due or ("" if row.fulfilled_at else "duplicate")
        _set_standing(row, back)
        _follow(form, CheckoutSession.find(row.id))
        if more < 0:
            ComposeForm.update(attention="refund_failed").where(ComposeForm.id == form.id).execute()
        if more <= 0:
            return []
        email_id = queue_email(form, "refund", amount=more, currency=row.currency, why=why, whole=back == row.amount_paid)
    return [email_id] if email_id else []


def _both(checkout_id: str) -> tuple[ComposeForm, CheckoutSession]:
    """Form first, then session: the one order in which they are locked everywhere."""
    form_id = CheckoutSession.find(checkout_id).form_id
    form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
    return form, locked(CheckoutSession.select().where(CheckoutSession.id == checkout_id)).get()


def _set_standing(row: CheckoutSession, back: int) -> None:
    """Where the payment stands with so much of it given back."""
    due = None if back else row.refund_due
    if back and back == row.amount_paid:
        to = CheckoutStatus.REFUNDED
    elif row.dispute_status in OPEN_DISPUTES:
        to = CheckoutStatus.DISPUTED
    elif back:
        to = CheckoutStatus.PARTIALLY_REFUNDED
    else:
        to = CheckoutStatus.FULFILLED if row.fulfilled_at else CheckoutStatus.PAID
    if to == row.status or not move(row, to, by="stripe", why="refunds", amount_refunded=back, refund_due=due):
        CheckoutSession.update(amount_refunded=back, refund_due=due, updated_at=now()).where(
            CheckoutSession.id == row.id
        ).execute()


def _follow(form: ComposeForm, row: CheckoutSession) -> None:
    """The form goes where the payment that bought it went; by policy the share links with it."""
    if row.fulfilled_at is None:
        notify(form.id)
        return
    if row.status == CheckoutStatus.REFUNDED:
        moved = move(form, FormStatus.REFUNDED, by="stripe")
        if moved and not settings.share_after_refund:  # after the move, by whose moment `_relink` goes
            links = ShareToken.update(revoked_at=now()).where(ShareToken.form == form.id, ShareToken.revoked_at.is_null())
            links.execute()
    elif form.status == FormStatus.REFUNDED:
        sent = Email.select().where(Email.form == form.id, Email.kind == "delivery", Email.status == EmailStatus.SENT).exists()
        move(form, FormStatus.DELIVERED if sent else FormStatus.PAYMENT_COMPLETED, by="stripe", why="refund_failed")
        _relink(form)
    notify(form.id)


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


def look_at_dispute(dispute_id: str) -> bool:
    """Bring our rows to where a dispute stands at Stripe. False for a payment that is not ours."""
    found = lookups.dispute(payments.account(), dispute_id)
    return in_database(_dispute, found.payment_intent_id or "", found.status, dispute_id)


def _dispute(payment_intent_id: str, status: str, dispute_id: str) -> bool:
    row = _by_intent(payment_intent_id)
    if row is None:
        return False
    with transaction():
        form, row = _both(row.id)
        raise_alert(
            f"dispute_{status}"[:40], dispute_id, f"answer it in the dashboard; `./serenade evidence {form.id} FILE`", form.id
        )
        if row.dispute_status in ("won", "lost") and status not in ("won", "lost"):
            return True  # an older event: it is decided
        CheckoutSession.update(dispute_status=status, updated_at=now()).where(CheckoutSession.id == row.id).execute()
        row = CheckoutSession.find(row.id)
        if row.status == CheckoutStatus.REFUNDED:
            return True
        if status == "lost":
            move(row, CheckoutStatus.REFUNDED, by="stripe", why="dispute_lost", refund_due=None)
        elif row.status in (CheckoutStatus.PAID, *PAID_STANDINGS):
            _set_standing(row, row.amount_refunded)
        _follow(form, CheckoutSession.find(row.id))
    return True
