"""Whenever a process dies, the money comes right by itself, and nobody is written to twice (docs/reliability.md row 70)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from integrations.mail.outbox import Outbox
from jobs import clock, crash_points
from jobs.payments import checkout
from models import CheckoutSession, Email, StripeEvent, database, in_database, now
from tests.support.shop import Shop, database_of_its_own, opened_shop, ready_form

BUYING = [point for point in crash_points.POINTS if point.startswith("checkout_")]
GIVING = [point for point in crash_points.POINTS if point.startswith(("event_", "fulfil_", "mail_"))]
REFUNDING = [point for point in crash_points.POINTS if point.startswith("refund_")]


@pytest.fixture(scope="module")
def shop(migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    patches = pytest.MonkeyPatch()
    with database_of_its_own("money_crashes"), opened_shop(tmp_path_factory.mktemp("shop"), patches.setattr) as shop:
        yield shop
    patches.undo()


@pytest.fixture(autouse=True)
def outbox(shop: Shop, tmp_path: Path) -> Path:
    """Emails go into files, which outlive the process that writes them."""
    shop.post = Outbox(tmp_path / "outbox")  # type: ignore[assignment]
    return tmp_path / "outbox"


def dies(point: str, work: Callable[[], object]) -> None:
    """Do the work in a process of its own that really dies at this point, as a work horse would."""
    database.close_all()  # no connection may cross a fork
    pid = os.fork()
    if pid == 0:
        try:
            crash_points._armed = frozenset({point})
            work()
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 137, f"{point} was never passed"


def time_passes(shop: Shop) -> None:
    """Queued jobs are lost, leases and pauses run out, and the sweep comes by."""
    for _ in range(2):
        shop.queue.flushdb()
        shop.change(StripeEvent.update(next_try_at=now()).where(StripeEvent.handled_at.is_null()))
        shop.change(Email.update(next_try_at=now()).where(Email.status == "queued"))
        shop.change(CheckoutSession.update(looked_at=now() - timedelta(hours=2)).where(CheckoutSession.status == "open"))
        in_database(clock.sweep)
        shop.await_events()


def assert_given_once(shop: Shop, form_id: str, outbox: Path) -> None:
    assert (shop.form(form_id).status, shop.links(form_id)) == ("delivered", 1)
    emails = [path.read_text() for path in outbox.glob("*.eml")]
    assert sum("Your song for Mia" in email for email in emails) == 1
    assert shop.broken() == {}


@pytest.mark.parametrize("point", GIVING)
def test_a_worker_that_dies_while_giving_gives_once(shop: Shop, outbox: Path, point: str) -> None:
    form_id = ready_form()
    shop.press(shop.checkout(form_id))
    shop.await_deliveries()
    dies(point, shop.drain)
    time_passes(shop)
    assert_given_once(shop, form_id, outbox)


@pytest.mark.parametrize("point", BUYING)
def test_a_checkout_that_dies_is_one_session_on_the_next_click(shop: Shop, outbox: Path, point: str) -> None:
    """docs/reliability.md row 47 too: what Stripe made and we never stored is the same session under the same key."""
    form_id = ready_form()
    before = len(shop.stripe("checkout/sessions?limit=100")["data"])
    dies(point, lambda: checkout.start_checkout(form_id, consent=True))
    shop.press(shop.checkout(form_id))
    shop.await_events()
    assert len(shop.stripe("checkout/sessions?limit=100")["data"]) == before + 1
    assert_given_once(shop, form_id, outbox)


@pytest.mark.parametrize("point", REFUNDING)
def test_a_worker_that_dies_while_giving_back_gives_back_once(shop: Shop, outbox: Path, point: str) -> None:
    form_id = ready_form()
    old = shop.checkout(form_id)
    new = shop.checkout(form_id, selectedVariations={"0": 2})
    shop.press(new)
    shop.await_events()
    shop.press(old, "late")
    shop.await_deliveries()
    dies(point, shop.drain)
    time_passes(shop)
    assert sorted(row.status for row in shop.sessions(form_id)) == ["fulfilled", "refunded"]
    intent = next(row.payment_intent_id for row in shop.sessions(form_id) if row.status == "refunded")
    assert [one["amount"] for one in shop.stripe(f"refunds?payment_intent={intent}")["data"]] == [999]
    assert sum("Subject: Your refund" in path.read_text() for path in outbox.glob("*.eml")) == 1
    assert_given_once(shop, form_id, outbox)


def test_production_has_no_crash_points() -> None:
    import subprocess
    import sys

    code = "from jobs import crash_points; crash_points.crash_at('mail_sent'); print(sorted(crash_points._armed))"
    production = {
        "ENV": "production",
        "CRASH_AT": "mail_sent",
        "SECRET_KEY": "x" * 40,
        "PUBLIC_URL": "https://songs.example.com",
        "STRIPE_SECRET_KEY": "sk_live_x",
        "STRIPE_WEBHOOK_SECRET": "whsec_x",
        "MAIL_FROM": "songs@example.com",
        "SMTP_URL": "smtp://user:word@mail.example.com:587",
        "MUSIC_PROVIDERS": "studio",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **production}, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]")
