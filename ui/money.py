"""Prices as people write them, for the pages."""

from __future__ import annotations

from jobs.prices import price

__all__ = ["price"]
