"""What making songs may cost: per form, per giver's address and per day for all, and how many may wait in line.

While Redis is there but takes no writes (out of memory, read-only), the day's budget is read from the rows instead.
"""

from __future__ import annotations

from datetime import timedelta

from jobs.rate_limits import TooManyError, spend
from models import ComposeForm, Variation, VariationStatus, now
from settings import settings

_BUSY = 300  # seconds after which somebody may ask again when the line is too long


def afford(form: ComposeForm, variations: int) -> None:
    """Take the cost of so many variations from every limit, or raise TooManyError. The demo has limits of its own."""
    spend("generate", form.id, otherwise=_true)
    if form.demo:
        return
    most = settings.rate_limits.get("line")
    if most and Variation.select().where(Variation.status == VariationStatus.QUEUED).count() > most:
        raise TooManyError("line", _BUSY)
    if form.guest_email:
        spend("giver", form.guest_email.lower(), variations, otherwise=_true)
    spend("budget", cost=variations, otherwise=_day_is_left)


def afford_remake() -> None:
    """Take one version that nobody asked for from the day's budget, and from no customer's limit, or raise TooManyError."""
    spend("budget", otherwise=_day_is_left)


def _true() -> bool:
    return True  # the day's budget bounds it


def _day_is_left() -> bool:
    day = now() - timedelta(days=1)
    made = Variation.select().where(Variation.created_at > day).count()
    again = Variation.select().where(Variation.remade_at > day, Variation.remade_for != "words").count()  # no row of their own
    return bool(made + again <= settings.rate_limits["budget"])
