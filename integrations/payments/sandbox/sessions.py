"""The lifecycle of a Checkout Session: paid, pending by bank transfer, expired, refunded, disputed."""

from __future__ import annotations

from typing import Any

from integrations.payments.sandbox import objects
from integrations.payments.sandbox.book import Ledger, Object
from integrations.payments.sandbox.delivery import emit
from integrations.payments.sandbox.forms import checked_refund, checked_session
from integrations.payments.sandbox.parameters import ParameterRefusal


def open_sandbox_session(ledger: Ledger, form: dict[str, Any], page_base: str) -> Object:
    """A new session; `page_base` is where hosted pages live. Raises Refusal."""
    checked = checked_session(form, ledger.now)
    _injected_failure(ledger)
    opened = ledger.put(objects.session(checked, page_base, int(ledger.now)))
    ledger.put(objects.session_backside(opened, checked))
    return opened


def _injected_failure(ledger: Ledger) -> None:
    if ledger.switches.fail_creates > 0:
        ledger.switches.fail_creates -= 1
        raise ParameterRefusal("An unknown error occurred", status=500, kind="api_error", kept=True)


def expire_due(ledger: Ledger) -> None:
    """Expire every open session that is due."""
    for session in ledger.open_sessions_due():
        _run_out(ledger, session)


def expire_sandbox_session(ledger: Ledger, session_id: str) -> Object:
    """Raises Refusal unless it is open."""
    session = ledger.found("checkout.session", session_id)
    if session["status"] != "open":
        raise ParameterRefusal('Only Checkout Sessions with a status in ["open"] can be expired.', kept=True)
    return _run_out(ledger, session)


def pay(ledger: Ledger, session: Object, outcome: str, email: str) -> Object:
    """The buyer's action: paid | delayed | free on an open session, settled | bounced on a delayed one. Else nothing happens.

    `late` pays a session that has run out: the race that Stripe cannot exclude, of a payment against an expiry.
    """
    waiting = session["status"] == "complete" and session["payment_status"] == "unpaid"
    if session["status"] == "open" and outcome in ("paid", "delayed"):
        return _complete(ledger, session, outcome == "paid", email)
    if session["status"] == "expired" and outcome == "late":
        return _complete(ledger, session, True, email)
    if session["status"] == "open" and outcome == "free" and session["allow_promotion_codes"]:
        return _take_for_free(ledger, session, email)
    if waiting and outcome in ("settled", "bounced"):
        return _settle(ledger, session, outcome == "settled")
    return session


def is_settling(ledger: Ledger, session: Object) -> bool:
    """Whether the bank transfer of a complete session is still pending."""
    return bool(ledger.found("payment_intent", session["payment_intent"])["status"] == "processing")


def refund_sandbox_payment(ledger: Ledger, form: dict[str, Any]) -> Object:
    """Refund an amount in minor units, or all that is left. Raises Refusal."""
    checked = checked_refund(form)
    _injected_failure(ledger)
    charge_id = checked.get("charge") or ledger.found("payment_intent", checked["payment_intent"])["latest_charge"]
    if not charge_id:
        raise ParameterRefusal("This PaymentIntent does not have a successful charge to refund.", kept=True)
    charge = ledger.found("charge", charge_id)
    left = charge["amount"] - charge["amount_refunded"]
    amount = checked.get("amount", left)
    if not left:
        raise ParameterRefusal(f"Charge {charge_id} has already been refunded.", code="charge_already_refunded", kept=True)
    if amount > left:
        raise ParameterRefusal(
            f"Refund amount ({amount}) is greater than unrefunded amount ({left})", param="amount", kept=True
        )
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    charge |= {"amount_refunded": charge["amount_refunded"] + amount, "refunded": amount == left}
    ledger.put(charge)
    status = "pending" if ledger.switches.slow_refunds else "succeeded"
    given = objects.refund_object(charge, amount, checked.get("reason"), checked.get("metadata", {}), int(ledger.now), status)
    emit(ledger, "refund.created", ledger.put(given))
    emit(ledger, "charge.refunded", charge, before)
    return given


def end_refund(ledger: Ledger, refund_id: str, arrived: bool) -> Object:
    """A refund succeeds, or the bank returns it, which can be days later. Raises Refusal."""
    given = ledger.found("refund", refund_id)
    if given["status"] == "failed":
        return given
    before = {"status": given["status"]}
    given = ledger.put(given | {"status": "succeeded" if arrived else "failed"})
    if not arrived:
        given = ledger.put(
            given | {"failure_reason": "lost_or_stolen_card", "failure_balance_transaction": objects.new_sandbox_id("txn_3")}
        )
        charge = ledger.found("charge", given["charge"])
        ledger.put(charge | {"amount_refunded": charge["amount_refunded"] - given["amount"], "refunded": False})
        emit(ledger, "refund.failed", given)
    emit(ledger, "refund.updated", given, before)
    return given


def open_dispute(ledger: Ledger, charge_id: str) -> Object:
    """The buyer disputes the charge. Raises Refusal."""
    charge = ledger.put(ledger.found("charge", charge_id) | {"disputed": True})
    asked = ledger.put(objects.dispute_object(charge, int(ledger.now)))
    emit(ledger, "charge.dispute.created", asked)
    return asked


def close_dispute(ledger: Ledger, dispute_id: str, won: bool) -> Object:
    """The bank decides the dispute. Raises Refusal."""
    asked = ledger.found("dispute", dispute_id)
    before = {"status": asked["status"]}
    asked = ledger.put(asked | {"status": "won" if won else "lost"})
    emit(ledger, "charge.dispute.closed", asked, before)
    return asked


def _take_for_free(ledger: Ledger, session: Object, email: str) -> Object:
    """A 100 % promotion code: as at Stripe, the session has no payment intent."""
    details = objects.customer_details(session["customer_email"] or email or "buyer@sandbox.invalid")
    totals = session["total_details"] | {"amount_discount": session["amount_subtotal"]}
    session |= {"status": "complete", "url": None, "customer_details": details, "total_details": totals, "amount_total": 0}
    session = ledger.put(session | {"payment_status": "no_payment_required"})
    emit(ledger, "checkout.session.completed", session)
    return session


def _complete(ledger: Ledger, session: Object, at_once: bool, email: str) -> Object:
    metadata = ledger.found("backside", objects.backside_id(session["id"]))["intent_metadata"]
    method, status = ("card", "succeeded") if at_once else ("us_bank_account", "processing")
    intent = ledger.put(objects.payment_intent(session, metadata, method, status, int(ledger.now)))
    details = objects.customer_details(session["customer_email"] or email or "buyer@sandbox.invalid")
    session |= {"status": "complete", "url": None, "payment_intent": intent["id"], "customer_details": details}
    session = ledger.put(session | {"payment_status": "paid" if at_once else "unpaid"})
    if at_once:
        _charge(ledger, intent, details["email"])
    emit(ledger, "checkout.session.completed", session)
    return session


def _settle(ledger: Ledger, session: Object, arrived: bool) -> Object:
    if not is_settling(ledger, session):
        return session
    intent = ledger.found("payment_intent", session["payment_intent"])
    if arrived:
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        _charge(ledger, intent, session["customer_details"]["email"])
        session = ledger.put(session | {"payment_status": "paid"})
    else:
        ledger.put(intent | {"status": "requires_payment_method", "payment_method": None})
    emit(ledger, f"checkout.session.async_payment_{'succeeded' if arrived else 'failed'}", session)
    return session


def _charge(ledger: Ledger, intent: Object, email: str) -> None:
    charge = ledger.put(objects.charge(intent, email, int(ledger.now)))
    emit(ledger, "payment_intent.succeeded", ledger.put(intent | {"latest_charge": charge["id"]}))


def _run_out(ledger: Ledger, session: Object) -> Object:
    session = ledger.put(session | {"status": "expired", "url": None})
    emit(ledger, "checkout.session.expired", session)
    return session
