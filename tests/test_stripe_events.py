"""Events of Stripe in any order, twice, of others, unknown, poisoned: the end is what Stripe says."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from jobs import clock
from jobs.payments.fulfilment import look_at_session
from models import CheckoutSession, StripeEvent, in_database, now
from tests.support.payments import alerts, charge_of, session_status
from tests.support.shop import Shop, ready_form
from tests.support.stripe_events import an_event

EVENTS = ("checkout.session.completed", "payment_intent.succeeded", "refund.created", "charge.refunded")


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_whatever_the_order_of_events_the_end_is_what_stripe_says(shop: Shop, order: tuple[int, ...]) -> None:
    """docs/reliability.md rows 21, 24 and 55: paid, then refunded in the dashboard; each event also twice."""
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


def test_an_expiry_reported_after_the_payment_moves_nothing_back(shop: Shop) -> None:
    """docs/reliability.md row 24: expired after completed, failed after succeeded."""
    form_id, session_id = shop.sell()
    for kind in ("checkout.session.expired", "checkout.session.async_payment_failed"):
        shop.deliver(an_event(kind, session_id))
        shop.drain()
    assert shop.form(form_id).status == "delivered"


def test_an_event_of_the_other_mode_is_kept_and_never_fulfils(shop: Shop) -> None:
    """docs/reliability.md row 14."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.switch(drop=True)
    shop.press(session_id)
    assert shop.deliver(an_event("checkout.session.completed", session_id, livemode=True)) == 200
    shop.drain()
    assert shop.form(form_id).status == "payment_initiated"
    assert (shop.event_rows()[0].error, alerts()) == ("livemode", ["livemode"])


def test_unknown_events_and_sessions_of_other_shops_change_nothing(shop: Shop) -> None:
    """docs/reliability.md rows 15 and 17."""
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


@pytest.mark.parametrize(
    ("kind", "says", "jobs"),
    [
        ("checkout.session.completed", {"metadata": {}}, []),
        ("checkout.session.expired", {"metadata": {"checkoutId": "checkout_of_another_shop"}}, []),
        ("refund.created", {"payment_intent": "pi_of_another_shop"}, ["handle_unclear_stripe_events"]),
    ],
)
def test_a_flood_of_events_of_other_shops_is_no_flood_of_jobs(
    shop: Shop, kind: str, says: dict[str, Any], jobs: list[str]
) -> None:
    """docs/reliability.md row 17: each job is a process, and songs wait for it."""
    for number in range(20):
        event = an_event(kind, f"other_{number}")
        event["data"]["object"] |= says
        assert shop.deliver(event) == 200
    assert shop.drain() == jobs
    assert [(row.error, bool(row.handled_at)) for row in shop.event_rows()] == [("not_ours", True)] * 20


def test_what_only_stripe_can_tell_is_found_by_the_sweep_in_one_job(shop: Shop) -> None:
    """docs/reliability.md rows 17 and 29."""
    for number in range(3):
        shop.deliver(an_event("charge.dispute.created", f"du_{number}"))
    shop.queue.flushdb()
    in_database(clock.unhandled_events)
    assert shop.drain() == ["handle_unclear_stripe_events"]
    assert all(row.handled_at for row in shop.event_rows())


def test_our_own_session_is_never_taken_for_one_of_another_shop(shop: Shop) -> None:
    """Without its metadata it is known by its id; before its id is stored, by its metadata."""
    for forget, metadata in ((False, {}), (True, None)):
        form_id = ready_form()
        session_id = shop.checkout(form_id)
        shop.switch(drop=True)
        shop.press(session_id)
        event = an_event("checkout.session.completed", session_id)
        row = shop.sessions(form_id)[0]
        event["data"]["object"]["metadata"] = {"checkoutId": row.id} if metadata is None else metadata
        if forget:
            shop.change(CheckoutSession.update(stripe_session_id=None).where(CheckoutSession.id == row.id))
        shop.deliver(event)
        assert shop.drain()[0] == "handle_stripe_event"
        assert shop.form(form_id).status == "delivered"


def test_another_api_version_is_handled_and_reported_once(shop: Shop) -> None:
    """docs/reliability.md row 16."""
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
    """docs/reliability.md row 33."""
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
    """docs/reliability.md row 51: events wait, composing goes on, the pay button says so, all is there when Stripe is back."""
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


@pytest.mark.parametrize("outcome", ["settled", "bounced"])
def test_events_of_a_slow_payment_in_any_order_and_twice(shop: Shop, outcome: str) -> None:
    """docs/reliability.md row 24 for delayed methods: all orders of all their events, each of them twice."""
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
