"""Prices as people write them."""

from __future__ import annotations

import re
from decimal import Decimal

from i18n import conventions

LETTER_BESIDE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def price(amount: int, currency: str) -> str:
    """999, 'usd' (minor units) -> $9.99, in Spanish 9,99 US$. A code stands apart from the number: CLDR asks for it, Babel
    does not do it."""
    from babel.numbers import format_currency, get_currency_precision  # here: most processes write no price

    code = currency.upper()
    whole = Decimal(amount).scaleb(-get_currency_precision(code))
    return LETTER_BESIDE_DIGIT.sub("\u00a0", format_currency(whole, code, locale=conventions()))
