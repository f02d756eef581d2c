"""The sandbox is Stripe as the real SDK knows it, over HTTP: payments, pages, events on their way."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
import stripe

from integrations.payments import Payments, PaymentsError
from integrations.payments.sandbox import PREFIX, sandbox_of
from integrations.payments.sandbox.objects import API_VERSION
from settings import settings
from tests.support import stripe_contract
from tests.support.sandbox_server import FORM_ID, KEY, SandboxServer, started


def test_a_session_is_opened_paid_and_reported(sandbox_server: SandboxServer) -> None:
    opened = sandbox_server.payments.open_session(sandbox_server.request())
    assert opened.url == f"{sandbox_server.url}/pay/{opened.session_id}"
    assert (opened.livemode, sandbox_server.payments.livemode) == (False, False)
    assert stripe.enable_telemetry is False
    before = sandbox_server.payments.retrieve_session(opened.session_id)
    assert (before.status, before.payment_status, before.payment_intent_id) == ("open", "unpaid", None)

    pressed = sandbox_server.press(opened.session_id, "paid")
    assert pressed.status_code == 303
    assert pressed.headers["location"] == f"http://shop.example/compose/success?session_id={opened.session_id}&formId=1"
    paid = sandbox_server.payments.retrieve_session(opened.session_id)
    assert (paid.status, paid.payment_status, paid.amount_total, paid.currency) == ("complete", "paid", 2499, "usd")
    assert (paid.client_reference_id, paid.metadata_form_id, paid.url) == (FORM_ID, FORM_ID, None)

    intent_event, session_event = sandbox_server.events(2)
    assert (intent_event.type, intent_event.object_id) == ("payment_intent.succeeded", paid.payment_intent_id)
    assert (session_event.type, session_event.object_id) == ("checkout.session.completed", opened.session_id)
    assert session_event.payload["data"]["object"]["metadata"]["packageId"] == "holiday-hamper"
    assert intent_event.payload["data"]["object"]["metadata"]["formId"] == FORM_ID
    assert session_event.api_version == API_VERSION


def test_a_declined_card_leaves_the_session_open(sandbox_server: SandboxServer) -> None:
    opened = sandbox_server.payments.open_session(sandbox_server.request())
    declined = sandbox_server.press(opened.session_id, "declined")
    assert (declined.status_code, "Your card was declined" in declined.text) == (402, True)
    assert sandbox_server.payments.retrieve_session(opened.session_id).status == "open"
    assert (
        sandbox_server.press(opened.session_id, "cancel").headers["location"]
        == "http://shop.example/compose/variations?formId=1"
    )
    action = re.findall(r'action="([^"]+)"', declined.text)
    assert urljoin(declined.url, action[0]) == declined.url  # the page's own buttons still lead there
    assert sandbox_server.press(opened.session_id, "paid").status_code == 303


def test_two_clicks_at_once_and_a_third_later_pay_once(sandbox_server: SandboxServer) -> None:
    opened = sandbox_server.payments.open_session(sandbox_server.request())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sandbox_server.press(opened.session_id, "paid"), range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert "Already paid" in requests.get(opened.url, timeout=30).text
    sandbox_server.events(2)
    listed = sandbox_server.api("GET", "/v1/events?limit=100").json()["data"]
    assert sorted(event["type"] for event in listed) == ["checkout.session.completed", "payment_intent.succeeded"]


@pytest.mark.parametrize(
    ("outcome", "payment_status", "last"),
    [("settled", "paid", "async_payment_succeeded"), ("bounced", "unpaid", "async_payment_failed")],
)
def test_a_bank_transfer_is_complete_before_it_is_paid(
    sandbox_server: SandboxServer, outcome: str, payment_status: str, last: str
) -> None:
    session_id = sandbox_server.payments.open_session(sandbox_server.request()).session_id
    assert sandbox_server.press(session_id, "delayed").status_code == 303
    assert sandbox_server.events(1)[0].payload["data"]["object"]["payment_status"] == "unpaid"
    assert "on its way" in requests.get(f"{sandbox_server.url}/pay/{session_id}", timeout=30).text
    for _ in range(2):  # the second press finds it decided
        sandbox_server.press(session_id, outcome)
    assert sandbox_server.payments.retrieve_session(session_id).payment_status == payment_status
    page = requests.get(f"{sandbox_server.url}/pay/{session_id}", timeout=30).text
    assert ("Already paid" if outcome == "settled" else "The transfer failed") in page
    types = [event.type for event in sandbox_server.events(3 if outcome == "settled" else 2)]
    assert types.count(f"checkout.session.{last}") == 1


def test_a_refund_is_given_once_and_reported(sandbox_server: SandboxServer) -> None:
    session_id = sandbox_server.payments.open_session(sandbox_server.request()).session_id
    sandbox_server.press(session_id, "paid")
    intent_id = sandbox_server.payments.retrieve_session(session_id).payment_intent_id
    assert intent_id
    part = sandbox_server.payments.refund(intent_id, 300, "refund:1")
    assert (part.amount, part.status) == (300, "succeeded")
    assert sandbox_server.payments.refund(intent_id, 300, "refund:1") == part
    assert sandbox_server.payments.refund(intent_id, None, "refund:2").amount == 2199
    assert sandbox_server.payments.refund(intent_id, None, "refund:3").status == "already_refunded"
    refunds = [event for event in sandbox_server.events(6) if event.type == "charge.refunded"]
    assert [event.payload["data"]["object"]["amount_refunded"] for event in refunds] == [300, 2499]


def test_a_session_runs_out_by_the_clock_or_is_closed(sandbox_server: SandboxServer) -> None:
    closed, forgotten = (sandbox_server.payments.open_session(sandbox_server.request(idempotency_key=key)) for key in "ab")
    assert sandbox_server.payments.expire_session(closed.session_id).status == "expired"
    with pytest.raises(PaymentsError, match="not_open"):
        sandbox_server.payments.expire_session(closed.session_id)
    sandbox_server.sandbox.clock = lambda: time.time() + 3601
    assert sandbox_server.payments.retrieve_session(forgotten.session_id).status == "expired"
    for session in (closed, forgotten):
        page = requests.get(session.url, timeout=30)
        assert (page.status_code, "expired" in page.text) == (410, True)
        assert sandbox_server.press(session.session_id, "paid").status_code == 410
    assert [event.type for event in sandbox_server.events(2)] == ["checkout.session.expired"] * 2


def test_a_refused_delivery_is_tried_again(sandbox_server: SandboxServer) -> None:
    sandbox_server.webhook_answers += [500, 302]
    session_id = sandbox_server.payments.open_session(sandbox_server.request()).session_id
    sandbox_server.press(session_id, "paid")
    assert {event.object_type for event in sandbox_server.events(2)} == {"payment_intent", "checkout.session"}


def test_a_restart_keeps_sessions_and_sends_what_was_left(tmp_path: Path) -> None:
    with started(tmp_path) as first:
        opened = first.payments.open_session(first.request())
        first.sandbox.switches.delay = 0.3  # so the first run never gets to send it
        first.press(opened.session_id, "paid")
    with started(tmp_path) as second:
        second.sandbox.start_delivery()
        assert second.payments.retrieve_session(opened.session_id).payment_status == "paid"
        again = Payments(KEY, second.url, first.url.removesuffix(PREFIX))  # the address was given out by the first run
        assert again.open_session(replace(first.request(), expires_at=opened.expires_at)) == opened
        assert [event.object_id for event in second.events(2)][1] == opened.session_id
    assert first.received == []


def test_lost_and_doubled_events_are_switched_on_and_the_lost_are_listed(sandbox_server: SandboxServer) -> None:
    assert sandbox_server.api("POST", "/_switches", data={"drop": "true"}).json()["drop"] is True
    lost = sandbox_server.payments.open_session(sandbox_server.request()).session_id
    sandbox_server.press(lost, "paid")
    sandbox_server.api("POST", "/_switches", data={"drop": "false", "copies": "2"})
    doubled = sandbox_server.payments.open_session(sandbox_server.request(idempotency_key="b")).session_id
    sandbox_server.press(doubled, "paid")
    assert [event.object_id for event in sandbox_server.events(4)].count(doubled) == 2
    path = "/v1/events?delivery_success=false&types[0]=checkout.session.completed&created[gte]=1"
    assert [event["data"]["object"]["id"] for event in sandbox_server.api("GET", path).json()["data"]] == [lost]


def test_events_are_listed_page_by_page_in_both_directions(sandbox_server: SandboxServer) -> None:
    for n in range(5):
        session = sandbox_server.payments.open_session(sandbox_server.request(idempotency_key=str(n)))
        sandbox_server.payments.expire_session(session.session_id)
    whole = [event["id"] for event in sandbox_server.api("GET", "/v1/events").json()["data"]]
    older = sandbox_server.api("GET", f"/v1/events?limit=2&starting_after={whole[1]}").json()
    newer = sandbox_server.api("GET", f"/v1/events?limit=2&ending_before={whole[3]}").json()
    assert ([e["id"] for e in older["data"]], older["has_more"]) == (whole[2:4], True)
    assert ([e["id"] for e in newer["data"]], newer["has_more"]) == (whole[1:3], True)
    assert sandbox_server.api("GET", "/v1/events?starting_after=evt_no").status_code == 400
    assert sandbox_server.api("GET", "/v1/events?type=checkout.session.*&limit=1").json()["has_more"] is True


def test_the_page_says_sandbox_and_shows_hostile_names_as_text(sandbox_server: SandboxServer) -> None:
    request = sandbox_server.request(label='"><script>alert(1)</script>', customer_email="a'<i>@example.com")
    page = requests.get(sandbox_server.payments.open_session(request).url, timeout=30)
    assert "Sandbox: no money moves" in page.text
    assert "$24.99" in page.text
    assert "<script" not in page.text
    assert "<i>" not in page.text
    assert "<b>" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "form-action 'self' http://shop.example" in page.headers["content-security-policy"]


def test_production_and_real_keys_have_no_sandbox() -> None:
    for wrong in (replace(settings, env="production"), replace(settings, stripe_secret_key="sk_test_x")):
        with pytest.raises(RuntimeError):
            sandbox_of(wrong)


def test_every_request_and_every_object_keeps_stripes_contract(sandbox_server: SandboxServer) -> None:
    contract, fixtures = stripe_contract.load(), stripe_contract.fixtures()
    if contract is None or fixtures is None:
        pytest.skip(stripe_contract.WHY_SKIPPED)
    many = {str(n): f"task_{n}" + "x" * 60 for n in range(12)}
    for n, request in enumerate(
        [sandbox_server.request(), sandbox_server.request(locale=None, customer_email=None, selected_task_ids=many)]
    ):
        session_id = sandbox_server.payments.open_session(replace(request, idempotency_key=str(n))).session_id
        sandbox_server.press(session_id, "paid")
        sandbox_server.payments.refund(
            sandbox_server.payments.retrieve_session(session_id).payment_intent_id or "", n or None, f"r{n}"
        )
    delayed, expired = (
        sandbox_server.payments.open_session(sandbox_server.request(idempotency_key=key)).session_id for key in "ab"
    )
    sandbox_server.press(delayed, "delayed")
    sandbox_server.press(delayed, "settled")
    sandbox_server.payments.expire_session(expired)
    wrong = contract.problems_of_request("POST", "/v1/checkout/sessions", "", "sucess_url=x&mode=gift&expires_at=soon")
    assert len(wrong) == 3  # the checker itself finds mistakes
    assert len(sandbox_server.calls) == 9
    for call in sandbox_server.calls:
        assert contract.problems_of_request(call.method, call.path, call.query, call.body) == []
    events = [event.payload for event in sandbox_server.events(12)]
    assert {event["type"]: contract.problems_of_object(f"event.{event['type']}", event) for event in events} == {
        event["type"]: [] for event in events
    }
    for event in events:
        thing = event["data"]["object"]
        example = next(value for name, value in fixtures["objects"].items() if name.split("#")[0] == thing["object"])
        assert set(thing) == set(example)
    assert fixtures["_about"]["api_version"] == API_VERSION
