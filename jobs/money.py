"""Prices as people write them."""

from __future__ import annotations

SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "cad": "CA$", "aud": "A$", "chf": "CHF "}


def price(amount: int, currency: str) -> str:
    """999, 'usd' -> $9.99."""
    return f"{SIGNS[currency]}{amount // 100}.{amount % 100:02}"
