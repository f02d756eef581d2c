"""What is bought beside an order: press, pay, and look."""

from __future__ import annotations

import pytest

from jobs.payments.extra_checkout import open_extra
from jobs.payments.extras import kept_extras
from models import ExtraPurchase, WrongMomentError, in_database
from tests.support.shop import Shop


def press_keep(form_id: str, song: int = 0, what: str = "versions") -> str:
    """The Stripe session that the button leads to."""
    return open_extra(form_id, song, what, consent=True).session_id


def bought(shop: Shop) -> tuple[str, str]:
    """A delivered order whose other two versions were bought; and the session that bought them."""
    form_id, _ = shop.sell()
    session_id = press_keep(form_id)
    shop.press(session_id)
    shop.await_events()
    return form_id, session_id


def extras(form_id: str) -> list[ExtraPurchase]:
    query = ExtraPurchase.select().where(ExtraPurchase.form == form_id).order_by(ExtraPurchase.created_at)
    return in_database(lambda: list(query))


def statuses(form_id: str) -> list[str]:
    return [row.status for row in extras(form_id)]


def kept(form_id: str) -> list[tuple[int, str]]:
    return [(row.song_index, row.what) for row in in_database(kept_extras, form_id)]


def refused(form_id: str, what: str = "versions") -> str:
    with pytest.raises(WrongMomentError) as error:
        open_extra(form_id, 0, what, consent=True)
    return error.value.code


def given_back(shop: Shop) -> list[int]:
    return sorted(one["amount"] for one in shop.stripe("refunds")["data"])
