"""Plain values of the payments API, and its one exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PaymentsReason = Literal["unavailable", "rejected", "auth", "missing", "not_open", "bad_answer", "page_refused"]


class PaymentsError(Exception):
    """A call to Stripe without a usable response. `detail` is for our log, never for the customer.

    unavailable  network, timeout, 429, a fresh 5xx: it is unknown whether it happened; call again with the SAME key
    rejected     a definitive refusal (4xx, a 5xx stored under the key, idempotency_error): retry only with a new key
    auth         our key is wrong or may not do this: nothing works until staff fix it
    missing      there is no such object at Stripe
    not_open     only an open session can be expired: somebody paid it, or it is expired already
    bad_answer   an invalid response (no id, no url); the same key may be used again
    page_refused the session's page is where we send nobody (hosted_page.py); retry only with a new key

    `code` says what was refused and `request_id` is Stripe's name for the call; neither holds anything of a customer's.
    """

    def __init__(self, reason: PaymentsReason, detail: str, *, code: str = "", request_id: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: PaymentsReason = reason
        self.detail, self.code, self.request_id = detail, code or reason, request_id


@dataclass(frozen=True)
class SessionRequest:
    """What one Checkout Session sells. `amount` is in minor units, `expires_at` in Unix seconds (30 min to 24 h ahead)."""

    form_id: str
    package_type: str
    label: str
    amount: int
    currency: str
    customer_email: str | None
    selected_task_ids: Mapping[str, str]
    success_url: str
    cancel_url: str
    expires_at: int
    idempotency_key: str
    locale: str | None = None
    checkout_id: str = ""  # the id of our row, so that an event that arrives before our commit finds it
    automatic_tax: bool = False
    promotion_codes: bool = False


@dataclass(frozen=True)
class OpenedSession:
    """A session the customer can be sent to: `url` is checked to be a payment page (hosted_page.py)."""

    session_id: str
    url: str
    expires_at: int
    livemode: bool


@dataclass(frozen=True)
class PaidSession:
    """A session as Stripe reports it now. Paid or not is in `payment_status` (paid, unpaid, no_payment_required)."""

    session_id: str
    status: str  # open, complete, expired
    payment_status: str
    amount_subtotal: int  # before discounts
    amount_discount: int
    amount_total: int  # what is paid
    currency: str
    livemode: bool
    client_reference_id: str | None
    metadata_form_id: str | None
    metadata_checkout_id: str | None
    payment_intent_id: str | None  # null until somebody paid, and in a session that cost nothing
    url: str | None  # null once the session is no longer open
    expires_at: int


@dataclass(frozen=True)
class Refunded:
    """A created refund. When the charge was refunded before, `refund_id` is None and status `already_refunded`."""

    refund_id: str | None
    amount: int  # minor units; 0 when it was already refunded
    status: str  # succeeded, pending, requires_action, failed, canceled, already_refunded
