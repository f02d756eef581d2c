"""Expiry: an order that nobody paid for is over after a week, unless its owner asks for more time. Retention purges it then."""

from __future__ import annotations

from typing import Any

from peewee import SQL, fn

from jobs.forms.drafts import find_form
from models import (
    KEPT_UNPAID,
    MONEY_MOVES,
    UNFINISHED,
    UNPAID,
    CheckoutSession,
    ComposeForm,
    FormStatus,
    Variation,
    VariationStatus,
    WrongMomentError,
    locked,
    move,
    move_all,
    notify,
    now,
    transaction,
)

_AT_ONCE = 50  # rows of one sweep step, so that the other steps get their turn
MOST_EXTENSIONS = 3
# Forms adopted from an older system are kept for at least a week, whatever their age.
ADOPTED_A_WEEK_AGO = SQL("coalesce(adopted_at + interval '7 days', '-infinity') < (now() AT TIME ZONE 'utc')")


def expire_forms() -> None:
    """Sweep step: expire unpaid forms that are due. A locked row is left for the next pass."""
    over = (ComposeForm.expires_at < now()) & ADOPTED_A_WEEK_AGO
    due = ComposeForm.select(ComposeForm.id).where(ComposeForm.status.in_(UNPAID), over, ~fn.EXISTS(_pending_payment()))
    for form_id in [row.id for row in due.order_by(ComposeForm.expires_at).limit(_AT_ONCE)]:
        expire(form_id, by="sweep", why="time_over", only_if=over)


def _pending_payment() -> Any:
    return CheckoutSession.select(SQL("1")).where(
        CheckoutSession.form == ComposeForm.id, CheckoutSession.status.in_(MONEY_MOVES)
    )


def expire(form_id: str, *, by: str, why: str, only_if: Any = True) -> bool:
    """Expire an unpaid form. False if that is not possible now: the row is locked, or a payment is pending."""
    with transaction():
        query = ComposeForm.select().where(
            ComposeForm.id == form_id, ComposeForm.status.in_(UNPAID), ~fn.EXISTS(_pending_payment()), only_if
        )
        form = query.for_update("FOR NO KEY UPDATE SKIP LOCKED").first()  # type: ignore[arg-type] # Peewee takes the clause, its types do not
        if form is None or not move(form, FormStatus.EXPIRED, by=by, why=why):
            return False
        unfinished = Variation.select(Variation.id).where(Variation.form == form_id, Variation.status.in_(UNFINISHED))
        ids = [row.id for row in unfinished]
        move_all(Variation, ids, VariationStatus.FAILED, by=by, why="expired", error_code="expired")
        # their leases stay: a worker may still hold one
    return True


def extend(form_id: str) -> None:
    """Another week, on the customer's request. Raises WrongMomentError once paid or after three times."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == find_form(form_id).id)).get()
        if form.status not in UNPAID or form.extended_count >= MOST_EXTENSIONS:
            raise WrongMomentError("no_extension_left")
        later = max(form.expires_at or now(), now()) + KEPT_UNPAID
        ComposeForm.update(expires_at=later, extended_count=form.extended_count + 1, updated_at=now()).where(
            ComposeForm.id == form_id
        ).execute()
        notify(form_id)
