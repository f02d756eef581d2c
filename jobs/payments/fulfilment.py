"""Fulfilment: give what was paid for, once, however often and by whomever the payment is reported."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Literal

from integrations import payments
from integrations.payments import PaidSession, PaymentsError, lookups
from jobs.alerts import raise_alert
from jobs.crash_points import crash_at
from jobs.generation.selection import show_what_was_paid
from jobs.gifts.share_links import give_links
from jobs.outbox import queue_email
from jobs.payments.extra_fulfilment import fulfil_extra
from jobs.payments.payment_rows import payment_of_session, table_of
from jobs.payments.refunds import mark_to_give_back, pay_refund
from jobs.queue import enqueue
from jobs.queue_names import SEND_EMAIL, is_demo, queue_for
from models import (
    COUNTED,
    PAID,
    CheckoutSession,
    CheckoutStatus,
    ComposeForm,
    FormStatus,
    Payment,
    in_database,
    locked,
    move,
    notify,
    now,
    settle,
    status_of,
    transaction,
)
from settings import settings

log = logging.getLogger("serenade.fulfilment")
Outcome = Literal["fulfilled", "to_refund", "pending", "failed", "open", "expired", "wrong", "not_ours"]


def fulfil(stripe_session_id: str, *, demo: bool = False) -> bool:
    """Look at the session at Stripe and give what it bought. True once this session's form is paid by it.

    Called by webhook, success page and sweep alike. Raises PaymentsError when Stripe cannot be asked.
    """
    return look_at_session(stripe_session_id, demo=demo) == "fulfilled"


def look_at_session(stripe_session_id: str, *, demo: bool = False) -> Outcome:
    """Bring our rows to where Stripe's session is now, which is all that counts. Raises PaymentsError.

    `demo`: the answer came from the demo's own sandbox, which counts for demo forms only, and nothing else counts for them.
    """
    row = in_database(payment_of_session, stripe_session_id)
    demo = in_database(is_demo, row.form_id) if row is not None else demo
    if row is not None and row.status in COUNTED:
        return "fulfilled" if row.fulfilled_at else "to_refund"
    try:
        session = payments.account_for(demo).retrieve_session(stripe_session_id)
    except PaymentsError as error:
        if error.reason == "missing":
            return "not_ours"
        raise
    row = row or in_database(_adopted, session, demo)
    if row is None:
        log.warning("a session that is not ours: %s", stripe_session_id[:24])
        return "not_ours"
    wrong = in_database(_mismatch, row, session)
    if wrong:
        in_database(_refuse, row, wrong)
        return "wrong"
    if session.payment_status == "unpaid":
        return _unpaid(row, session)
    outcome, email_ids = in_database(_fulfil if isinstance(row, CheckoutSession) else fulfil_extra, row, session)
    crash_at("fulfil_after_commit")
    for email_id in email_ids:
        enqueue(SEND_EMAIL, email_id, queue=queue_for(demo))
    if outcome == "to_refund":
        enqueue(pay_refund, row.id, queue=queue_for(demo))
    crash_at("fulfil_after_enqueue")
    return outcome


def _adopted(session: PaidSession, demo: bool) -> Payment | None:
    """Our row for a session whose id we have not stored yet: the event overtook our commit, or we died before it."""
    if not session.metadata_checkout_id:
        return None
    table = table_of(session.metadata_checkout_id)
    table.update(stripe_session_id=session.session_id, livemode=session.livemode, updated_at=now()).where(
        table.id == session.metadata_checkout_id,
        table.form == session.client_reference_id,
        table.form.in_(ComposeForm.select(ComposeForm.id).where(ComposeForm.demo == demo)),
        table.stripe_session_id.is_null(),
    ).execute()
    return payment_of_session(session.session_id)


def _mismatch(row: Payment, session: PaidSession) -> str | None:
    """The first respect in which Stripe's session differs from what we sold."""
    discount = session.amount_discount if settings.stripe_promotion_codes else 0
    before = row.amount if settings.stripe_automatic_tax else session.amount_subtotal  # it may leave out the tax in our prices
    pairs: dict[str, tuple[Any, Any]] = {
        "livemode": (payments.account_for(is_demo(row.form_id)).livemode, session.livemode),
        "reference": ((row.form_id, row.form_id), (session.client_reference_id, session.metadata_form_id)),
        "currency": (row.currency, session.currency.lower()),
        "amount": ((row.amount, row.amount - discount), (before, session.amount_total)),
    }
    if session.payment_status == "no_payment_required":
        pairs["free"] = (0, session.amount_total)
    return next((name for name, (ours, theirs) in pairs.items() if ours != theirs), None)


def _refuse(row: Payment, wrong: str) -> None:
    with transaction():
        _call_for_attention(row.form_id, f"payment_{wrong}")
        raise_alert("payment_" + wrong, row.id, "a session at Stripe is not what we sold; nothing was given", row.form_id)


def _unpaid(row: Payment, session: PaidSession) -> Outcome:
    """Open, run out, or paid by a method that takes days: then its payment intent knows how that stands."""
    if session.status == "open":
        return "open"
    if session.status == "expired":
        in_database(session_expired, session.session_id)
        return "expired"
    demo = in_database(is_demo, row.form_id)
    status = lookups.intent_status(payments.account_for(demo), session.payment_intent_id or "")
    failed = status in ("requires_payment_method", "canceled")
    email_ids = in_database(_failed if failed else _pending, row)
    for email_id in email_ids:
        enqueue(SEND_EMAIL, email_id, queue=queue_for(demo))
    return "failed" if failed else "pending"


def _pending(row: Payment) -> list[str]:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        if not move(row, CheckoutStatus.PAYMENT_PENDING, by="stripe") or not isinstance(row, CheckoutSession):
            return []
        return _some(queue_email(form, "payment_pending", amount=row.amount, currency=row.currency))


def _failed(row: Payment) -> list[str]:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        move(row, CheckoutStatus.PAYMENT_PENDING, by="stripe")
        if not move(row, CheckoutStatus.PAYMENT_FAILED, by="stripe") or not isinstance(row, CheckoutSession):
            return []
        back_to_choosing(row.form_id, why="payment_failed")
        return _some(queue_email(form, "payment_failed", amount=row.amount, currency=row.currency))


def _some(email_id: str | None) -> list[str]:
    return [email_id] if email_id else []


def _fulfil(row: CheckoutSession, session: PaidSession) -> tuple[Outcome, list[str]]:
    """One transaction: session, form, share tokens, outbox mail. The guarded move decides who was first."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        row = CheckoutSession.find(row.id)
        if row.status in COUNTED or row.refund_due:
            return ("fulfilled" if row.fulfilled_at else "to_refund"), []
        crash_at("fulfil_before_update")
        paid: dict[str, Any] = {"payment_intent_id": session.payment_intent_id, "amount_paid": session.amount_total}
        takes = form.status == FormStatus.PAYMENT_INITIATED or move(
            form, FormStatus.PAYMENT_INITIATED, by="fulfil", why="paid_after_all"
        )
        if not takes:
            return _to_give_back(row, form, paid), []
        move(row, CheckoutStatus.PAID, by="fulfil", **paid)
        _pay(form, row, session)
        move(row, CheckoutStatus.FULFILLED, by="fulfil", fulfilled_at=now())
        _look_again_at_others(form.id, row.id)
        crash_at("fulfil_after_update")
        email_ids = _some(give_links(form, checkout=row.id))
        crash_at("fulfil_after_outbox")
    return "fulfilled", email_ids


def _pay(form: ComposeForm, row: CheckoutSession, session: PaidSession) -> None:
    show_what_was_paid(form.id, row.selected_task_ids)
    move(
        form,
        FormStatus.PAYMENT_COMPLETED,
        by="fulfil",
        amount_paid=session.amount_total,
        paid_at=now(),
        stripe_session_id=session.session_id,
        stripe_payment_intent_id=session.payment_intent_id,
        selected_variations=row.selected_variations,
        attention=None,
    )


def _look_again_at_others(form_id: str, paid_id: str) -> None:
    """Another session of this form is still open: the sweep looks at it soon, expires it at Stripe, or gives its money back."""
    CheckoutSession.update(looked_at=now() - timedelta(days=1)).where(
        CheckoutSession.form == form_id, CheckoutSession.id != paid_id, CheckoutSession.status == CheckoutStatus.OPEN
    ).execute()


def _to_give_back(row: CheckoutSession, form: ComposeForm, paid: dict[str, Any]) -> Outcome:
    """The form is paid already, or over: this payment is refunded automatically, once."""
    bought = form.status in PAID or form.amount_paid is not None
    mark_to_give_back(row, form, "duplicate" if bought else "late", **paid)
    return "to_refund"


def _call_for_attention(form_id: str, why: str) -> None:
    ComposeForm.update(attention=why).where(ComposeForm.id == form_id).execute()
    notify(form_id)


def session_expired(stripe_session_id: str) -> None:
    """A session nobody paid: the form goes back to choosing."""
    row = payment_of_session(stripe_session_id)
    if row is not None:
        close_session(row, by="stripe", why="session_expired")


def close_session(row: Payment, *, by: str, why: str) -> bool:
    """open -> expired, and an order that was to be paid with it, in one commit. True if this call did it."""
    with transaction():
        locked(ComposeForm.select(ComposeForm.id).where(ComposeForm.id == row.form_id)).first()
        if not move(row, CheckoutStatus.EXPIRED, by=by, why=why):
            return False
        if isinstance(row, CheckoutSession):
            back_to_choosing(row.form_id, why=why)
    return True


def back_to_choosing(form_id: str, *, why: str) -> None:
    """payment_initiated -> variations_ready, or -> variations_generating while some are still being made.

    Stays while another payment of the form is on its way.
    """
    with transaction():
        locked(ComposeForm.select(ComposeForm.id).where(ComposeForm.id == form_id)).first()
        under_way = CheckoutSession.select().where(
            CheckoutSession.form == form_id, CheckoutSession.status == CheckoutStatus.PAYMENT_PENDING
        )
        if status_of(form_id) == FormStatus.PAYMENT_INITIATED and not under_way.exists():
            move((ComposeForm, form_id), FormStatus.VARIATIONS_GENERATING, by="checkout", why=why)
            settle(form_id)
