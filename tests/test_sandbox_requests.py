"""Asking Stripe twice, and asking wrongly: what is refused, named, repeated, and not believed."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import requests
from fastapi import FastAPI, Response

from integrations.payments import Payments, PaymentsError
from integrations.payments.hosted_page import HostedPages
from integrations.payments.sandbox import PREFIX
from tests.support.sandbox_server import KEY, SandboxServer, a_request, served


def test_the_same_key_brings_the_same_session_even_at_once(sandbox_server: SandboxServer) -> None:
    request = sandbox_server.request()
    with ThreadPoolExecutor(6) as pool:
        opened = set(pool.map(lambda _: sandbox_server.payments.open_session(request), range(6)))
    assert len(opened) == 1
    assert len(sandbox_server.api("GET", "/v1/checkout/sessions").json()["data"]) == 1
    with pytest.raises(PaymentsError, match="rejected") as caught:
        sandbox_server.payments.open_session(replace(request, amount=999))
    assert "same parameters" in caught.value.detail


def test_a_500_sticks_to_its_key_and_another_key_works(sandbox_server: SandboxServer) -> None:
    sandbox_server.api("POST", "/_switches", data={"fail_creates": "1"})
    reasons = []
    for _ in range(2):
        with pytest.raises(PaymentsError) as caught:
            sandbox_server.payments.open_session(sandbox_server.request())
        reasons.append(caught.value.reason)
    assert reasons == ["unavailable", "rejected"]
    assert sandbox_server.payments.open_session(sandbox_server.request(idempotency_key="checkout:1:2")).url


def test_a_create_that_times_out_is_found_again_under_its_key(sandbox_server: SandboxServer) -> None:
    sandbox_server.api("POST", "/_switches", data={"hang": "0.4"})
    hasty = Payments(KEY, sandbox_server.url, sandbox_server.url.removesuffix(PREFIX), timeout=(1, 0.1))
    request = sandbox_server.request()
    with pytest.raises(PaymentsError, match="unavailable"):
        hasty.open_session(request)
    sandbox_server.sandbox.switches.hang = 0
    sandbox_server.payments.open_session(request)
    assert len(sandbox_server.api("GET", "/v1/checkout/sessions").json()["data"]) == 1


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"amount": 49}, "at least 50"),
        ({"label": ""}, "product"),
        ({"currency": "u$d"}, "currency"),
        ({"success_url": "javascript:alert(1)"}, "URL"),
        ({"form_id": "f" * 201}, "client_reference_id"),
        ({"customer_email": "nobody"}, "email"),
    ],
)
def test_what_stripe_would_refuse_is_refused(shared_sandbox_server: SandboxServer, changes: dict[str, Any], word: str) -> None:
    with pytest.raises(PaymentsError, match="rejected") as caught:
        shared_sandbox_server.payments.open_session(shared_sandbox_server.request(**changes))
    assert word in caught.value.detail


@pytest.mark.parametrize("seconds", [29 * 60 - 60, 24 * 3600 + 120])
def test_a_session_lives_half_an_hour_to_a_day(shared_sandbox_server: SandboxServer, seconds: int) -> None:
    with pytest.raises(PaymentsError, match="expires_at"):
        shared_sandbox_server.payments.open_session(
            replace(shared_sandbox_server.request(), expires_at=int(time.time()) + seconds)
        )


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ("sucess_url=x", "sucess_url"),
        ("mode=subscription", "mode"),
        ("line_items[1][quantity]=1", "line_items"),
        ("[x]=1", "[x]"),
    ],
)
def test_a_wrong_parameter_is_named(shared_sandbox_server: SandboxServer, body: str, param: str) -> None:
    answer = shared_sandbox_server.api("POST", "/v1/checkout/sessions", data=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_only_the_key_opens_and_strange_ids_find_nothing(sandbox_server: SandboxServer) -> None:
    stranger = Payments("sk_sandbox_other", sandbox_server.url, sandbox_server.url)
    with pytest.raises(PaymentsError, match="auth"):
        stranger.open_session(sandbox_server.request())
    for odd in ("cs_test_nobody", "", "cs_/../v1", "cs_é", "pi_1"):
        with pytest.raises(PaymentsError, match="missing"):
            sandbox_server.payments.retrieve_session(odd)
    assert requests.get(f"{sandbox_server.url}/pay/cs_test_nobody", timeout=30).status_code == 404
    assert sandbox_server.press("cs_test_nobody", "paid").status_code == 404
    assert sandbox_server.api("POST", "/v1/refunds", data="a" * 100_000).status_code == 413
    basic = requests.get(f"{sandbox_server.url}/v1/events", auth=(KEY, ""), timeout=30)
    assert basic.json() == {"object": "list", "url": "/v1/events", "has_more": False, "data": []}


def _session_leading_to(url: str | None) -> bytes:
    return json.dumps({"id": "cs_1", "object": "checkout.session", "url": url, "livemode": False, "expires_at": 1}).encode()


ODD_ANSWERS = [
    (200, b"{}", "bad_answer"),
    (200, b"[]", "bad_answer"),
    (200, b"null", "bad_answer"),
    (200, b"<html>", "bad_answer"),
    (200, _session_leading_to(None), "bad_answer"),
    (200, _session_leading_to("https://evil.example/pay"), "page_refused"),
    (200, _session_leading_to("https://checkout.stripe.com@evil.example/pay"), "page_refused"),
    (502, b"<html>bad gateway", "unavailable"),
    (429, b'{"error":{"type":"invalid_request_error","code":"rate_limit"}}', "unavailable"),
    (403, b'{"error":{"type":"invalid_request_error"}}', "auth"),
]


@pytest.fixture(scope="module")
def odd_stripe() -> Iterator[str]:
    """Answers the call to /n/v1/.. with ODD_ANSWERS[n]."""
    app = FastAPI()

    @app.post("/{n}/v1/checkout/sessions")
    def answer(n: int) -> Response:
        return Response(ODD_ANSWERS[n][1], ODD_ANSWERS[n][0])

    listener = socket.create_server(("127.0.0.1", 0))
    with served(app, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("n", range(len(ODD_ANSWERS)))
def test_an_answer_that_cannot_be_is_not_believed(odd_stripe: str, n: int) -> None:
    with pytest.raises(PaymentsError) as caught:
        Payments("sk_test_x", f"{odd_stripe}/{n}").open_session(a_request())
    assert caught.value.reason == ODD_ANSWERS[n][2]


CUSTOM = "https://pay.songs.example/c/pay/cs_live_a1#fidkdWxOYHwn"


@pytest.mark.parametrize(
    ("url", "pages", "taken"),
    [
        ("https://checkout.stripe.com/c/pay/cs_live_a1#fid", HostedPages(), True),
        (CUSTOM, HostedPages(), True),
        (CUSTOM, HostedPages(hosts=("pay.songs.example",)), True),
        ("https://checkout.stripe.com/c/pay/cs_live_a1", HostedPages(hosts=("pay.songs.example",)), True),
        (CUSTOM, HostedPages(hosts=("pay.other.example",)), False),
        (CUSTOM, HostedPages("https://proxy.example"), False),  # not Stripe's own answer
        (CUSTOM, HostedPages(origin="http://localhost:8080"), False),
        ("http://localhost:8080/sandbox/stripe/pay/cs_1", HostedPages(origin="http://localhost:8080"), True),
        ("http://pay.songs.example/c/pay/cs_live_a1", HostedPages(), False),
        ("javascript:alert(1)", HostedPages(), False),
        ("https://pay.songs.example@evil.example/", HostedPages(), False),
        ("https://pay.songs.example\\@evil.example/", HostedPages(), False),
        ("https://pay.songs.example:8443/", HostedPages(), False),
        ("https://10.0.0.7/c/pay", HostedPages(), False),
        ("https://[::1]/c/pay", HostedPages(), False),
        ("https://localhost/c/pay", HostedPages(), False),
        ("https://pay.songs.example/\n", HostedPages(), False),
        ("//pay.songs.example/c", HostedPages(), False),
    ],
)
def test_customers_are_sent_to_stripe_s_pages_and_to_the_account_s_own_domain_alone(
    url: str, pages: HostedPages, taken: bool
) -> None:
    assert (pages.why_not(url) is None) == taken


def test_a_session_at_a_custom_domain_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.loads(_session_leading_to(CUSTOM))
    monkeypatch.setattr(Payments, "ask", lambda *_: answer)
    assert Payments("sk_live_x").open_session(a_request()).url == CUSTOM


def test_nobody_at_home_is_unavailable() -> None:
    with pytest.raises(PaymentsError, match="unavailable"):
        Payments("sk_test_x", "http://127.0.0.1:1").retrieve_session("cs_test_1")
