"""Money that goes back: paid twice, by staff, in parts, at a dispute; each time once (docs/reliability.md 1.3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.payments import PaymentsError
from jobs import clock
from jobs.gifts.giver_actions import switch_off
from jobs.payments.refunds import look_at_refunds, pay_refund, refund_form
from jobs.privacy.personal_data import forget_person
from models import StripeEvent, WrongMomentError, database, in_database, now
from settings import settings
from tests.support.payments import alerts, charge_of, session_status
from tests.support.shop import Shop, ready_form
from tests.support.stripe_events import an_event


def pay_twice(shop: Shop) -> tuple[str, str, str]:
    form_id = ready_form()
    old = shop.checkout(form_id)
    new = shop.checkout(form_id, selectedVariations={"0": 2})
    shop.press(new)
    shop.press(old, "late")
    return form_id, old, new


@pytest.mark.parametrize("slow_refunds", [False, True])
def test_the_second_payment_of_a_form_goes_back_once_by_itself(shop: Shop, slow_refunds: bool) -> None:
    """docs/reliability.md row 44."""
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
    assert "paid this order twice" in next(one.text for one in shop.post.messages if "refund" in one.subject)
    for row in shop.sessions(form_id):
        pay_refund(row.id)
    assert len(shop.stripe("refunds")["data"]) == 1


def test_a_crash_after_stripe_took_the_refund_refunds_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/reliability.md row 58."""
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
    """docs/reliability.md rows 48 and 58: Stripe repeats that answer for a day; the buyer does not wait so long."""
    form_id, *_ = pay_twice(shop)
    shop.switch(fail_creates=1)
    with pytest.raises(PaymentsError, match="unavailable"):
        shop.await_events()
    in_database(clock.sweep)  # the same key again: nobody knows whether it happened
    shop.await_events()
    assert sorted(session_status(shop, form_id)) == ["fulfilled", "refunded"]
    assert [one["amount"] for one in shop.stripe("refunds")["data"]] == [999]
    assert alerts() == ["paid_duplicate"]


def test_a_part_given_back_keeps_the_link_and_the_rest_takes_it(shop: Shop) -> None:
    """docs/reliability.md rows 55 and 56."""
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
    texts = [one.text for one in shop.post.messages]
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
    """docs/reliability.md row 57."""
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
    """docs/reliability.md row 58."""
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
    """docs/reliability.md row 59."""
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


def test_a_dispute_after_a_refund_changes_nothing_but_is_reported(shop: Shop) -> None:
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


def test_a_delivered_order_that_was_forgotten_breaks_no_invariant(shop: Shop) -> None:
    """Its links and recordings are gone on purpose; a refund may still be under way."""
    form_id, _ = shop.sell()
    assert in_database(forget_person, "dad@example.com") == (1, 0)
    assert (shop.form(form_id).status, shop.form(form_id).purged_at is None) == ("delivered", False)
    assert shop.broken() == {}
