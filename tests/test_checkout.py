"""Coming to pay: what is asked of Stripe, consent, many clicks and tabs, other choices, sessions that end."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from integrations.payments.hosted_page import HostedPages
from jobs import clock
from models import Alert, CheckoutSession, ComposeForm, in_database, now
from pubsub import connection
from tests.support.overrides import Override
from tests.support.payments import alerts, session_status
from tests.support.shop import Shop, ready_form


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
    """docs/reliability.md row 60: ids only."""
    session_id = shop.checkout(ready_form(3))
    seen = str(shop.stripe(f"checkout/sessions/{session_id}"))
    for secret in ("Mia", "Rosa", "Dad", "train", "loud"):
        assert secret not in seen


def test_an_address_that_stripe_cannot_read_stops_no_sale(shop: Shop) -> None:
    form_id = ready_form(guest_email="jürgen@bücher.example")
    session_id = shop.checkout(form_id)
    assert shop.stripe(f"checkout/sessions/{session_id}")["customer_email"] is None, "the hosted page asks for one"


def test_many_clicks_and_two_tabs_are_one_session(shop: Shop) -> None:
    """docs/reliability.md row 42."""
    form_id = ready_form()
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: shop.checkout(form_id), range(16)))) == 1
    assert len(shop.stripe("checkout/sessions")["data"]) == 1


def test_another_choice_ends_the_old_session_at_stripe_first(shop: Shop) -> None:
    """docs/reliability.md rows 41, 43, 46: what is paid for is what the session says."""
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
    monkeypatch.setattr(checkout, "give_up_session", lambda row: None)
    answer = shop.api("POST", "/api/stripe/checkout", json={"formId": form_id, "selectedVariations": {"0": 3}})
    assert (answer.status_code, "url" in answer.json()) == (409, False)


def test_a_choice_changed_after_paying_elsewhere_is_reported_and_takes_no_second_session(shop: Shop) -> None:
    """docs/reliability.md row 43: not open any more, because it is paid."""
    form_id = ready_form()
    shop.switch(drop=True)
    shop.press(shop.checkout(form_id))
    answer = shop.api("POST", "/api/stripe/checkout", json={"formId": form_id, "selectedVariations": {"0": 2}})
    assert answer.status_code == 409
    assert (shop.form(form_id).selected_variations, len(shop.stripe("checkout/sessions")["data"])) == ({"0": 1}, 1)
    shop.drain()


def test_what_cannot_be_paid_never_reaches_stripe(shop: Shop) -> None:
    """docs/reliability.md row 45."""
    paid, _ = shop.sell()
    before = len(shop.stripe("checkout/sessions")["data"])
    expired, undecided, draft = ready_form(status="expired"), ready_form(chosen=None), ready_form(status="created")
    for form_id, status in ((paid, 409), (expired, 410), (undecided, 409), (draft, 409), ("form_1_" + "a" * 32, 404)):
        assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == status
    assert len(shop.stripe("checkout/sessions")["data"]) == before


@pytest.mark.parametrize("field", ["price", "amount", "currency", "packageId", "packageType", "songCount", "status"])
def test_the_client_never_sends_a_price(shop: Shop, field: str) -> None:
    """docs/reliability.md row 34."""
    form_id = ready_form()
    assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id, field: 1}).status_code == 422
    assert shop.sessions(form_id) == []


def test_a_500_under_the_key_is_overcome_by_the_next_attempt(shop: Shop) -> None:
    """docs/reliability.md rows 48 and 49."""
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
    """docs/reliability.md row 41."""
    form_id = ready_form()
    shop.payments.expire_session(shop.checkout(form_id))
    shop.await_events()
    assert (shop.form(form_id).status, session_status(shop, form_id)) == ("variations_ready", ["expired"])
    assert shop.checkout(form_id)


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


def test_a_key_that_stripe_refuses_is_reported_to_staff_and_politely_to_the_buyer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/reliability.md row 50."""
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


def refuse_pages(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop.payments, "_pages", HostedPages(hosts=("pay.songs.example",)))


def test_a_payment_page_at_a_refused_address_is_reported_and_does_not_lock_the_form(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = ready_form()
    with monkeypatch.context() as refusing:
        refuse_pages(shop, refusing)
        for _ in range(2):
            assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == 503
            assert shop.form(form_id).status == "variations_ready"
    assert alerts() == ["stripe_page"]
    assert [one["status"] for one in shop.stripe("checkout/sessions")["data"]] == ["expired"] * 2
    assert shop.checkout(form_id)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://evil.example/pay"])
def test_nobody_is_sent_where_a_changed_row_leads(shop: Shop, url: str) -> None:
    form_id = ready_form()
    first = shop.checkout(form_id)
    shop.change(CheckoutSession.update(url=url).where(CheckoutSession.form == form_id))
    assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == 503
    assert shop.checkout(form_id) != first
    assert (alerts(), shop.stripe(f"checkout/sessions/{first}")["status"]) == (["stripe_page"], "expired")


def test_what_stripe_refuses_to_three_customers_is_reported_once_with_its_request(shop: Shop) -> None:
    connection().delete(*connection().keys("serenade:refused:*") or ["none"])
    forms = [ready_form(guest_email="nobody") for _ in range(4)]  # Stripe takes it for no address
    for form_id in (forms[0], forms[0], forms[0], forms[1]):
        assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == 503
    assert alerts() == [], "two customers may both be wrong"
    for form_id in forms[2:]:
        assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id}).status_code == 503
    told = in_database(Alert.get)
    assert (alerts(), "request req_" in told.detail, "nobody" in told.detail) == (["stripe_refuses"], True, False)


def test_a_stripe_that_is_away_refuses_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop.payments, "_api_base", "http://127.0.0.1:1")
    for _ in range(3):
        assert shop.api("POST", "/api/stripe/checkout", json={"formId": ready_form()}).status_code == 503
    assert alerts() == []


def test_a_form_left_behind_by_a_closed_session_goes_back_to_choosing(shop: Shop) -> None:
    form_id = ready_form(status="payment_initiated", updated_at=now() - timedelta(minutes=5))
    in_database(clock.sweep)
    assert shop.form(form_id).status == "variations_ready"


@pytest.mark.parametrize("currency", ["jpy", "krw", "EURO", ""])
def test_currencies_without_cents_are_refused_at_configuration(currency: str) -> None:
    """docs/reliability.md row 36."""
    from settings import SettingsError, read_settings

    if currency:
        with pytest.raises(SettingsError, match="CURRENCY"):
            read_settings({"CURRENCY": currency})
    else:
        assert read_settings({"DATA_DIR": "/tmp/serenade-settings"}).packages["solo-serenade"].currency == "usd"
