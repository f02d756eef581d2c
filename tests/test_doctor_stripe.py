"""The doctor's checks of Stripe: keys, modes, webhooks, and what is sold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integrations import payments
from integrations.payments import Payments, lookups
from jobs.monitoring import configuration_checks as vendors
from jobs.monitoring.check_results import CheckVerdict
from jobs.payments.stripe_events import PINNED_VERSION, WATCHED
from tests.support import stripe_contract
from tests.support.answering import SECRET, always, answering, assert_says
from tests.support.overrides import Override


@pytest.mark.parametrize(
    ("prices", "providers", "verdict", "word"),
    [
        ({}, ("studio",), "ok", "nothing"),
        ({"versions": 499}, ("mureka",), "ok", "versions $4.99"),
        ({"versions": 499, "instrumental": 299}, ("mureka", "studio"), "ok", "instrumental $2.99"),
        ({"instrumental": 299}, ("mureka",), "warning", "MUSIC_PROVIDERS"),
    ],
)
def test_what_is_sold_beside_an_order_is_told(
    override_settings: Override, prices: Any, providers: Any, verdict: CheckVerdict, word: str
) -> None:
    override_settings(extra_prices=prices, music_providers=providers)
    found = vendors._extras()
    assert (found.verdict, word in f"{found.found} {found.to_do}") == (verdict, True)


ENDPOINT = {"url": "https://songs.example.com/api/stripe/webhook", "status": "enabled", "enabled_events": list(WATCHED)}


@pytest.fixture
def use_stripe(override_settings: Override, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def use(url: str, key: str = f"sk_test_{SECRET}", **more: Any) -> None:
        override_settings(stripe_secret_key=key, public_url="https://songs.example.com", **more)
        account = Payments(key, url)
        monkeypatch.setattr(payments, "account", lambda: account)

    return use


@pytest.mark.parametrize(("key", "env", "verdict", "word"), [
    ("sk_test_x", "development", CheckVerdict.OK, "test mode"),
    ("rk_live_x", "production", CheckVerdict.OK, "live mode"),
    ("sk_test_x", "production", CheckVerdict.WARNING, "no money moves"),
    ("sk_live_x", "development", CheckVerdict.WARNING, "real money moves"),
])  # fmt: skip
def test_the_mode_of_stripe_s_key_fits_the_environment(
    use_stripe: Callable[..., None], key: str, env: str, verdict: CheckVerdict, word: str
) -> None:
    with answering(always(200, {"object": "list", "data": [], "has_more": False})) as url:
        use_stripe(url, key, env=env)
        assert_says(vendors._stripe_key(), verdict, word)


@pytest.mark.parametrize(("status", "word"), [(401, "STRIPE_SECRET_KEY"), (403, "STRIPE_SECRET_KEY"), (404, "try again")])
def test_a_key_that_stripe_refuses_is_broken(use_stripe: Callable[..., None], status: int, word: str) -> None:
    with answering(always(status, {"error": {"message": f"Invalid API Key: {SECRET}", "type": "x"}})) as url:
        use_stripe(url)
        assert_says(vendors._stripe_key(), CheckVerdict.BROKEN, word)


def test_a_publishable_key_is_named(use_stripe: Callable[..., None]) -> None:
    use_stripe("http://127.0.0.1:9", f"pk_live_{SECRET}")
    assert_says(vendors._stripe_key(), CheckVerdict.BROKEN, "sk_ or rk_")


@pytest.mark.parametrize(("endpoints", "verdict", "word"), [
    ([ENDPOINT], CheckVerdict.OK, "sends every event"),
    ([{**ENDPOINT, "enabled_events": ["*"], "api_version": PINNED_VERSION}], CheckVerdict.OK, "sends every event"),
    ([], CheckVerdict.BROKEN, "no endpoint at Stripe leads to https://songs.example.com/api/stripe/webhook"),
    ([{**ENDPOINT, "url": "https://old.example.com/api/stripe/webhook"}], CheckVerdict.BROKEN, "no endpoint"),
    ([{**ENDPOINT, "status": "disabled"}], CheckVerdict.BROKEN, "disabled"),
    ([{**ENDPOINT, "enabled_events": list(WATCHED[1:])}], CheckVerdict.BROKEN, f"not sent: {WATCHED[0]}"),
    ([{**ENDPOINT, "api_version": "2019-01-01"}], CheckVerdict.WARNING, "2019-01-01"),
    ([ENDPOINT, ENDPOINT], CheckVerdict.WARNING, "2 endpoints"),
])  # fmt: skip
def test_stripe_s_webhook_leads_here_with_every_event(
    use_stripe: Callable[..., None], endpoints: list[Any], verdict: CheckVerdict, word: str
) -> None:
    with answering(always(200, {"object": "list", "data": endpoints, "has_more": False})) as url:
        use_stripe(url, f"sk_live_{SECRET}")
        assert_says(vendors._stripe_webhook(), verdict, word)


def test_in_test_mode_events_may_come_another_way(use_stripe: Callable[..., None]) -> None:
    with answering(always(200, {"object": "list", "data": [], "has_more": False})) as url:
        use_stripe(url)
        assert_says(vendors._stripe_webhook(), CheckVerdict.WARNING, "no endpoint at Stripe leads to")


def test_what_stripe_is_asked_it_knows() -> None:
    """Listing endpoints is not in our extract of Stripe's contract: https://docs.stripe.com/api/webhook_endpoints/list"""
    asked: list[str] = []

    def answer(method: str, path: str) -> tuple[int, Any]:
        asked.append(f"{method} {path}")
        return 200, {"object": "list", "data": [], "has_more": False}

    with answering(answer) as url:
        lookups.prove_key(Payments("sk_test_x", url))
        assert lookups.webhook_endpoints(Payments("sk_test_x", url)) == []
    assert asked == ["GET /v1/checkout/sessions?limit=1", "GET /v1/webhook_endpoints?limit=100"]
    contract = stripe_contract.load()
    if contract is not None:
        assert contract.problems_of_request("GET", "/v1/checkout/sessions", "limit=1", "") == []


def test_a_restricted_key_that_may_not_list_webhooks_is_a_warning(use_stripe: Callable[..., None]) -> None:
    with answering(always(403, {"error": {"message": "no permission", "type": "x"}})) as url:
        use_stripe(url)
        assert_says(vendors._stripe_webhook(), CheckVerdict.WARNING, "dashboard")


def test_the_sandbox_needs_no_account() -> None:
    assert_says(vendors._stripe_key(), CheckVerdict.OK, "sandbox")
    assert_says(vendors._stripe_webhook(), CheckVerdict.OK, "sandbox")
