"""Stripe's objects as JSON: the fields of API version 2026-10-28.endive that our objects have."""

from __future__ import annotations

import secrets
import string
from typing import Any

from integrations.payments.sandbox.book import Object

API_VERSION = "2026-10-28.endive"  # the one the pinned SDK asks for

_SESSION_NULLS = """after_expiration allowed_payment_method_types billing_address_collection branding_settings
client_secret collected_information consent consent_collection currency_conversion customer customer_account
customer_details excluded_payment_method_types integration_identifier invoice line_items managed_payments name_collection
optional_items origin_context payment_intent payment_link payment_method_configuration_details permissions
presentment_details recovered_from redirect_on_completion return_url saved_payment_method_options setup_intent
shipping_address_collection shipping_cost submit_type subscription tax_id_collection wallet_options"""
_INTENT_NULLS = """allowed_payment_method_types application application_fee_amount automatic_payment_methods canceled_at
cancellation_reason customer customer_account description excluded_payment_method_types hooks last_payment_error
latest_charge managed_payments next_action on_behalf_of payment_details payment_method_configuration_details payment_record
presentment_details processing receipt_email review setup_future_usage shipping source statement_descriptor
statement_descriptor_suffix transfer_data transfer_group"""
_CHARGE_NULLS = """application application_fee application_fee_amount authorization_code customer description
failure_balance_transaction failure_code failure_message level3 on_behalf_of presentment_details radar_options receipt_email
receipt_number receipt_url review shipping source source_transfer statement_descriptor statement_descriptor_suffix transfer
transfer_data transfer_group"""
_REFUND_NULLS = """customer customer_account description failure_balance_transaction failure_reason instructions_email
next_action payment_method pending_reason presentment_details receipt_number source_transfer_reversal transfer_reversal"""
_EVIDENCE = """access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal
customer_communication customer_email_address customer_name customer_purchase_ip customer_signature
duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy
refund_policy_disclosure refund_refusal_explanation service_date service_documentation shipping_address shipping_carrier
shipping_date shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text"""
_ALPHABET = string.ascii_letters + string.digits


def new_sandbox_id(prefix: str, length: int = 24) -> str:
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def session(form: dict[str, Any], url_of: str, now: int) -> Object:
    """An open Checkout Session for checked parameters. `url_of` is the hosted page's address up to the id."""
    session_id = new_sandbox_id("cs_test_a1", 56)
    item = form["line_items"][0]
    amount = sum(line["quantity"] * line["price_data"]["unit_amount"] for line in form["line_items"])
    return dict.fromkeys(_SESSION_NULLS.split()) | {
        "id": session_id,
        "object": "checkout.session",
        "url": f"{url_of}/{session_id}",
        "status": "open",
        "payment_status": "unpaid",
        "mode": "payment",
        "ui_mode": "hosted_page",
        "livemode": False,
        "created": now,
        "expires_at": form.get("expires_at", now + 86400),
        "amount_subtotal": amount,
        "amount_total": amount,
        "currency": item["price_data"]["currency"],
        "client_reference_id": form.get("client_reference_id"),
        "customer_email": form.get("customer_email"),
        "metadata": form.get("metadata", {}),
        "success_url": form["success_url"],
        "cancel_url": form.get("cancel_url"),
        "locale": form.get("locale"),
        "payment_method_types": ["card", "us_bank_account"],
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_collection": "if_required",
        "customer_creation": "if_required",
        "allow_promotion_codes": form.get("allow_promotion_codes", False),
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {
            "enabled": form.get("automatic_tax", {}).get("enabled", False),
            "liability": None,
            "provider": None,
            "status": None,
        },
        **_not_asked_for(),
    }


def _not_asked_for() -> Object:
    """Parts of a session that we never set, as Stripe answers them."""
    return {
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "discounts": [],
        "invoice_creation": {"enabled": False, "invoice_data": _invoice_data()},
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


def backside_id(session_id: str) -> str:
    return f"backside_{session_id}"


def session_backside(of: Object, form: dict[str, Any]) -> Object:
    """What a session does not show: its line items and the metadata of its later payment."""
    lines = [
        [line["price_data"].get("product_data", {}).get("name", "Product"), line["quantity"]] for line in form["line_items"]
    ]
    metadata = form.get("payment_intent_data", {}).get("metadata", {})
    words = {"id": backside_id(of["id"]), "object": "backside", "created": of["created"]}
    return words | {"lines": lines, "intent_metadata": metadata}


def _invoice_data() -> Object:
    names = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "rendering_options")
    return dict.fromkeys(names) | {"metadata": {}}


def customer_details(address: str | None) -> Object:
    """The buyer's details from the hosted page."""
    place = dict.fromkeys(("city", "line1", "line2", "state")) | {"country": "US", "postal_code": "94107"}
    names = {"name": "Sandbox Buyer", "business_name": None, "individual_name": None}
    return {"address": place, "email": address, **names, "phone": None, "tax_exempt": "none", "tax_ids": []}


def payment_intent(of: Object, metadata: dict[str, str], method: str, status: str, now: int) -> Object:
    """The payment of a session by `method` (card, us_bank_account); `status` is succeeded or processing."""
    intent_id = new_sandbox_id("pi_3")
    options: Object = {"card": dict.fromkeys(("installments", "mandate_options", "network"))}
    options["card"]["request_three_d_secure"] = "automatic"
    return dict.fromkeys(_INTENT_NULLS.split()) | {
        "id": intent_id,
        "object": "payment_intent",
        "amount": of["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": of["amount_total"] if status == "succeeded" else 0,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{new_sandbox_id('', 16)}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": of["currency"],
        "livemode": False,
        "metadata": metadata,
        "payment_method": new_sandbox_id("pm_1"),
        "payment_method_options": options if method == "card" else {method: {"verification_method": "automatic"}},
        "payment_method_types": [method],
        "status": status,
    }


def charge(of: Object, email: str | None, now: int) -> Object:
    """The charge of a succeeded payment intent."""
    method = of["payment_method_types"][0]
    address = dict.fromkeys(("city", "line1", "line2", "state")) | {"country": "US", "postal_code": "94107"}
    return dict.fromkeys(_CHARGE_NULLS.split()) | {
        "id": new_sandbox_id("ch_3"),
        "object": "charge",
        "amount": of["amount"],
        "amount_captured": of["amount"],
        "amount_refunded": 0,
        "balance_transaction": new_sandbox_id("txn_3"),
        "billing_details": {"address": address, "email": email, "name": "Sandbox Buyer", "phone": None, "tax_id": None},
        "calculated_statement_descriptor": "SANDBOX",
        "captured": True,
        "created": now,
        "currency": of["currency"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": of["metadata"],
        "outcome": _approved(),
        "paid": True,
        "payment_intent": of["id"],
        "payment_method": of["payment_method"],
        "payment_method_details": {"type": method, method: _card() if method == "card" else {"last4": "6789"}},
        "refunded": False,
        "status": "succeeded",
    }


def _approved() -> Object:
    nulls = dict.fromkeys(("advice_code", "network_advice_code", "network_decline_code", "reason"))
    words = {"network_status": "approved_by_network", "seller_message": "Payment complete.", "type": "authorized"}
    return nulls | words | {"risk_level": "normal", "risk_score": 12}


def _card() -> Object:
    nulls = dict.fromkeys(("installments", "mandate", "three_d_secure", "wallet", "network_transaction_id"))
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    numbers = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030, "funding": "credit", "network": "visa"}
    return nulls | numbers | {"checks": checks, "country": "US", "fingerprint": "sandbox"}


def refund_object(of: Object, amount: int, reason: str | None, metadata: dict[str, str], now: int, status: str) -> Object:
    """A refund of `amount` minor units of a charge."""
    return dict.fromkeys(_REFUND_NULLS.split()) | {
        "id": new_sandbox_id("re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_sandbox_id("txn_3"),
        "charge": of["id"],
        "created": now,
        "currency": of["currency"],
        "destination_details": {"type": "card", "card": {"type": "refund"}},
        "metadata": metadata,
        "payment_intent": of["payment_intent"],
        "reason": reason,
        "status": status,
    }


def dispute_object(of: Object, now: int) -> Object:
    """A dispute of a charge by the buyer's bank."""
    network = {"brand": "visa", "case_type": "chargeback", "network_reason_code": "10.4", "network": "visa"}
    details = {"due_by": now + 7 * 86400, "has_evidence": False, "past_due": False, "submission_count": 0}
    return {
        "id": new_sandbox_id("du_1"),
        "object": "dispute",
        "amount": of["amount"],
        "balance_transactions": [],
        "charge": of["id"],
        "created": now,
        "currency": of["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE.split()) | {"enhanced_evidence": {}},
        "evidence_details": details | {"enhanced_eligibility": {}},
        "intended_submission_method": None,
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "network_reason_code": None,
        "payment_intent": of["payment_intent"],
        "payment_method_details": {"type": "card", "card": network},
        "reason": "fraudulent",
        "status": "needs_response",
    }
