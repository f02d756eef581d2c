"""Fixtures of a shop in this process: a pytest plugin, named in tests/conftest.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models import database
from tests.support.rows import forget_rows
from tests.support.shop import Shop, database_of_its_own, opened_shop


@pytest.fixture(scope="module")
def shop_database(request: pytest.FixtureRequest, migrated: None) -> Iterator[None]:
    """A database of this module alone."""
    with database_of_its_own(f"shop_{request.path.stem}"):
        yield


@pytest.fixture
def shop(shop_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A fresh shop with nothing at Stripe; at the end every invariant holds."""
    with database.connection_context():
        forget_rows("compose_forms", "stripe_events", "alerts", "marks", "form_events")
    with opened_shop(tmp_path, monkeypatch.setattr) as shop:
        yield shop
        assert shop.broken() == {}
