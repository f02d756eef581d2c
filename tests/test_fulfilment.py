"""Whoever pays gets what they chose, once, whenever it is reported; and only for what we sold (docs/reliability.md 1.2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from i18n import day
from jobs import clock
from jobs.payments.fulfilment import fulfil
from models import CheckoutSession, ComposeForm, FormEvent, database, in_database, move, now
from settings import settings
from tests.support.overrides import Override
from tests.support.payments import alerts, session_status
from tests.support.shop import Shop, ready_form


@pytest.mark.parametrize("songs", [1, 3])
def test_what_is_paid_is_given_once_and_recorded(shop: Shop, songs: int) -> None:
    form_id, session_id = shop.sell(songs)
    form, (row,) = shop.form(form_id), shop.sessions(form_id)
    assert (form.amount_paid, form.stripe_session_id) == ({1: 999, 3: 2499}[songs], session_id)
    assert form.stripe_payment_intent_id == row.payment_intent_id
    assert form.stripe_payment_intent_id.startswith("pi_")
    assert form.paid_at is not None
    assert (row.status, row.amount_paid) == ("fulfilled", form.amount_paid)
    assert row.selected_variations == {str(song): 1 for song in range(songs)}
    assert shop.mails(form_id) == [("delivery", "sent")]
    assert shop.links(form_id) == songs
    for _ in range(3):
        assert fulfil(session_id)
    assert (shop.mails(form_id), len(shop.post.messages)) == ([("delivery", "sent")], 1)


def test_the_receipt_repeats_price_tax_and_consent(shop: Shop) -> None:
    form_id, _ = shop.sell()
    (row,), email = shop.sessions(form_id), shop.post.messages[0]
    assert row.consent_version == "2026-11"
    for words in ("Paid: $9.99 including tax", "you agreed", "lose my right to withdraw", "Solo Serenade, 1 song"):
        assert words in email.text
        assert words in email.html
    assert day(row.consent_at) in email.text


def test_one_event_fifty_times_at_once_is_one_fulfilment(shop: Shop) -> None:
    """docs/reliability.md rows 19 and 20."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    event = next(one for one in shop.stripe("events")["data"] if one["type"] == "checkout.session.completed")
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(lambda _: shop.deliver(event), range(50))) == {200}
    shop.drain()
    assert (shop.form(form_id).status, shop.mails(form_id)) == ("delivered", [("delivery", "sent")])
    assert [row.id for row in shop.event_rows()] == [event["id"]]
    assert shop.deliver(event) == 200
    shop.drain()
    assert len(shop.post.messages) == 1


def test_webhook_success_page_and_sweep_at_the_same_instant_fulfil_once(shop: Shop) -> None:
    """docs/reliability.md row 22."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(lambda _: fulfil(session_id), range(24))) == [True] * 24
    shop.drain()
    assert shop.mails(form_id) == [("delivery", "sent")]
    with database.connection_context():
        paid = FormEvent.select().where(FormEvent.form_id == form_id, FormEvent.to_status == "payment_completed")
        assert paid.count() == 1


def test_an_event_that_overtakes_our_own_commit_finds_its_session(shop: Shop) -> None:
    """docs/reliability.md row 23: paid before we stored Stripe's id (or we died before storing it)."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.change(CheckoutSession.update(stripe_session_id=None, url=None).where(CheckoutSession.form == form_id))
    shop.change(ComposeForm.update(stripe_session_id=None).where(ComposeForm.id == form_id))
    shop.press(session_id)
    shop.await_events()
    assert (shop.form(form_id).status, shop.form(form_id).stripe_session_id) == ("delivered", session_id)


def test_a_lost_webhook_and_a_customer_who_never_returns_are_found(shop: Shop) -> None:
    """docs/reliability.md row 25: paid at most ten minutes after the payment, by the sweep alone."""
    form_id = ready_form()
    shop.switch(drop=True)
    shop.press(shop.checkout(form_id))
    in_database(clock.sweep)
    shop.drain()
    assert shop.form(form_id).status == "payment_initiated", "too young to be looked up"
    shop.age_session(form_id, created_at=timedelta(minutes=3))
    in_database(clock.sweep)
    shop.drain()
    assert shop.form(form_id).status == "delivered"


def change_at_stripe(shop: Shop, session_id: str, **changes: Any) -> None:
    with shop.sandbox.book.transaction() as ledger:
        ledger.put(ledger.found("checkout.session", session_id) | changes)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"amount_total": 998}, "amount"),
        ({"amount_total": 1099, "amount_subtotal": 1099}, "amount"),
        ({"amount_total": 0, "payment_status": "no_payment_required"}, "amount"),
        ({"currency": "eur"}, "currency"),
        ({"currency": "jpy"}, "currency"),
        ({"livemode": True}, "livemode"),
        ({"client_reference_id": "form_1_of_somebody_else"}, "reference"),
        ({"client_reference_id": None}, "reference"),
        ({"metadata": {}}, "reference"),
    ],
    ids=str,
)
def test_a_session_that_is_not_what_we_sold_is_never_fulfilled(shop: Shop, changes: dict[str, Any], word: str) -> None:
    """docs/reliability.md rows 14, 35, 36, 40."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    change_at_stripe(shop, session_id, **changes)
    for _ in range(2):
        assert fulfil(session_id) is False
    form = shop.form(form_id)
    assert (form.status, form.attention, shop.links(form_id)) == ("payment_initiated", f"payment_{word}", 0)
    assert alerts() == [f"payment_{word}"]


def test_upper_case_currency_is_the_same_currency(shop: Shop) -> None:
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    change_at_stripe(shop, session_id, currency="USD")
    assert fulfil(session_id)


def test_stripe_s_tax_is_inside_the_price(shop: Shop, override_settings: Override) -> None:
    """By setting; what the customer pays is the same, however Stripe splits it up."""
    override_settings(stripe_automatic_tax=True)
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    asked = shop.stripe(f"checkout/sessions/{session_id}")
    assert (asked["automatic_tax"]["enabled"], asked["amount_total"]) == (True, 999)
    shop.switch(drop=True)
    shop.press(session_id)
    change_at_stripe(shop, session_id, amount_subtotal=840, total_details={"amount_discount": 0, "amount_tax": 159})
    assert fulfil(session_id)
    shop.drain()
    assert shop.form(form_id).amount_paid == 999
    assert "$9.99 including tax" in shop.post.messages[0].text


@pytest.mark.parametrize("word", ["no_payment_required", "paid"])
def test_a_promotion_code_worth_everything_gives_without_a_payment_intent(
    shop: Shop, override_settings: Override, word: str
) -> None:
    """docs/reliability.md row 40, by both words that Stripe is reported to use; and only where codes are switched on."""
    form_id = ready_form()
    with settings.override(stripe_promotion_codes=True):
        session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id, "free")
    change_at_stripe(shop, session_id, payment_status=word)
    assert fulfil(session_id) is False, "a code is not ours while the setting is off"
    shop.change(ComposeForm.update(attention=None))
    override_settings(stripe_promotion_codes=True)
    assert fulfil(session_id)
    shop.drain()
    form = shop.form(form_id)
    assert (form.status, form.amount_paid, form.stripe_payment_intent_id) == ("delivered", 0, None)
    assert "Discount: $9.99" in shop.post.messages[0].text


@pytest.mark.parametrize("with_events", [True, False], ids=["with_events", "silent"])
@pytest.mark.parametrize(("end", "status"), [("settled", "delivered"), ("bounced", "variations_ready")])
def test_a_slow_payment_is_pending_and_then_what_the_bank_says(shop: Shop, end: str, status: str, with_events: bool) -> None:
    """docs/reliability.md rows 37, 38, 39, with the events and without any."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=not with_events)

    def look() -> None:
        shop.await_events()
        if not with_events:
            shop.age_session(form_id, created_at=timedelta(hours=2), looked_at=timedelta(hours=2))
            in_database(clock.sweep)
            shop.drain()

    shop.press(session_id, "delayed")
    look()
    assert (shop.form(form_id).status, session_status(shop, form_id)) == ("payment_initiated", ["payment_pending"])
    assert (shop.mails(form_id), shop.links(form_id)) == ([("payment_pending", "sent")], 0)
    second = shop.api("POST", "/api/stripe/checkout", json={"formId": form_id})
    assert (second.status_code, len(shop.sessions(form_id))) == (409, 1), "nobody pays twice while the bank takes its days"
    shop.press(session_id, end)
    look()
    assert shop.form(form_id).status == status
    assert [kind for kind, _ in shop.mails(form_id)] == [
        "payment_pending",
        "delivery" if end == "settled" else "payment_failed",
    ]
    if end == "bounced":
        shop.switch(drop=False)
        shop.press(shop.checkout(form_id))
        shop.await_events()
        assert shop.form(form_id).status == "delivered", "the buyer may pay again"


def test_a_form_does_not_expire_while_money_is_under_way(shop: Shop) -> None:
    """docs/reliability.md row 62."""
    form_id = ready_form(expires_at=now() - timedelta(days=1))
    session_id = shop.checkout(form_id)

    def expire() -> bool:
        return in_database(move, (ComposeForm, form_id), "expired", by="test")

    assert expire() is False
    shop.press(session_id, "delayed")
    shop.await_events()
    assert expire() is False
    shop.press(session_id, "settled")
    shop.await_events()
    assert shop.form(form_id).status == "delivered"


def test_money_for_a_form_that_is_over_goes_back(shop: Shop) -> None:
    """docs/reliability.md row 62: never dropped."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.payments.expire_session(session_id)
    shop.await_events()
    assert in_database(move, (ComposeForm, form_id), "expired", by="test")
    shop.press(session_id, "late")
    shop.await_events()
    assert (shop.form(form_id).status, session_status(shop, form_id)) == ("expired", ["refunded"])
    assert (shop.mails(form_id), alerts()) == ([("refund", "sent")], ["paid_late"])
    assert "arrived after the order was over" in shop.post.messages[0].text
