"""Prices as people write them."""

from __future__ import annotations

from i18n import _

SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "cad": "CA$", "aud": "A$", "chf": "CHF "}


def price(amount: int, currency: str) -> str:
    """999, 'usd' -> $9.99, in Spanish 9,99 $."""
    sign, whole, cents = SIGNS[currency], amount // 100, f"{amount % 100:02}"
    return _("{sign}{whole}.{cents}", sign=sign, whole=whole, cents=cents)
