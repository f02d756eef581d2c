"""Parses Stripe's responses: errors become our reasons, objects become plain values or are rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrations.payments.values import PaidSession, PaymentsError, PaymentsReason

if TYPE_CHECKING:
    import stripe


def translated(error: stripe.StripeError) -> PaymentsError:
    """Our reason for an SDK error. A header says whether a 5xx is the answer stored under our idempotency key."""
    reason = _reason(error)
    status, code = error.http_status, error.code or ""
    detail = f"{status} {code} {error.user_message or ''} {error.request_id or ''}".strip()
    what = code or getattr(error, "param", None) or error.__class__.__name__
    return PaymentsError(reason, detail, code=f"{status} {what}"[:80], request_id=error.request_id or "")


def _reason(error: stripe.StripeError) -> PaymentsReason:
    import stripe

    status = error.http_status or 0
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return "auth"
    if error.code == "resource_missing" or status == 404:
        return "missing"
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if status >= 500 and headers.get("idempotent-replayed") == "true":
        return "rejected"
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError) or status in (409, 429) or status >= 500:
        return "unavailable"
    return "bad_answer" if status < 400 else "rejected"


def paid_session(answer: dict[str, Any]) -> PaidSession:
    metadata = answer.get("metadata") or {}
    return PaidSession(
        session_id=text_in(answer, "id"),
        status=text_in(answer, "status"),
        payment_status=text_in(answer, "payment_status"),
        amount_subtotal=whole_in(answer, "amount_subtotal"),
        amount_discount=(answer.get("total_details") or {}).get("amount_discount") or 0,
        amount_total=whole_in(answer, "amount_total"),
        currency=text_in(answer, "currency"),
        livemode=flag_in(answer, "livemode"),
        client_reference_id=answer.get("client_reference_id"),
        metadata_form_id=metadata.get("formId"),
        metadata_checkout_id=metadata.get("checkoutId"),
        payment_intent_id=answer.get("payment_intent"),
        url=answer.get("url"),
        expires_at=whole_in(answer, "expires_at"),
    )


def text_in(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise PaymentsError("bad_answer", f"{name} is missing in Stripe's answer")
    return value


def whole_in(answer: dict[str, Any], name: str) -> int:
    value = answer.get(name)
    if type(value) is not int:  # True is an int too
        raise PaymentsError("bad_answer", f"{name} is missing in Stripe's answer")
    return value


def flag_in(answer: dict[str, Any], name: str) -> bool:
    value = answer.get(name)
    if not isinstance(value, bool):
        raise PaymentsError("bad_answer", f"{name} is missing in Stripe's answer")
    return value
