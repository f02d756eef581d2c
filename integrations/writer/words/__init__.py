"""The word stock, one module per language: a new file `xx.py` with a STOCK teaches the lyricist a language."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from integrations.writer.words.stock import Stock


def stock_for(language: str) -> Stock:
    """The stock of a BCP 47 language; English where nobody has added one yet."""
    code = re.match(r"[a-z]{2,3}(?![a-z])", language.strip().lower())
    return _load(code.group() if code else "en")


@cache
def _load(code: str) -> Stock:
    known = code if find_spec(f"{__name__}.{code}") else "en"
    stock: Stock = import_module(f"{__name__}.{known}").STOCK
    return stock
