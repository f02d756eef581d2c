"""Payments: Stripe, or without a key a sandbox that imitates it (sandbox/) and that the same SDK talks to over HTTP.

The functions below use the account of settings; `Payments` takes any other. The sandbox itself is imported only by main.
"""

from __future__ import annotations

from functools import cache

from integrations.payments.demo_keys import DEMO_PREFIX, demo_key
from integrations.payments.lookups import Dispute, Returned
from integrations.payments.signed_events import BadEvent, Event, read_event
from integrations.payments.stripe_payments import Payments
from integrations.payments.values import OpenedSession, PaidSession, PaymentsError, Refunded, SessionRequest
from settings import settings

__all__ = [
    "BadEvent",
    "Dispute",
    "Event",
    "OpenedSession",
    "PaidSession",
    "Payments",
    "PaymentsError",
    "Refunded",
    "Returned",
    "SessionRequest",
    "account",
    "account_for",
    "demo_account",
    "expire_session",
    "open_session",
    "read_event",
    "refund",
    "retrieve_session",
]


@cache
def account() -> Payments:
    """The account that settings name. The first call loads the SDK, not this."""
    page_origin = settings.public_url if settings.is_sandbox else ""
    key, base, hosts = settings.stripe_secret_key, settings.stripe_api_base, settings.stripe_checkout_hosts
    return Payments(key, base, page_origin, page_hosts=hosts)


@cache
def demo_account() -> Payments:
    """The account of demo forms, whatever the settings: a sandbox of their own, whose key Stripe does not accept."""
    return Payments(demo_key(settings), f"{settings.local_url}{DEMO_PREFIX}", settings.public_url)


def account_for(demo: bool) -> Payments:
    """The account for a form: never Stripe's for a demo form, never the demo's for an order."""
    return demo_account() if demo else account()


def open_session(request: SessionRequest) -> OpenedSession:
    """See Payments.open_session."""
    return account().open_session(request)


def retrieve_session(session_id: str) -> PaidSession:
    """See Payments.retrieve_session."""
    return account().retrieve_session(session_id)


def expire_session(session_id: str) -> PaidSession:
    """See Payments.expire_session."""
    return account().expire_session(session_id)


def refund_at_stripe(payment_intent_id: str, amount: int | None, idempotency_key: str) -> Refunded:
    """See Payments.refund."""
    return account().refund(payment_intent_id, amount, idempotency_key)
