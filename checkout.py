"""From the Pay button to Stripe and back: open a session, take in Stripe's events. Fulfilling is a job."""

from __future__ import annotations

import logging
from datetime import UTC, timedelta
from typing import Any

from peewee import fn

from integrations.payments import (
    BadEvent,
    OpenedSession,
    PaymentsError,
    SessionRequest,
    expire_session,
    open_session,
    read_event,
)
from jobs.composing import choose, find_form
from jobs.fulfilment import back_to_choosing, fulfil
from jobs.queue import enqueue
from models import (
    CHOOSING,
    CheckoutSession,
    ComposeForm,
    StripeEvent,
    Variation,
    WrongMomentError,
    in_database,
    locked,
    move,
    new_id,
    now,
    transaction,
)
from settings import settings

log = logging.getLogger("serenade.checkout")
SESSION_MINUTES = 60  # Stripe allows 30 minutes to 24 hours

__all__ = ["BadEvent", "PaymentsError", "cancel", "fulfil", "open_checkout", "take_event"]


def open_checkout(form_id: str, selected: dict[str, int] | None = None) -> OpenedSession:
    """Where the customer pays for what is chosen. The same open session however often and from how many tabs.

    Raises NotFoundError, WrongMomentError (not everything chosen, paid already), PaymentsError.
    """
    for song_index, variation in (selected or {}).items():
        in_database(choose, form_id, int(song_index), variation)
    row, stale = in_database(_claim_session, form_id)
    if stale is not None:
        _give_up(stale)
        row, stale = in_database(_claim_session, form_id)
    if row.url:
        return OpenedSession(
            str(row.stripe_session_id), row.url, int(row.expires_at.replace(tzinfo=UTC).timestamp()), row.livemode
        )
    try:
        opened = open_session(_request(row))
    except PaymentsError as error:
        log.error("checkout %s: %s", row.id, error)
        if error.reason in ("rejected", "auth"):
            in_database(_not_opened, row, error.reason)
        raise
    in_database(_opened, row, opened)
    return opened


def _claim_session(form_id: str) -> tuple[CheckoutSession, CheckoutSession | None]:
    """(the session row to use, None), or (row, row) where that row was opened for another choice and must end first."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == find_form(form_id).id)).get()
        if form.status not in CHOOSING:
            raise WrongMomentError(f"a form that is {form.status} cannot be paid for")
        selected, tasks = _chosen(form)
        row = CheckoutSession.select().where(CheckoutSession.form == form.id, CheckoutSession.status == "open").first()
        if row is not None:
            over = row.expires_at < now() + timedelta(minutes=2)
            return (row, row) if over or row.selected_variations != selected else (row, None)
        package = settings.packages[form.package_type]
        attempt = 1 + (
            CheckoutSession.select(fn.MAX(CheckoutSession.attempt)).where(CheckoutSession.form == form.id).scalar() or 0
        )
        row = CheckoutSession.create(
            id=new_id("checkout"),
            form=form.id,
            attempt=attempt,
            idempotency_key=f"checkout:{form.id}:{attempt}",
            amount=package.amount,
            currency=package.currency,
            selected_variations=selected,
            selected_task_ids=tasks,
            expires_at=now() + timedelta(minutes=SESSION_MINUTES),
        )
        move(form, "payment_initiated", by="customer", why="checkout")
        return row, None


def _chosen(form: ComposeForm) -> tuple[dict[str, int], dict[str, str]]:
    """What is chosen for every song, and the task ids behind it; WrongMomentError while a song has no ready choice."""
    selected = {str(index): form.selected_variations.get(str(index)) for index in range(form.song_count)}
    ready = {
        (str(row.song_index), row.variation): row.id
        for row in Variation.select().where(Variation.form == form.id, Variation.status == "ready").order_by(Variation.revision)
    }
    tasks = {song: ready.get((song, variation)) for song, variation in selected.items()}
    if not all(tasks.values()):
        raise WrongMomentError("choose one variation of every song first")
    return {k: v for k, v in selected.items() if v}, {k: v for k, v in tasks.items() if v}


def _request(row: CheckoutSession) -> SessionRequest:
    form = in_database(ComposeForm.find, row.form_id)
    package = settings.packages[form.package_type]
    page = f"{settings.public_url}/compose"
    return SessionRequest(
        form_id=form.id,
        package_type=form.package_type,
        label=package.label,
        amount=row.amount,
        currency=row.currency,
        customer_email=form.guest_email,
        selected_task_ids=row.selected_task_ids,
        success_url=f"{page}/success?formId={form.id}&session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{page}/variations?formId={form.id}&canceled=1",
        expires_at=int(row.expires_at.replace(tzinfo=UTC).timestamp()),
        idempotency_key=row.idempotency_key,
    )


def _opened(row: CheckoutSession, opened: OpenedSession) -> None:
    with transaction():
        CheckoutSession.update(
            stripe_session_id=opened.session_id, url=opened.url, livemode=opened.livemode, updated_at=now()
        ).where(CheckoutSession.id == row.id).execute()
        ComposeForm.update(stripe_session_id=opened.session_id, updated_at=now()).where(
            ComposeForm.id == row.form_id, ComposeForm.status == "payment_initiated"
        ).execute()


def _not_opened(row: CheckoutSession, why: str) -> None:
    """Stripe said a definite no: this attempt is over, the next one takes a new key."""
    if move(row, "expired", by="checkout", why=why):
        back_to_choosing(row.form_id, why="not_opened")


def _give_up(row: CheckoutSession) -> None:
    """End a session at Stripe before another is opened; when it turns out to be paid, fulfil it instead."""
    if row.stripe_session_id:
        try:
            expire_session(row.stripe_session_id)
        except PaymentsError as error:
            if error.reason not in ("not_open", "missing"):
                raise
            if fulfil(row.stripe_session_id):
                raise WrongMomentError("this form was paid already") from error
    in_database(_not_opened, row, "choice_changed")


def cancel(form_id: str) -> None:
    """The customer came back from the payment page without paying. The session stays open for a change of mind."""
    in_database(back_to_choosing, form_id, why="canceled")


def take_event(raw_body: bytes, signature_header: str) -> str:
    """Check Stripe's signature, remember the event under its own id, leave the rest to a job. Raises BadEvent."""
    event = read_event(raw_body, signature_header, [settings.stripe_webhook_secret])
    in_database(_store_event, event)
    # Also when it was stored before: Stripe's redelivery then heals a crash between insert and enqueue.
    enqueue("jobs.fulfilment.handle_event", event.id, urgent=True)
    return event.id


def _store_event(event: Any) -> None:
    with transaction():
        StripeEvent.insert(
            id=event.id,
            type=event.type,
            livemode=event.livemode,
            api_version=event.api_version,
            object_id=event.object_id,
            payload=event.payload,
        ).on_conflict_ignore().execute()
