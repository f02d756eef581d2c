"""What a listener costs the database."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from models import database
from tests.support.gifts import give, tokens
from ui.gift.gift_app import create_gift_app


def test_another_piece_of_a_song_costs_one_statement(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    http, (token,) = TestClient(create_gift_app()), tokens(give())
    for path in ("audio/0.mp3", "teaser.mp3"):
        assert http.get(f"/s/{token}/{path}", headers={"Range": "bytes=0-99"}).status_code == 206
    run: list[str] = []
    execute = database.execute_sql

    def count(sql: str, *more: Any) -> Any:
        run.append(sql)
        return execute(sql, *more)

    monkeypatch.setattr(database, "execute_sql", count)
    monkeypatch.setattr(database, "execute", lambda query, *a, **k: count(*query.sql() if hasattr(query, "sql") else (query,)))
    for path in ("audio/0.mp3", "teaser.mp3"):
        run.clear()
        assert http.get(f"/s/{token}/{path}", headers={"Range": "bytes=100-199"}).status_code == 206
        assert len([one for one in run if not one.startswith(("BEGIN", "COMMIT"))]) == 1, run
