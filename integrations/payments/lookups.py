"""Read-only queries to Stripe: the state of a payment, its refunds and disputes, and events that we may have missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrations.payments.answers import paid_session, text_in, whole_in
from integrations.payments.signed_events import BadEvent, Event, shaped
from integrations.payments.stripe_payments import Payments, check_id
from integrations.payments.values import PaidSession, PaymentsError

if TYPE_CHECKING:
    import stripe

MOST_PAGES = 200  # of 100 objects: more than 30 days of the busiest season


@dataclass(frozen=True)
class Returned:
    """A refund, as Stripe reports it now. `amount` in minor units."""

    refund_id: str
    amount: int
    status: str  # succeeded, pending, requires_action, failed, canceled

    @property
    def counts(self) -> bool:
        """Whether the refund succeeded or is pending."""
        return self.status not in ("failed", "canceled")


@dataclass(frozen=True)
class Dispute:
    """A dispute: the buyer's bank has withdrawn the money for now."""

    dispute_id: str
    payment_intent_id: str | None
    status: str  # needs_response, under_review, won, lost, warning_...
    amount: int


def intent_status(payments: Payments, payment_intent_id: str) -> str:
    """succeeded, processing, requires_payment_method, canceled, ... Raises PaymentsError."""
    check_id(payment_intent_id, "pi_")
    return text_in(payments.ask(lambda client: client.v1.payment_intents.retrieve(payment_intent_id)), "status")


def refunds_of(payments: Payments, payment_intent_id: str) -> list[Returned]:
    """Every refund of one payment. Raises PaymentsError."""
    check_id(payment_intent_id, "pi_")
    found = _listed(payments, lambda client: client.v1.refunds, {"payment_intent": payment_intent_id})
    return [Returned(text_in(one, "id"), whole_in(one, "amount"), text_in(one, "status")) for one in found]


def find_dispute(payments: Payments, dispute_id: str) -> Dispute:
    """Raises PaymentsError."""
    check_id(dispute_id, "d[up]_")
    found = payments.ask(lambda client: client.v1.disputes.retrieve(dispute_id))
    return Dispute(text_in(found, "id"), found.get("payment_intent"), text_in(found, "status"), whole_in(found, "amount"))


def events_since(payments: Payments, types: tuple[str, ...], since: int) -> Iterator[Event]:
    """The events of these types made at or after `since` (Unix seconds), newest first; Stripe keeps them for 30 days."""
    for one in _listed(payments, lambda client: client.v1.events, {"types": list(types), "created": {"gte": since}}):
        try:
            yield shaped(one)
        except BadEvent as error:
            raise PaymentsError("bad_answer", f"a listed event is none: {error}") from error


def sessions_since(payments: Payments, since: int) -> Iterator[PaidSession]:
    """The Checkout Sessions made at or after `since` (Unix seconds), newest first."""
    for one in _listed(payments, lambda client: client.v1.checkout.sessions, {"created": {"gte": since}}):
        if one.get("mode") == "payment" and type(one.get("amount_total")) is int:  # none of the account's other sessions
            yield paid_session(one)


def refunded_since(payments: Payments, since: int) -> set[str]:
    """The payment intents with a refund at or after `since` (Unix seconds). Raises PaymentsError."""
    found = _listed(payments, lambda client: client.v1.refunds, {"created": {"gte": since}})
    return {one["payment_intent"] for one in found if isinstance(one.get("payment_intent"), str)}


def sessions_of(payments: Payments, payment_intent_id: str) -> list[PaidSession]:
    """The Checkout Session of a payment, if there is one. Raises PaymentsError."""
    check_id(payment_intent_id, "pi_")
    found = _listed(payments, lambda client: client.v1.checkout.sessions, {"payment_intent": payment_intent_id})
    return [paid_session(one) for one in found if type(one.get("amount_total")) is int]


def _listed(
    payments: Payments, place: Callable[[stripe.StripeClient], Any], params: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """All objects of a list, page by page."""
    asked = {**params, "limit": 100}
    for _ in range(MOST_PAGES):
        page = payments.ask(lambda client, asked=asked: place(client).list(params=asked))  # type: ignore[misc]
        things = page.get("data")
        if not isinstance(things, list):
            raise PaymentsError("bad_answer", "a list without data")
        yield from things
        if not page.get("has_more") or not things:
            return
        asked = {**asked, "starting_after": text_in(things[-1], "id")}
    raise PaymentsError("bad_answer", f"more than {MOST_PAGES} pages")


@dataclass(frozen=True)
class WebhookEndpoint:
    """Where Stripe sends events. `api_version` is None for the account's own."""

    url: str
    is_enabled: bool
    events: frozenset[str]  # `*` for all
    api_version: str | None


def prove_key(payments: Payments) -> None:
    """The cheapest read that our key must be allowed. Raises PaymentsError, `auth` where Stripe refuses the key."""
    payments.ask(lambda client: client.v1.checkout.sessions.list(params={"limit": 1}))


def webhook_endpoints(payments: Payments) -> list[WebhookEndpoint]:
    """Every endpoint of the account, of our key's mode. Raises PaymentsError, `auth` where a restricted key may not ask."""
    found = _listed(payments, lambda client: client.v1.webhook_endpoints, {})
    return [
        WebhookEndpoint(
            text_in(one, "url"),
            one.get("status") == "enabled",
            frozenset(one.get("enabled_events") or ()),
            one.get("api_version"),
        )
        for one in found
    ]
