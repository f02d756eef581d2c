"""Prices as people write them, for the pages."""

from __future__ import annotations

from jobs.money import price

__all__ = ["price"]
