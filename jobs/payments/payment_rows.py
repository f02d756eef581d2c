"""Finding a payment among our rows, whatever it buys: an order (CheckoutSession) or something more of it (ExtraPurchase)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models import CheckoutSession, CheckoutStatus, ExtraPurchase, NotFoundError, Payment

PAYMENT_TABLES: tuple[type[Payment], ...] = (CheckoutSession, ExtraPurchase)


def find_payment(payment_id: str) -> Payment:
    """The row of this id, or NotFoundError."""
    return _first("id", payment_id) or _none(payment_id)


def payment_of_session(stripe_session_id: str) -> Payment | None:
    """The row of a Checkout Session at Stripe."""
    return _first("stripe_session_id", stripe_session_id)


def payment_of_intent(payment_intent_id: str) -> Payment | None:
    """The row of a payment intent at Stripe."""
    return _first("payment_intent_id", payment_intent_id)


def table_of(payment_id: str) -> type[Payment]:
    """Where a row of this id would be."""
    return ExtraPurchase if payment_id.startswith("extra_") else CheckoutSession


def all_payments(condition: Any) -> Iterator[Payment]:
    """The rows of every table that fit; `condition` makes the condition for a table."""
    for table in PAYMENT_TABLES:
        yield from table.select().where(condition(table))


def is_disputed(form_id: str) -> bool:
    """Whether a bank is looking at any payment of this order."""
    return any(
        table.select().where(table.form == form_id, table.status == CheckoutStatus.DISPUTED).exists()
        for table in PAYMENT_TABLES
    )


def _first(name: str, value: str) -> Payment | None:
    rows = (table.select().where(getattr(table, name) == value).first() for table in PAYMENT_TABLES)
    return next((row for row in rows if row is not None), None)


def _none(payment_id: str) -> Payment:
    raise NotFoundError(f"no payment {payment_id[:24]!r}")
