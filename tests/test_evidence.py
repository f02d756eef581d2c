"""What answers a disputed payment, and that nobody loses it before the bank may ask (docs/reliability.md row 59)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import cli
from jobs import clock
from jobs.gifts.gift import MOST_USES_RECORDED, mark_opened, mark_played, record_use
from jobs.privacy.personal_data import forget_person
from models import CheckoutSession, ComposeForm, FormEvent, ShareToken, database, in_database, now
from tests.support.shop import Shop, database_of_its_own, opened_shop


@pytest.fixture
def shop(migrated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with database_of_its_own("evidence"), opened_shop(tmp_path, monkeypatch.setattr) as shop:
        yield shop


def bundle(form_id: str, folder: Path) -> tuple[dict[str, Any], str]:
    """What `./serenade evidence` writes."""
    assert cli.evidence(form_id, str(folder / "evidence.zip")) == 0
    with zipfile.ZipFile(folder / "evidence.zip") as archive:
        return json.loads(archive.read("evidence.json")), archive.read("summary.txt").decode()


def test_the_bundle_says_what_was_agreed_paid_mailed_opened_played_and_downloaded(shop: Shop, tmp_path: Path) -> None:
    form_id, session_id = shop.sell()
    with database.connection_context():
        token = ShareToken.get(ShareToken.form == form_id).token
        mark_opened(token)
        mark_played(token)
        record_use(form_id, "downloaded", by="giver")
    report, summary = bundle(form_id, tmp_path)
    (payment,) = report["payments"]
    assert payment["consent"]["version"] == "2026-11"
    assert "I want my songs right away" in payment["consent"]["words"]
    assert (payment["stripe_session_id"], payment["amount_paid"], payment["status"]) == (session_id, 999, "fulfilled")
    (mail,) = report["mails"]
    assert (mail["kind"], mail["status"], mail["to_address"]) == ("delivery", "sent", "dad@example.com")
    assert (report["links"][0]["opened_count"], report["links"][0]["played_count"]) == (1, 1)
    moves = [one["to_status"] for one in report["timeline"] if one["noun"] == "form"]
    assert moves[-3:] == ["payment_initiated", "payment_completed", "delivered"]
    for words in ("agreed to:", "paid $9.99", "mail 'delivery'", "opened by the visitor", "downloaded by the giver"):
        assert words in summary
    assert token not in json.dumps(report), "the bundle opens no gift"
    assert "Mia" not in json.dumps(report), "and tells nobody's story"


def test_eighteen_months_later_the_facts_are_there_without_anybody_s_address(shop: Shop, tmp_path: Path) -> None:
    """Every rule of retention has run, and the buyer has asked us to forget them."""
    form_id, _ = shop.sell()
    before, _ = bundle(form_id, tmp_path)
    long_ago = now() - timedelta(days=548)
    shop.change(ComposeForm.update(paid_at=long_ago, created_at=long_ago, expires_at=long_ago))
    in_database(clock.sweep)
    assert in_database(forget_person, "dad@example.com") == (1, 0)
    in_database(clock.sweep)
    after, summary = bundle(form_id, tmp_path)
    for one in before["mails"]:
        del one["to_address"]
    for one in after["mails"]:
        assert one.pop("to_address") == ""
    assert after["mails"] == before["mails"]
    assert after["payments"] == before["payments"]
    assert after["timeline"][: len(before["timeline"])] == before["timeline"]
    assert "agreed to:" in summary
    assert "dad@example.com" not in json.dumps(after)
    assert in_database(lambda: CheckoutSession.get().consent_at) is not None


def test_who_is_forgotten_is_in_none_of_stripe_s_events(shop: Shop) -> None:
    """A charge, its refund and its dispute carry the payer's name and address too, and not under the payment's own id."""
    form_id, _ = shop.sell()
    charge = shop.stripe(f"payment_intents/{shop.sessions(form_id)[0].payment_intent_id}")["latest_charge"]
    shop.dashboard("dispute", charge)
    shop.dashboard("refund", charge)
    shop.await_events()
    assert len([row for row in shop.event_rows() if "Sandbox Buyer" in json.dumps(row.payload)]) > 1
    assert in_database(forget_person, "dad@example.com") == (1, 0)
    for word in ("dad@example.com", "Sandbox Buyer"):
        assert [row.type for row in shop.event_rows() if word in json.dumps(row.payload)] == []
    assert {row.type for row in shop.event_rows()} >= {"charge.refunded", "checkout.session.completed"}, (
        "that they came is kept"
    )


def test_a_gift_that_everybody_plays_does_not_fill_the_timeline(shop: Shop) -> None:
    form_id, _ = shop.sell()
    with database.connection_context():
        for _ in range(MOST_USES_RECORDED + 5):
            record_use(form_id, "played", by="visitor")
        assert FormEvent.select().where(FormEvent.form_id == form_id, FormEvent.noun == "gift").count() == MOST_USES_RECORDED


def test_there_is_no_evidence_of_what_never_was(shop: Shop, tmp_path: Path) -> None:
    assert cli.evidence("form_1_aaaaaaaaaaaaaaaaaaaaaa", str(tmp_path / "x.zip")) == 1
    assert not (tmp_path / "x.zip").exists()
