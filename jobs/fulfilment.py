"""Fulfilment: give what was paid for, once, whoever says how often that it was paid."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from integrations.payments import PaidSession, retrieve_session
from jobs.gifts import begin_gift
from jobs.queue import enqueue
from models import (
    PAID,
    CheckoutSession,
    ComposeForm,
    Email,
    ShareToken,
    StripeEvent,
    in_database,
    locked,
    move,
    new_id,
    now,
    ring,
    settle,
    status_of,
    transaction,
)
from settings import settings

log = logging.getLogger("serenade.fulfilment")
PAID_EVENTS = ("checkout.session.completed", "checkout.session.async_payment_succeeded")


def handle_event(event_id: str) -> None:
    """Job: act on a stored event. The event only says where to look; what is true is fetched."""
    event = in_database(StripeEvent.find, event_id)
    if event.handled_at is not None:
        return
    in_database(_count_try, event)
    if event.type in PAID_EVENTS and event.object_id:
        fulfil(event.object_id)
    elif event.type == "checkout.session.expired" and event.object_id:
        in_database(session_expired, event.object_id)
    in_database(_mark_handled, event)


def _count_try(event: StripeEvent) -> None:
    StripeEvent.update(attempts=StripeEvent.attempts + 1).where(StripeEvent.id == event.id).execute()


def _mark_handled(event: StripeEvent) -> None:
    StripeEvent.update(handled_at=now(), error=None).where(StripeEvent.id == event.id).execute()


def fulfil(stripe_session_id: str) -> bool:
    """Look at the session at Stripe and, if it is paid and ours and right in every respect, give what it bought.

    Called by webhook, success page and sweep alike; True once the form is paid. Raises PaymentsError when Stripe cannot
    be asked, NotFoundError for a session that is not ours.
    """
    row = in_database(_session, stripe_session_id)
    if row is None:
        log.warning("a session that is not ours: %s", stripe_session_id)
        return False
    if row.status == "fulfilled":
        return True
    session = retrieve_session(stripe_session_id)
    if session.payment_status == "unpaid":
        if session.status == "expired":
            in_database(session_expired, stripe_session_id)
        return False
    wrong = _mismatch(row, session)
    if wrong:
        log.error("session %s is not what we sold: %s", stripe_session_id, wrong)
        in_database(_call_for_attention, row.form_id, f"payment_{wrong}")
        return False
    return in_database(_fulfil, row, session)


def _session(stripe_session_id: str) -> CheckoutSession | None:
    return CheckoutSession.select().where(CheckoutSession.stripe_session_id == stripe_session_id).first()  # type: ignore[no-any-return]


def _mismatch(row: CheckoutSession, session: PaidSession) -> str | None:
    """The first respect in which Stripe's session differs from what we sold."""
    pairs: dict[str, tuple[Any, Any]] = {
        "amount": (row.amount, session.amount_total),
        "currency": (row.currency, session.currency.lower()),
        "livemode": (not settings.stripe_secret_key.startswith(("sk_test_", "sk_sandbox_", "rk_test_")), session.livemode),
        "reference": (row.form_id, session.client_reference_id),
    }
    return next((name for name, (ours, theirs) in pairs.items() if ours != theirs), None)


def _fulfil(row: CheckoutSession, session: PaidSession) -> bool:
    """One transaction: session, form, share tokens, outbox mail. The guarded move decides who was first."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).get()
        if form.status in PAID:
            return _paid_before(row, session)
        if form.status != "payment_initiated" and not move(form, "payment_initiated", by="fulfil", why="paid_after_all"):
            return _call_for_attention(form.id, "paid_but_" + form.status)
        if row.status != "paid":
            move(row, "paid", by="fulfil", payment_intent_id=session.payment_intent_id)
        move(
            form,
            "payment_completed",
            by="fulfil",
            amount_paid=session.amount_total,
            paid_at=now(),
            stripe_session_id=session.session_id,
            stripe_payment_intent_id=session.payment_intent_id,
            selected_variations=row.selected_variations,
            attention=None,
        )
        for song_index in range(form.song_count):
            ShareToken.insert(token=secrets.token_urlsafe(22), form=form.id, song_index=song_index).execute()
        begin_gift(form.id, form.song_count)
        letter = new_id("mail")
        domain = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"
        Email.insert(
            id=letter, form=form.id, kind="delivery", to_address=form.guest_email, message_id=f"<{letter}@{domain}>"
        ).execute()
        move(row, "fulfilled", by="fulfil")
    enqueue("jobs.delivery.send_email", letter, urgent=True)
    return True


def _paid_before(row: CheckoutSession, session: PaidSession) -> bool:
    """The form was paid already: by this session (fine), or by another one, and then staff must give the money back."""
    if row.status in ("paid", "fulfilled"):
        return True
    log.error("form %s was paid twice", row.form_id)
    move(row, "paid", by="fulfil", why="second_payment", payment_intent_id=session.payment_intent_id)
    return _call_for_attention(row.form_id, "paid_twice")


def _call_for_attention(form_id: str, why: str) -> bool:
    ComposeForm.update(attention=why).where(ComposeForm.id == form_id).execute()
    ring(form_id)
    return False


def session_expired(stripe_session_id: str) -> None:
    """A session nobody paid: the form goes back to choosing."""
    row = _session(stripe_session_id)
    if row is not None and move(row, "expired", by="stripe"):
        back_to_choosing(row.form_id, why="session_expired")


def back_to_choosing(form_id: str, *, why: str) -> None:
    """payment_initiated -> variations_ready, or -> variations_generating while some are still being made."""
    if status_of(form_id) == "payment_initiated":
        move((ComposeForm, form_id), "variations_generating", by="checkout", why=why)
        settle(form_id)
