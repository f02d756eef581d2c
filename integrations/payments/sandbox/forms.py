"""The parameters of each call, and the rules that no schema can express."""

from __future__ import annotations

import re
from typing import Any

from integrations.payments.sandbox.parameters import (
    ParameterRefusal,
    email,
    flag_parameter,
    list_of,
    metadata,
    one_of,
    shape,
    text_parameter,
    url,
    whole_parameter,
)
from integrations.payments.stripe_payments import LOCALES

_PRODUCT = shape(
    {"name": text_parameter(), "description": text_parameter(40000), "images": list_of(url, 8), "metadata": metadata},
    required=("name",),
)
_TAX = one_of("inclusive", "exclusive", "unspecified")
_PRICE = shape(
    {
        "currency": text_parameter(3),
        "unit_amount": whole_parameter(0),
        "product": text_parameter(),
        "product_data": _PRODUCT,
        "tax_behavior": _TAX,
    },
    required=("currency", "unit_amount"),
)
_LINE = shape({"price_data": _PRICE, "quantity": whole_parameter(1, 999_999)}, required=("price_data", "quantity"))
_SESSION = shape(
    {
        "mode": one_of("payment"),
        "ui_mode": one_of("hosted_page"),
        "line_items": list_of(_LINE, 100),
        "success_url": url,
        "cancel_url": url,
        "client_reference_id": text_parameter(200),
        "customer_email": email,
        "expires_at": whole_parameter(0, 2**40),
        "locale": one_of("auto", *LOCALES.split()),
        "metadata": metadata,
        "payment_intent_data": shape({"metadata": metadata, "description": text_parameter(1000), "receipt_email": email}),
        "allow_promotion_codes": flag_parameter,
        "automatic_tax": shape({"enabled": flag_parameter}, required=("enabled",)),
        "submit_type": one_of("auto", "pay", "book", "donate"),
    },
    required=("mode", "line_items", "success_url"),
)
_REFUND = shape(
    {
        "payment_intent": text_parameter(),
        "charge": text_parameter(),
        "amount": whole_parameter(1),
        "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
        "metadata": metadata,
    }
)


def _created(value: Any, name: str) -> dict[str, int]:
    """A Unix time, or bounds of one."""
    moment = whole_parameter(0, 2**40)
    if isinstance(value, str):
        return {"gte": moment(value, name), "lte": moment(value, name)}
    return dict(shape(dict.fromkeys(("gt", "gte", "lt", "lte"), moment))(value, name))


_PAGE = {
    "limit": whole_parameter(1, 100),
    "starting_after": text_parameter(),
    "ending_before": text_parameter(),
    "created": _created,
}
LISTS = {
    "event": shape(
        {**_PAGE, "type": text_parameter(), "types": list_of(text_parameter(), 20), "delivery_success": flag_parameter}
    ),
    "checkout.session": shape({**_PAGE, "payment_intent": text_parameter(), "status": one_of("open", "complete", "expired")}),
    "refund": shape({**_PAGE, "payment_intent": text_parameter(), "charge": text_parameter()}),
}


def checked_session(form: dict[str, Any], now: float) -> dict[str, Any]:
    """The parameters of a new session, typed. Raises Refusal. `now` in Unix seconds."""
    checked: dict[str, Any] = _SESSION(form, "")
    if not checked["line_items"]:
        raise ParameterRefusal("Missing required param: line_items.", param="line_items", code="parameter_missing")
    total = 0
    for n, line in enumerate(checked["line_items"]):
        price, name = line["price_data"], f"line_items[{n}][price_data]"
        total += price["unit_amount"] * line["quantity"]
        if ("product" in price) == ("product_data" in price):
            raise ParameterRefusal("You must specify either `product` or `product_data`.", param=name, code="parameter_missing")
        if not (price["currency"].isascii() and price["currency"].isalpha() and len(price["currency"]) == 3):
            raise ParameterRefusal(f"Invalid currency: {price['currency']}", param=f"{name}[currency]")
        price["currency"] = price["currency"].lower()
    if len({line["price_data"]["currency"] for line in checked["line_items"]}) > 1:
        raise ParameterRefusal("All line items must have the same currency.", param="line_items")
    if total < 50:
        raise ParameterRefusal("The total must be at least 50 minor units.", param="line_items", code="amount_too_small")
    if not now + 30 * 60 <= checked.get("expires_at", now + 3600) + 60 <= now + 24 * 3600 + 120:  # a minute's tolerance
        raise ParameterRefusal("`expires_at` must be between 30 minutes and 24 hours from now.", param="expires_at")
    return checked


def checked_refund(form: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a refund, typed. Raises Refusal."""
    checked: dict[str, Any] = _REFUND(form, "")
    if ("payment_intent" in checked) == ("charge" in checked):
        raise ParameterRefusal(
            "One of the following params should be provided: payment_intent or charge.", code="parameter_missing"
        )
    return checked


def _seconds(value: Any, name: str) -> float:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", value):
        raise ParameterRefusal(f"{name} must be a number of seconds", param=name)
    return float(value)


SWITCHES = shape(
    {
        "drop": flag_parameter,
        "copies": whole_parameter(1, 100),
        "delay": _seconds,
        "jitter": _seconds,
        "fail_creates": whole_parameter(0, 1000),
        "hang": _seconds,
        "slow_refunds": flag_parameter,
    }
)
