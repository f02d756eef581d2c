"""Whoever pays gets what they chose, once; whoever pays twice gets the second payment back, once (fault table 1.2 and 1.3)."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families
from rq import Queue
from rq.serializers import JSONSerializer

from i18n import day
from integrations.mail import MailError
from integrations.music import MusicError, Reason
from integrations.payments import PaymentsError
from jobs import clock
from jobs.generation.failures import fail_attempt
from jobs.gifts.giver_actions import switch_off
from jobs.payments.delivery_guarantee import undelivered
from jobs.payments.fulfilment import fulfil, look_at_session
from jobs.payments.refunds import look_at_refunds, pay_refund, refund_form
from models import (
    Alert,
    CheckoutSession,
    ComposeForm,
    Email,
    FormEvent,
    Mark,
    StripeEvent,
    Variation,
    WrongMomentError,
    append_event,
    database,
    in_database,
    move,
    now,
)
from settings import settings
from tests.support.overrides import Override
from tests.support.shop import Shop, an_event, database_of_its_own, opened_shop, ready_form


@pytest.fixture(scope="module", autouse=True)
def own_database(migrated: None) -> Iterator[None]:
    with database_of_its_own("money_rows"):
        yield


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A fresh shop in an empty town; at the end every invariant holds."""
    with database.connection_context():
        database.execute_sql("TRUNCATE compose_forms, stripe_events, alerts, marks, form_events CASCADE")
    with opened_shop(tmp_path, monkeypatch.setattr) as shop:
        yield shop
        assert shop.broken() == {}


def alerts() -> list[str]:
    with database.connection_context():
        return [kind for (kind,) in database.execute_sql("SELECT kind FROM alerts ORDER BY id").fetchall()]


def session_status(shop: Shop, form_id: str) -> list[str]:
    return [row.status for row in shop.sessions(form_id)]


# --- one payment ------------------------------------------------------------------------------------------------------


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
    assert (shop.mails(form_id), len(shop.post.letters)) == ([("delivery", "sent")], 1)


def test_the_receipt_repeats_price_tax_and_consent(shop: Shop) -> None:
    form_id, _ = shop.sell()
    (row,), letter = shop.sessions(form_id), shop.post.letters[0]
    assert row.consent_version == "2026-11"
    for words in ("Paid: $9.99 including tax", "you agreed", "lose my right to withdraw", "Solo Serenade, 1 song"):
        assert words in letter.text
        assert words in letter.html
    assert day(row.consent_at) in letter.text


def test_no_consent_is_stored_as_none_and_a_refused_one_is_refused(shop: Shop, override_settings: Override) -> None:
    form_id = ready_form()
    refused = shop.api("POST", "/api/stripe/checkout", json={"formId": form_id, "consent": False})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "consent_missing")
    assert shop.sessions(form_id) == []
    assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == 200
    assert shop.sessions(form_id)[0].consent_at is None
    shop.checkout(form_id)
    assert shop.sessions(form_id)[0].consent_at is not None
    override_settings(require_consent=True)
    assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == 422


def test_no_word_of_the_story_and_no_name_goes_to_stripe(shop: Shop) -> None:
    """Fault table row 60: ids only."""
    session_id = shop.checkout(ready_form(3))
    seen = str(shop.stripe(f"checkout/sessions/{session_id}"))
    for secret in ("Mia", "Rosa", "Dad", "train", "loud"):
        assert secret not in seen


def test_an_address_that_stripe_cannot_read_stops_no_sale(shop: Shop) -> None:
    form_id = ready_form(guest_email="jürgen@bücher.example")
    session_id = shop.checkout(form_id)
    assert shop.stripe(f"checkout/sessions/{session_id}")["customer_email"] is None, "the hosted page asks for one"


# --- said twice, in any order, too early, never ------------------------------------------------------------------------


def test_one_event_fifty_times_at_once_is_one_fulfilment(shop: Shop) -> None:
    """Rows 19 and 20."""
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
    assert len(shop.post.letters) == 1


def test_webhook_success_page_and_sweep_at_the_same_instant_fulfil_once(shop: Shop) -> None:
    """Row 22."""
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
    """Row 23: paid before we stored Stripe's id (or we died before storing it)."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.change(CheckoutSession.update(stripe_session_id=None, url=None).where(CheckoutSession.form == form_id))
    shop.change(ComposeForm.update(stripe_session_id=None).where(ComposeForm.id == form_id))
    shop.press(session_id)
    shop.await_events()
    assert (shop.form(form_id).status, shop.form(form_id).stripe_session_id) == ("delivered", session_id)


def test_a_lost_webhook_and_a_customer_who_never_returns_are_found(shop: Shop) -> None:
    """Row 25: paid at most ten minutes after the payment, by the sweep alone."""
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


def test_three_days_of_silence_are_caught_up_page_by_page(shop: Shop) -> None:
    """Row 27: 120 events that nobody received; Stripe lists a hundred at once."""
    from jobs.payments.reconciliation import catch_up_events

    shop.switch(drop=True)
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.press(session_id)
    with shop.sandbox.book.transaction() as ledger:
        from integrations.payments.sandbox.delivery import emit

        thing = ledger.found("checkout.session", session_id)
        for _ in range(120):
            emit(ledger, "checkout.session.completed", {**thing, "id": f"cs_test_other{_}"})
    catch_up_events()
    assert len(shop.event_rows()) == 121, "all that we watch"
    shop.drain()
    assert shop.form(form_id).status == "delivered"
    assert {row.error for row in shop.event_rows()} == {None, "not_ours"}
    catch_up_events()
    assert shop.drain() == []


@pytest.mark.parametrize("reason", ["unavailable", "auth"])
def test_while_stripe_is_away_nothing_counts_as_read_and_only_a_refused_key_is_an_error(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, reason: Any
) -> None:
    from jobs.payments.reconciliation import catch_up_events

    def away(*_: object) -> Iterator[Any]:
        raise PaymentsError(reason, "no answer")
        yield

    with database.connection_context():
        Mark.delete().where(Mark.name == "events_read").execute()
    with monkeypatch.context() as stripe:
        stripe.setattr("jobs.payments.reconciliation.lookups.events_since", away)
        if reason == "unavailable":
            catch_up_events()
        else:
            with pytest.raises(PaymentsError):
                catch_up_events()
    with database.connection_context():
        assert not Mark.select().where(Mark.name == "events_read").exists()


EVENTS = ("checkout.session.completed", "payment_intent.succeeded", "refund.created", "charge.refunded")


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_whatever_the_order_of_events_the_end_is_what_stripe_says(shop: Shop, order: tuple[int, ...]) -> None:
    """Rows 21, 24 and 55: paid, then refunded in the dashboard; each event also twice."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    shop.dashboard("refund", charge_of(shop, session_id))
    stripe_events = {one["type"]: one for one in shop.stripe("events")["data"]}
    for place in order:
        for _ in range(2):
            assert shop.deliver(stripe_events[EVENTS[place]]) == 200
            shop.drain()
    assert (shop.form(form_id).status, session_status(shop, form_id)) == ("refunded", ["refunded"])
    assert [kind for kind, _ in shop.mails(form_id)].count("refund") == 1
    assert shop.links(form_id) == 0


def charge_of(shop: Shop, session_id: str) -> str:
    intent = shop.stripe(f"checkout/sessions/{session_id}")["payment_intent"]
    return str(shop.stripe(f"payment_intents/{intent}")["latest_charge"])


def test_an_expiry_told_after_the_payment_moves_nothing_back(shop: Shop) -> None:
    """Row 24: expired after completed, failed after succeeded."""
    form_id, session_id = shop.sell()
    for kind in ("checkout.session.expired", "checkout.session.async_payment_failed"):
        shop.deliver(an_event(kind, session_id))
        shop.drain()
    assert shop.form(form_id).status == "delivered"


# --- events that are not for us ----------------------------------------------------------------------------------------


def test_an_event_of_the_other_mode_is_kept_and_never_fulfils(shop: Shop) -> None:
    """Row 14."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    assert shop.deliver(an_event("checkout.session.completed", session_id, livemode=True)) == 200
    shop.drain()
    assert shop.form(form_id).status == "payment_initiated"
    assert (shop.event_rows()[0].error, alerts()) == ("livemode", ["livemode"])


def test_unknown_events_and_sessions_of_other_shops_change_nothing(shop: Shop) -> None:
    """Rows 15 and 17."""
    for event in (
        an_event("customer.created", "cus_1"),
        an_event("checkout.session.completed", "cs_test_of_another_shop"),
    ):
        assert shop.deliver(event) == 200
    foreign = an_event("charge.refunded", "ch_1")
    foreign["data"]["object"]["payment_intent"] = "pi_of_another_shop"
    assert shop.deliver(foreign) == 200
    assert shop.deliver(an_event("charge.dispute.created", "du_1")) == 200
    shop.drain()
    assert [row.error for row in shop.event_rows()] == ["ignored", "not_ours", "not_ours", "not_ours"]
    assert all(row.handled_at for row in shop.event_rows())


def test_another_api_version_is_handled_and_told_once(shop: Shop) -> None:
    """Row 16."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    for _ in range(2):
        shop.deliver(an_event("checkout.session.completed", session_id, api_version="2019-01-01"))
        shop.drain()
    assert (shop.form(form_id).status, alerts()) == ("delivered", ["api_version"])


def test_a_poison_event_is_tried_ten_times_then_shown_to_staff_and_blocks_nobody(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 33."""
    from jobs.payments import stripe_events

    def poisoned(session_id: str) -> str:
        if session_id == "cs_poison":
            raise ZeroDivisionError
        return look_at_session(session_id)

    monkeypatch.setattr(stripe_events, "look_at_session", poisoned)
    poison = an_event("checkout.session.completed", "cs_poison")
    shop.deliver(poison)
    for _ in range(12):
        shop.drain()
        shop.change(StripeEvent.update(next_try_at=now()).where(StripeEvent.handled_at.is_null()))
        shop.queue.flushdb()
        in_database(clock.sweep)
    row = shop.event_rows()[0]
    assert (row.attempts, row.error, alerts()) == (10, "ZeroDivisionError", ["event_given_up"])
    shop.sell()
    assert shop.broken() == {"I5": (poison["id"],)}
    shop.change(StripeEvent.delete())


def test_stripe_being_away_is_nobodys_poison(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 51: events wait, composing goes on, the pay button says so, and everything is there when Stripe is back."""
    import integrations.payments
    from integrations.payments import Payments

    form_id, other = ready_form(), ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    with monkeypatch.context() as away:
        nowhere = Payments("sk_sandbox_x", "http://127.0.0.1:1", shop.origin)
        away.setattr(integrations.payments, "account", lambda: nowhere)
        shop.deliver(an_event("checkout.session.completed", session_id))
        for _ in range(12):
            shop.drain()
            shop.change(StripeEvent.update(next_try_at=now()))
            shop.queue.flushdb()
            in_database(clock.unhandled_events)
        answer = shop.api("POST", "/api/stripe/checkout", json={"formId": other})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "payments_unavailable")
    assert alerts() == []
    shop.queue.flushdb()
    in_database(clock.unhandled_events)
    shop.drain()
    assert shop.form(form_id).status == "delivered"
    assert shop.checkout(other)


# --- what is not what we sold ------------------------------------------------------------------------------------------


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
    """Rows 14, 35, 36, 40."""
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
    assert "$9.99 including tax" in shop.post.letters[0].text


@pytest.mark.parametrize("word", ["no_payment_required", "paid"])
def test_a_promotion_code_worth_everything_gives_without_a_payment_intent(
    shop: Shop, override_settings: Override, word: str
) -> None:
    """Row 40, by both words that Stripe is reported to use; and only where codes are switched on."""
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
    assert "Discount: $9.99" in shop.post.letters[0].text


# --- payments that take days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False], ids=["told", "silent"])
@pytest.mark.parametrize(("end", "status"), [("settled", "delivered"), ("bounced", "variations_ready")])
def test_a_slow_payment_is_pending_and_then_what_the_bank_says(shop: Shop, end: str, status: str, told: bool) -> None:
    """Rows 37, 38, 39, with the events and without any."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=not told)

    def look() -> None:
        shop.await_events()
        if not told:
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
    """Row 62."""
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
    """Row 62: never dropped."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.payments.expire_session(session_id)
    shop.await_events()
    assert in_database(move, (ComposeForm, form_id), "expired", by="test")
    shop.press(session_id, "late")
    shop.await_events()
    assert (shop.form(form_id).status, session_status(shop, form_id)) == ("expired", ["refunded"])
    assert (shop.mails(form_id), alerts()) == ([("refund", "sent")], ["paid_late"])
    assert "arrived after the order was over" in shop.post.letters[0].text


# --- two sessions ------------------------------------------------------------------------------------------------------


def test_many_clicks_and_two_tabs_are_one_session(shop: Shop) -> None:
    """Row 42."""
    form_id = ready_form()
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: shop.checkout(form_id), range(16)))) == 1
    assert len(shop.stripe("checkout/sessions")["data"]) == 1


def test_another_choice_ends_the_old_session_at_stripe_first(shop: Shop) -> None:
    """Rows 41, 43, 46: what is paid for is what the session says."""
    form_id = ready_form()
    old = shop.checkout(form_id)
    new = shop.checkout(form_id, selectedVariations={"0": 3})
    assert (old != new, shop.stripe(f"checkout/sessions/{old}")["status"]) == (True, "expired")
    assert session_status(shop, form_id) == ["expired", "open"]
    shop.press(new)
    shop.await_events()
    assert shop.form(form_id).selected_variations == {"0": 3}


def test_nobody_is_sent_to_pay_for_what_another_tab_chose(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time the old session is ended the other tab has opened one for its own choice again."""
    from jobs.payments import checkout

    form_id = ready_form()
    shop.checkout(form_id)
    monkeypatch.setattr(checkout, "_give_up", lambda row: None)
    answer = shop.api("POST", "/api/stripe/checkout", json={"formId": form_id, "selectedVariations": {"0": 3}})
    assert (answer.status_code, "url" in answer.json()) == (409, False)


def test_a_choice_changed_after_paying_elsewhere_is_told_and_takes_no_second_session(shop: Shop) -> None:
    """Row 43: not open any more, because it is paid."""
    form_id = ready_form()
    shop.switch(drop=True)
    shop.press(shop.checkout(form_id))
    answer = shop.api("POST", "/api/stripe/checkout", json={"formId": form_id, "selectedVariations": {"0": 2}})
    assert answer.status_code == 409
    assert (shop.form(form_id).selected_variations, len(shop.stripe("checkout/sessions")["data"])) == ({"0": 1}, 1)
    shop.drain()


def pay_twice(shop: Shop) -> tuple[str, str, str]:
    form_id = ready_form()
    old = shop.checkout(form_id)
    new = shop.checkout(form_id, selectedVariations={"0": 2})
    shop.press(new)
    shop.press(old, "late")
    return form_id, old, new


@pytest.mark.parametrize("slow_refunds", [False, True])
def test_the_second_payment_of_a_form_goes_back_once_by_itself(shop: Shop, slow_refunds: bool) -> None:
    """Row 44."""
    shop.switch(copies=3, slow_refunds=slow_refunds)
    form_id, *_ = pay_twice(shop)
    shop.await_events()
    shop.await_events()
    form = shop.form(form_id)
    given = shop.stripe("refunds")["data"]
    assert (form.status, len(given), given[0]["amount"]) == ("delivered", 1, 999)
    statuses = sorted(session_status(shop, form_id))
    assert statuses == ["fulfilled", "refunded"]
    assert sorted(shop.mails(form_id)) == [("delivery", "sent"), ("refund", "sent")]
    assert alerts() == ["paid_duplicate"]
    assert (shop.links(form_id), form.amount_paid) == (1, 999)
    assert "paid this order twice" in next(one.text for one in shop.post.letters if "refund" in one.subject)
    for row in shop.sessions(form_id):
        pay_refund(row.id)
    assert len(shop.stripe("refunds")["data"]) == 1


def test_a_crash_after_stripe_took_the_refund_refunds_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 58."""
    from jobs.payments import refunds

    def crash(name: str) -> None:
        if name == "refund_after_call":
            raise KeyboardInterrupt

    form_id, *_ = pay_twice(shop)
    with monkeypatch.context() as dying:
        dying.setattr(refunds, "crash_at", crash)
        with pytest.raises(KeyboardInterrupt):
            shop.await_events()
    shop.queue.flushdb()
    shop.change(StripeEvent.update(next_try_at=now()))
    in_database(clock.sweep)
    shop.await_events()
    assert sorted(session_status(shop, form_id)) == ["fulfilled", "refunded"]
    assert len(shop.stripe("refunds")["data"]) == 1
    assert [kind for kind, _ in shop.mails(form_id)].count("refund") == 1


def test_a_500_under_a_refund_s_key_keeps_nobody_s_money(shop: Shop) -> None:
    """Rows 48 and 58: Stripe repeats that answer for a day; the buyer does not wait so long."""
    form_id, *_ = pay_twice(shop)
    shop.switch(fail_creates=1)
    with pytest.raises(PaymentsError, match="unavailable"):
        shop.await_events()
    in_database(clock.sweep)  # the same key again: nobody knows whether it happened
    shop.await_events()
    assert sorted(session_status(shop, form_id)) == ["fulfilled", "refunded"]
    assert [one["amount"] for one in shop.stripe("refunds")["data"]] == [999]
    assert alerts() == ["paid_duplicate"]


def test_what_cannot_be_paid_never_reaches_stripe(shop: Shop) -> None:
    """Row 45."""
    paid, _ = shop.sell()
    before = len(shop.stripe("checkout/sessions")["data"])
    expired, undecided, draft = ready_form(status="expired"), ready_form(chosen=None), ready_form(status="created")
    for form_id, status in ((paid, 409), (expired, 410), (undecided, 409), (draft, 409), ("form_1_" + "a" * 32, 404)):
        assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == status
    assert len(shop.stripe("checkout/sessions")["data"]) == before


@pytest.mark.parametrize("field", ["price", "amount", "currency", "packageId", "packageType", "songCount", "status"])
def test_the_client_never_sends_a_price(shop: Shop, field: str) -> None:
    """Row 34."""
    form_id = ready_form()
    assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id, field: 1}).status_code == 422
    assert shop.sessions(form_id) == []


def test_a_500_under_the_key_is_overcome_by_the_next_attempt(shop: Shop) -> None:
    """Rows 48 and 49."""
    form_id = ready_form()
    shop.switch(fail_creates=1)
    for _ in range(2):
        answer = shop.api("POST", "/api/stripe/checkout", json={"formId": form_id})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert shop.checkout(form_id)
    shop.change(ComposeForm.update(guest_email="other@example.com").where(ComposeForm.id == form_id))
    shop.change(CheckoutSession.update(url=None, stripe_session_id=None).where(CheckoutSession.form == form_id))
    assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == 503
    assert shop.checkout(form_id)
    assert session_status(shop, form_id) == ["expired", "expired", "open"]


def test_a_session_nobody_got_an_address_for_is_given_up(shop: Shop) -> None:
    form_id = ready_form()
    shop.checkout(form_id)
    shop.change(CheckoutSession.update(url=None, stripe_session_id=None).where(CheckoutSession.form == form_id))
    shop.age_session(form_id, created_at=timedelta(hours=2), expires_at=timedelta(hours=2))
    in_database(clock.sweep)
    shop.drain()
    assert (shop.form(form_id).status, session_status(shop, form_id)) == ("variations_ready", ["expired"])


def test_an_expired_session_frees_the_form(shop: Shop) -> None:
    """Row 41."""
    form_id = ready_form()
    shop.payments.expire_session(shop.checkout(form_id))
    shop.await_events()
    assert (shop.form(form_id).status, session_status(shop, form_id)) == ("variations_ready", ["expired"])
    assert shop.checkout(form_id)


# --- refunds and disputes ----------------------------------------------------------------------------------------------


def test_a_part_given_back_keeps_the_link_and_the_rest_takes_it(shop: Shop) -> None:
    """Rows 55 and 56."""
    form_id, session_id = shop.sell()
    charge = charge_of(shop, session_id)
    shop.dashboard("part", charge)
    shop.await_events()
    (row,) = shop.sessions(form_id)
    assert (row.status, row.amount_refunded, shop.form(form_id).status) == ("partially_refunded", 300, "delivered")
    assert shop.links(form_id) == 1
    shop.dashboard("refund", charge)
    shop.await_events()
    (row,) = shop.sessions(form_id)
    assert (row.status, row.amount_refunded, shop.form(form_id).status) == ("refunded", 999, "refunded")
    assert shop.links(form_id) == 0
    assert [kind for kind, _ in shop.mails(form_id)] == ["delivery", "refund", "refund"]
    texts = [one.text for one in shop.post.letters]
    assert ("$3.00 is on its way" in texts[1], "$6.99 is on its way" in texts[2]) == (True, True)
    assert ("do not work any more" in texts[1], "do not work any more" in texts[2]) == (False, True)


def test_by_policy_a_refunded_song_may_keep_its_link(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with settings.override(share_after_refund=True):
        form_id, session_id = shop.sell()
        shop.dashboard("refund", charge_of(shop, session_id))
        shop.await_events()
    assert (shop.form(form_id).status, shop.links(form_id)) == ("refunded", 1)
    assert shop.broken() == {"I13": (form_id,)}, "while the setting is off, a living link would be noticed"
    with database.connection_context():
        database.execute_sql("UPDATE share_tokens SET revoked_at = now()")


def test_a_refund_that_fails_gives_song_and_link_back(shop: Shop) -> None:
    """Row 57."""
    form_id, session_id = shop.sell()
    shop.switch(slow_refunds=True)
    shop.dashboard("refund", charge_of(shop, session_id))
    shop.await_events()
    assert shop.form(form_id).status == "refunded", "on its way is given back, until the bank says otherwise"
    shop.dashboard("bounced", shop.stripe("refunds")["data"][0]["id"])
    shop.await_events()
    form, (row,) = shop.form(form_id), shop.sessions(form_id)
    assert (form.status, form.attention, row.status, row.amount_refunded) == ("delivered", "refund_failed", "fulfilled", 0)
    assert (shop.links(form_id), alerts()) == (1, ["refund_failed"])


def test_a_link_that_the_giver_switched_off_stays_off_when_a_refund_fails(shop: Shop) -> None:
    form_id, session_id = shop.sell()
    in_database(switch_off, form_id)
    shop.switch(slow_refunds=True)
    shop.dashboard("refund", charge_of(shop, session_id))
    shop.await_events()
    shop.dashboard("bounced", shop.stripe("refunds")["data"][0]["id"])
    shop.await_events()
    assert (shop.form(form_id).status, shop.links(form_id)) == ("delivered", 0)


def test_staff_refund_once_however_often_they_press(shop: Shop) -> None:
    """Row 58."""
    form_id, _ = shop.sell()
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: _refund_or_none(form_id, 300), range(4)))
    assert 300 in given
    assert shop.sessions(form_id)[0].amount_refunded == sum(one["amount"] for one in shop.stripe("refunds")["data"])
    refund_form(form_id, None)
    with pytest.raises(WrongMomentError):
        refund_form(form_id, None)
    shop.await_events()
    assert shop.form(form_id).status == "refunded"
    assert look_at_refunds(str(shop.sessions(form_id)[0].payment_intent_id))


def _refund_or_none(form_id: str, amount: int) -> int | None:
    try:
        return refund_form(form_id, amount)
    except WrongMomentError:
        return None


@pytest.mark.parametrize(("end", "session", "form"), [("won", "fulfilled", "delivered"), ("lost", "refunded", "refunded")])
def test_a_dispute_is_shown_and_followed_to_its_end(shop: Shop, end: str, session: str, form: str) -> None:
    """Row 59."""
    form_id, session_id = shop.sell()
    shop.dashboard("dispute", charge_of(shop, session_id))
    shop.await_events()
    assert (session_status(shop, form_id), shop.links(form_id)) == (["disputed"], 1)
    dispute = next(one for one in shop.stripe("events")["data"] if "dispute" in one["type"])["data"]["object"]["id"]
    shop.dashboard(end, dispute)
    shop.await_events()
    assert (session_status(shop, form_id), shop.form(form_id).status) == ([session], form)
    assert alerts() == ["dispute_needs_response", f"dispute_{end}"]
    assert shop.deliver(an_event("charge.dispute.created", dispute)) == 200
    shop.drain()
    assert session_status(shop, form_id) == [session]


def test_a_dispute_after_a_refund_changes_nothing_but_is_told(shop: Shop) -> None:
    form_id, session_id = shop.sell()
    charge = charge_of(shop, session_id)
    refund_form(form_id, None)
    with shop.sandbox.book.transaction() as ledger:
        from integrations.payments.sandbox.sessions import open_dispute

        open_dispute(ledger, charge)
    shop.sandbox.ask(lambda ledger: None)
    shop.await_events()
    assert (session_status(shop, form_id), shop.form(form_id).status) == (["refunded"], "refunded")
    assert alerts() == ["dispute_needs_response"]


# --- our failure -------------------------------------------------------------------------------------------------------


def test_a_song_that_cannot_be_delivered_in_time_is_paid_back_with_a_mail_that_says_so(shop: Shop) -> None:
    """Fault table row 85: tried again, then shown to staff, then the money goes back by itself, and the buyer is written to."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    lose_the_song(form_id)
    shop.press(session_id)
    shop.await_events()
    assert shop.form(form_id).status == "payment_completed"
    assert (shop.mails(form_id), alerts()) == ([("delivery", "queued")], ["song_missing"])
    shop.change(ComposeForm.update(paid_at=now() - timedelta(minutes=20)))
    in_database(clock.sweep)
    shop.await_events()
    assert (shop.form(form_id).status, alerts()) == ("payment_completed", ["song_missing", "undelivered"])
    shop.change(ComposeForm.update(paid_at=now() - timedelta(hours=25)))
    for _ in range(2):
        in_database(clock.sweep)
        shop.await_events()
    assert shop.form(form_id).status == "refunded"
    assert alerts()[-1] == "promise_broken"
    assert len(shop.stripe("refunds")["data"]) == 1
    assert "could not keep the promise" in shop.post.letters[-1].text
    shop.change(Email.update(next_try_at=now()).where(Email.kind == "delivery"))
    in_database(clock.sweep)
    shop.await_events()
    assert dict(shop.mails(form_id)) == {"delivery": "failed", "refund": "sent"}, "nobody writes 'here is your song' now"


def test_orders_that_stay_stuck_never_hide_a_broken_promise(shop: Shop) -> None:
    """A hundred mails that nobody corrected, and behind them one order whose song is gone."""
    long_ago = now() - timedelta(days=90)
    for _ in range(101):
        ready_form(status="payment_completed", amount_paid=999, paid_at=long_ago)
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    lose_the_song(form_id)
    shop.press(session_id)
    shop.await_events()
    shop.change(ComposeForm.update(paid_at=now() - timedelta(hours=25)).where(ComposeForm.id == form_id))
    for _ in range(200):
        in_database(undelivered)
        if shop.sessions(form_id)[0].refund_due:
            break
    assert shop.sessions(form_id)[0].refund_due == "undelivered"
    in_database(undelivered)  # a pass tells of a hundred; two are left after the first, whichever they are
    with database.connection_context():
        assert Alert.select().where(Alert.kind == "undelivered", Alert.about == form_id).exists()
        database.execute_sql("TRUNCATE compose_forms, form_events CASCADE")


def test_an_order_that_nobody_releases_is_paid_back_at_the_end_of_the_promise(shop: Shop, override_settings: Override) -> None:
    """Nothing was given: no mail has left, and the success page shows no link."""
    override_settings(release_by_hand=True)
    form_id = ready_form()
    shop.press(shop.checkout(form_id))
    shop.await_events()
    shop.change(ComposeForm.update(paid_at=now() - timedelta(hours=25)))
    for _ in range(2):
        in_database(clock.sweep)
        shop.await_events()
    assert (shop.form(form_id).status, alerts()) == ("refunded", ["undelivered", "promise_broken"])
    shop.change(Email.update(next_try_at=now()).where(Email.kind == "delivery"))
    in_database(clock.sweep)
    shop.await_events()
    assert dict(shop.mails(form_id)) == {"delivery": "failed", "refund": "sent"}


def test_a_song_that_comes_back_in_time_is_delivered_after_all(shop: Shop) -> None:
    """Fault table row 85: staff were told, somebody brought the file back, and the next try gives it."""
    form_id = ready_form()
    keys = in_database(lambda: {row.id: row.master_key for row in Variation.select().where(Variation.form == form_id)})
    session_id = shop.checkout(form_id)
    lose_the_song(form_id)
    shop.press(session_id)
    shop.await_events()
    assert (shop.form(form_id).status, alerts()) == ("payment_completed", ["song_missing"])
    for task, key in keys.items():
        shop.change(Variation.update(master_key=key).where(Variation.id == task))
    shop.change(Email.update(next_try_at=now()))
    in_database(clock.sweep)
    shop.await_events()
    assert (shop.form(form_id).status, shop.mails(form_id)) == ("delivered", [("delivery", "sent")])
    assert shop.stripe("refunds")["data"] == []


def test_a_version_that_fails_after_the_payment_takes_nothing_from_what_was_bought(shop: Shop) -> None:
    """Fault table row 85: the slowest of three was still being made when the buyer paid for another."""
    form_id = ready_form()
    late = in_database(lambda: Variation.get(Variation.form == form_id, Variation.variation == 3))
    shop.change(Variation.update(status="generating", provider="mureka", failures={"mureka": 9}).where(Variation.id == late.id))
    with database.connection_context():
        append_event(form_id, "variation", late.id, "ready", "generating", by="test")
    shop.press(shop.checkout(form_id))
    shop.await_events()
    in_database(lambda: fail_attempt(Variation.find(late.id), MusicError(Reason.TRANSIENT)))
    in_database(clock.sweep)
    shop.await_events()
    assert in_database(Variation.find, late.id).status == "failed"
    assert (shop.form(form_id).status, shop.form(form_id).attention, alerts()) == ("delivered", None, [])
    assert shop.mails(form_id) == [("delivery", "sent")]


def lose_the_song(form_id: str) -> None:
    query = Variation.update(master_key="task_x/gone.mp3").where(Variation.form == form_id)
    in_database(query.execute)


def test_a_mail_that_bounces_pays_nobody_back_but_is_told(shop: Shop) -> None:
    """The success page has given the link: the promise is kept."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.post.failure = MailError("550", permanent=True)
    shop.press(session_id)
    shop.await_events()
    shop.change(ComposeForm.update(paid_at=now() - timedelta(hours=30)))
    in_database(clock.sweep)
    shop.drain()
    assert (shop.form(form_id).status, shop.form(form_id).attention) == ("payment_completed", "mail_failed")
    assert (alerts(), shop.stripe("refunds")["data"]) == (["mail_failed", "undelivered"], [])
    assert set(shop.broken()) == {"I4", "I6"}
    with database.connection_context():
        database.execute_sql("TRUNCATE compose_forms, form_events CASCADE")


def test_alerts_reach_every_member_of_staff_once(shop: Shop, override_settings: Override) -> None:
    from jobs import alerts as alerts_module

    override_settings(staff_roles={"a@example.com": "support", "b@example.com": "admin"})
    for _ in range(2):
        in_database(alerts_module.raise_alert, "stripe_key", "STRIPE_SECRET_KEY", "Stripe refuses our key")
        alerts_module.send_alerts()
    assert [one.to_address for one in shop.post.letters] == ["a@example.com", "b@example.com"]
    assert "Stripe refuses our key" in shop.post.letters[0].text
    shop.post.failure = MailError("550 no such user", permanent=True)
    in_database(alerts_module.raise_alert, "livemode", "evt_1")
    for _ in range(2):
        alerts_module.send_alerts()
        shop.change(Alert.update(next_try_at=now()))
    assert [one.to_address for one in shop.post.letters[2:]] == ["b@example.com"], "one wrong address repeats nothing to others"
    shop.post.failure = MailError("away", permanent=False)
    override_settings(staff_roles={"b@example.com": "admin"})
    in_database(alerts_module.raise_alert, "livemode", "evt_2")
    alerts_module.send_alerts()
    shop.change(Alert.update(next_try_at=now()))
    alerts_module.send_alerts()
    assert len(shop.post.letters) == 4, "where nobody was told, it is tried again"


# --- the books, both ways ----------------------------------------------------------------------------------------------


def test_the_two_way_report_heals_what_it_can_and_names_the_rest(shop: Shop) -> None:
    """Row 28 and invariant I15."""
    from jobs.payments.reconciliation import compare

    lost = ready_form()
    shop.switch(drop=True)
    session_id = shop.checkout(lost)
    shop.press(session_id)
    assert [(one.kind, one.healed) for one in compare(7)] == [("paid_there_not_here", True)]
    shop.drain()
    assert shop.form(lost).status == "delivered"
    shop.dashboard("refund", charge_of(shop, session_id))
    assert [(one.kind, one.healed) for one in compare(7)] == [("refunded_there_not_here", True)]
    assert list(compare(7)) == []
    invented, stripe_id = ready_form(), "cs_test_invented"
    shop.checkout(invented)
    shop.change(CheckoutSession.update(stripe_session_id=stripe_id, fulfilled_at=now()).where(CheckoutSession.form == invented))
    assert [(one.kind, one.healed) for one in compare(7)] == [("paid_here_not_there", False)]
    shop.change(CheckoutSession.update(fulfilled_at=None).where(CheckoutSession.form == invented))


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE compose_forms SET amount_paid = 1", "I1"),
        ("UPDATE checkout_sessions SET amount_refunded = 5", "I2"),
        ("UPDATE checkout_sessions SET fulfilled_at = NULL", "I3"),
        ("UPDATE compose_forms SET status = 'payment_completed', paid_at = localtimestamp - interval '1 hour'", "I4"),
        ("UPDATE stripe_events SET handled_at = NULL, next_try_at = localtimestamp - interval '6 min'", "I5"),
        ("UPDATE emails SET status = 'queued', next_try_at = localtimestamp - interval '6 min'", "I6"),
        ("UPDATE variations SET status = 'submitted', lease_until = localtimestamp - interval '2 min'", "I7"),
        ("UPDATE compose_forms SET purged_at = localtimestamp", "I9"),
        ("UPDATE compose_forms SET status = 'expired', updated_at = localtimestamp - interval '2 hours'", "I9"),
        ("UPDATE compose_forms SET status = 'created', expires_at = localtimestamp - interval '2 hours'", "I9"),
        ("DELETE FROM emails", "I10"),
        ("UPDATE checkout_sessions SET status = 'paid'", "I11"),
        ("DELETE FROM share_tokens", "I13"),
        ("UPDATE variations SET master_key = 'task_x/gone.mp3'", "I8"),
    ],
)
def test_a_broken_invariant_is_seen(shop: Shop, sql: str, name: str) -> None:
    """The doctor is not blind."""
    form_id, _ = shop.sell()
    with database.connection_context():
        database.execute_sql(sql)
    assert name in shop.broken()
    with database.connection_context():
        database.execute_sql("TRUNCATE compose_forms, stripe_events, form_events CASCADE")
    assert form_id


def test_a_job_that_nobody_takes_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """I14."""
    from jobs.monitoring import invariants

    line = redis.Redis.from_url(settings.redis_url, db=8)
    monkeypatch.setattr(invariants, "connection", lambda: line)
    Queue("urgent", connection=line, serializer=JSONSerializer).enqueue("handle_stripe_event", "evt_1")
    assert invariants.waiting_jobs().count == 0
    monkeypatch.setattr(invariants, "now", lambda: now() + timedelta(minutes=11))
    assert invariants.waiting_jobs().ids == ("handle_stripe_event in urgent",)
    line.flushdb()
    monkeypatch.setattr(invariants, "connection", lambda: redis.Redis(port=1))
    assert invariants.waiting_jobs().count == 1, "nobody can say"


def test_metrics_show_invariants_and_lag_to_this_machine_only(shop: Shop, override_settings: Override) -> None:
    override_settings(metrics_token="secret")
    shop.sell()
    text = shop.api("GET", "/metrics").text
    assert 'serenade_broken{invariant="I1"} 0.0' in text
    assert 'serenade_forms{status="delivered"} 1.0' in text
    assert "serenade_webhook_lag_seconds 0.0\n" in text
    assert "serenade_redis_up 1.0" in text
    for family in text_string_to_metric_families(text):
        assert (family.type, bool(family.documentation)) == ("gauge", True), family.name
    openmetrics = shop.api("GET", "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert openmetrics.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert openmetrics.text.endswith("# EOF\n")
    proxied = {"X-Forwarded-For": "1.2.3.4"}
    assert shop.api("GET", "/metrics", headers=proxied).status_code == 404
    assert shop.api("GET", "/metrics", headers=proxied | {"Authorization": "Bearer wrong"}).status_code == 404
    assert shop.api("GET", "/metrics", headers=proxied | {"Authorization": "Bearer secret"}).status_code == 200


def test_metrics_say_that_redis_is_away_and_still_count_the_rows(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from api import metrics

    monkeypatch.setattr(metrics, "connection", lambda: redis.Redis(port=1))
    shop.sell()
    text = shop.api("GET", "/metrics").text
    assert "serenade_redis_up 0.0" in text
    assert 'serenade_forms{status="delivered"} 1.0' in text
    assert "serenade_queue_depth{" not in text, "nobody knows"
    assert "\nserenade_workers " not in text


# --- the stories that are left -----------------------------------------------------------------------------------------


def test_a_stripe_that_hangs_holds_up_nobody_but_those_who_pay(shop: Shop) -> None:
    """Forty people press Pay while Stripe hangs: everything else is answered at once, and all of them can pay in the end."""
    forms = [ready_form() for _ in range(40)]
    shop.switch(hang=1.0)
    with ThreadPoolExecutor(40) as people:
        paying = [people.submit(shop.checkout, form_id) for form_id in forms]
        slowest = 0.0
        while not all(one.done() for one in paying):
            began = time.perf_counter()
            assert shop.api("GET", "/api/compose/forms", params={"formId": forms[0]}).status_code == 200
            slowest = max(slowest, time.perf_counter() - began)
        assert len({one.result() for one in paying}) == 40
    assert slowest < 2.5, "nobody waits for as long as Stripe hangs: 5 s for the last of the 40"


def test_a_key_that_stripe_refuses_is_told_to_staff_and_kindly_to_the_buyer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 50."""
    import integrations.payments
    from integrations.payments import Payments

    form_id = ready_form()
    with monkeypatch.context() as wrong:
        stranger = Payments("sk_sandbox_wrong", shop.url, shop.origin)
        wrong.setattr(integrations.payments, "account", lambda: stranger)
        answer = shop.api("POST", "/api/stripe/checkout", json={"formId": form_id})
    assert (answer.status_code, "nothing was charged" in answer.json()["error"]["message"]) == (503, True)
    assert (alerts(), shop.form(form_id).status) == (["stripe_key"], "variations_ready")
    assert shop.checkout(form_id)


def test_a_database_from_before_the_payment_is_noticed(shop: Shop) -> None:
    """Row 97: a restored backup knows nothing of a session; the two-way report names it."""
    from jobs.payments.reconciliation import compare

    form_id = ready_form()
    shop.switch(drop=True)
    session_id = shop.checkout(form_id)
    shop.press(session_id)
    shop.change(CheckoutSession.delete().where(CheckoutSession.form == form_id))
    assert [(one.kind, one.about, one.healed) for one in compare(7)] == [("paid_there_not_here", session_id, False)]


def test_a_form_left_behind_by_a_closed_session_goes_back_to_choosing(shop: Shop) -> None:
    form_id = ready_form(status="payment_initiated", updated_at=now() - timedelta(minutes=5))
    in_database(clock.sweep)
    assert shop.form(form_id).status == "variations_ready"


@pytest.mark.parametrize("currency", ["jpy", "krw", "EURO", ""])
def test_currencies_without_cents_are_refused_at_configuration(currency: str) -> None:
    """Row 36."""
    from settings import SettingsError, read_settings

    if currency:
        with pytest.raises(SettingsError, match="CURRENCY"):
            read_settings({"CURRENCY": currency})
    else:
        assert read_settings({"DATA_DIR": "/tmp/serenade-settings"}).packages["solo-serenade"].currency == "usd"


def test_staff_have_three_commands(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    from cli import main

    form_id, _ = shop.sell()
    assert main(["doctor"]) == 0
    assert re.search(r"^ok +I1 +0 ", capsys.readouterr().out, re.MULTILINE)
    for wrong in (["refund"], ["refund", form_id, "3"], ["refund", form_id, "9.999"], ["reconcile", "x"]):
        assert main(wrong) == 2
    assert main(["refund", "form_1_unknown"]) == 1
    assert main(["refund", form_id, "99.00"]) == 1
    capsys.readouterr()
    assert main(["refund", form_id, "3.00"]) == 0
    assert capsys.readouterr().out == "3.00 on its way back\n"
    assert (shop.sessions(form_id)[0].status, shop.sessions(form_id)[0].amount_refunded) == ("partially_refunded", 300)
    assert main(["reconcile"]) == 0
    assert "0 differences" in capsys.readouterr().out
    shop.change(ComposeForm.update(amount_paid=1).where(ComposeForm.id == form_id))
    assert main(["doctor"]) == 1
    assert form_id in capsys.readouterr().out
    shop.change(ComposeForm.update(amount_paid=999).where(ComposeForm.id == form_id))


@pytest.mark.parametrize("outcome", ["settled", "bounced"])
def test_events_of_a_slow_payment_in_any_order_and_twice(shop: Shop, outcome: str) -> None:
    """Row 24 for delayed methods: all orders of all their events, each of them twice."""
    last = "succeeded" if outcome == "settled" else "failed"
    for order in itertools.permutations(("checkout.session.completed", f"checkout.session.async_payment_{last}")):
        form_id = ready_form()
        shop.switch(drop=True)
        session_id = shop.checkout(form_id)
        shop.press(session_id, "delayed")
        shop.press(session_id, outcome)
        found = {(one["type"], one["data"]["object"]["id"]): one for one in shop.stripe("events?limit=100")["data"]}
        for kind in (*order, *order):
            shop.deliver(found[(kind, session_id)])
            shop.drain()
        assert shop.form(form_id).status == ("delivered" if outcome == "settled" else "variations_ready")
        assert [kind for kind, _ in shop.mails(form_id)] == ["delivery" if outcome == "settled" else "payment_failed"]
