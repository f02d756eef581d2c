"""What payments promise: the real SDK over HTTP against our sandbox, and every odd event refused."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
import stripe
import uvicorn
from fastapi import FastAPI, Request, Response

from integrations.payments import BadEvent, Payments, PaymentsError, SessionRequest, read_event
from integrations.payments.sandbox import PREFIX, Sandbox, sandbox_of, sandbox_router
from integrations.payments.sandbox.objects import API_VERSION
from settings import settings
from tests.support import stripe_contract

KEY, SECRET = "sk_sandbox_test", "whsec_of_the_test"
FORM_ID = "form_1765898400713_uaajy0qg0bbbbbbbbbbbbbbbbbbb"


@dataclass
class Call:
    method: str
    path: str
    query: str
    body: str


@dataclass
class Town:
    """The sandbox on a real port, the shop's webhook beside it, and everything that was said."""

    sandbox: Sandbox
    url: str
    payments: Payments
    calls: list[Call] = field(default_factory=list)
    received: list[tuple[bytes, str]] = field(default_factory=list)
    webhook_answers: list[int] = field(default_factory=list)  # one for each next delivery, then 200
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def events(self, count: int) -> list[Any]:
        """The first `count` deliveries, read as the shop reads them, in the order they came."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.received) >= count, timeout=5), self.received
            return [read_event(body, header, [SECRET]) for body, header in self.received]

    def press(self, session_id: str, outcome: str, **more: str) -> requests.Response:
        address = f"{self.url}/pay/{session_id}/pay"
        return requests.post(address, data={"outcome": outcome, **more}, allow_redirects=False, timeout=5)

    def api(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", headers={"Authorization": f"Bearer {KEY}"}, timeout=5, **more)

    def request(self, **changes: Any) -> SessionRequest:
        return replace(a_request(), expires_at=int(self.sandbox.clock()) + 3600, **changes)


def a_request() -> SessionRequest:
    return SessionRequest(
        form_id=FORM_ID,
        package_type="holiday-hamper",
        label="Holiday Hamper",
        amount=2499,
        currency="usd",
        customer_email="guest@example.com",
        selected_task_ids={str(n): f"task_{n}" + "x" * 30 for n in range(3)},
        success_url="http://shop.example/compose/success?session_id={CHECKOUT_SESSION_ID}&formId=1",
        cancel_url="http://shop.example/compose/variations?formId=1",
        expires_at=0,
        idempotency_key="checkout:1:1",
        locale="de-AT",
    )


@contextmanager
def served(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield
    server.should_exit = server.force_exit = True
    thread.join()
    listener.close()


@contextmanager
def founded(data_dir: Path) -> Iterator[Town]:
    """A town on a data directory; a second one there is the first after a restart."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sandbox = Sandbox(
        data_dir=data_dir,
        key=KEY,
        webhook_url=f"{origin}/hook",
        webhook_secret=SECRET,
        page_base=origin + PREFIX,
        merchant="<b>Songs & Co</b>",
        retry_after=(0.02, 0.05, 60),
    )
    town = Town(sandbox, origin + PREFIX, Payments(KEY, origin + PREFIX, origin, timeout=(1, 5)))
    with served(app_of(town), listener):
        yield town
        sandbox.stop_delivery()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with founded(tmp_path) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def strict_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """For what leaves nothing behind."""
    with founded(tmp_path_factory.mktemp("strict")) as shared:
        yield shared


def app_of(town: Town) -> FastAPI:
    app = FastAPI()
    app.include_router(sandbox_router(town.sandbox))

    @app.post("/hook")
    async def hook(request: Request) -> Response:
        body, header = await request.body(), request.headers["stripe-signature"]
        with town.arrived:
            status = town.webhook_answers.pop(0) if town.webhook_answers else 200
            if status == 200:
                town.received.append((body, header))
            town.arrived.notify_all()
        return Response(status_code=status, headers={"location": "/openapi.json"} if status == 302 else None)

    @app.middleware("http")
    async def noted(request: Request, go_on: Any) -> Response:
        body = await request.body()
        path = request.url.path.removeprefix(PREFIX)
        if path.startswith("/v1"):
            town.calls.append(Call(request.method, path, request.url.query, body.decode()))
        answer: Response = await go_on(request)
        return answer

    return app


# --- a payment -------------------------------------------------------------------------------------------------------


def test_a_session_is_opened_paid_and_told_of(town: Town) -> None:
    opened = town.payments.open_session(town.request())
    assert opened.url == f"{town.url}/pay/{opened.session_id}"
    assert (opened.livemode, town.payments.livemode) == (False, False)
    assert stripe.enable_telemetry is False
    before = town.payments.retrieve_session(opened.session_id)
    assert (before.status, before.payment_status, before.payment_intent_id) == ("open", "unpaid", None)

    pressed = town.press(opened.session_id, "paid")
    assert pressed.status_code == 303
    assert pressed.headers["location"] == f"http://shop.example/compose/success?session_id={opened.session_id}&formId=1"
    paid = town.payments.retrieve_session(opened.session_id)
    assert (paid.status, paid.payment_status, paid.amount_total, paid.currency) == ("complete", "paid", 2499, "usd")
    assert (paid.client_reference_id, paid.metadata_form_id, paid.url) == (FORM_ID, FORM_ID, None)

    intent_event, session_event = town.events(2)
    assert (intent_event.type, intent_event.object_id) == ("payment_intent.succeeded", paid.payment_intent_id)
    assert (session_event.type, session_event.object_id) == ("checkout.session.completed", opened.session_id)
    assert session_event.payload["data"]["object"]["metadata"]["packageId"] == "holiday-hamper"
    assert intent_event.payload["data"]["object"]["metadata"]["formId"] == FORM_ID
    assert session_event.api_version == API_VERSION


def test_a_declined_card_leaves_the_session_open(town: Town) -> None:
    opened = town.payments.open_session(town.request())
    declined = town.press(opened.session_id, "declined")
    assert (declined.status_code, "Your card was declined" in declined.text) == (402, True)
    assert town.payments.retrieve_session(opened.session_id).status == "open"
    assert town.press(opened.session_id, "cancel").headers["location"] == "http://shop.example/compose/variations?formId=1"
    action = re.findall(r'action="([^"]+)"', declined.text)
    assert urljoin(declined.url, action[0]) == declined.url  # the page's own buttons still lead there
    assert town.press(opened.session_id, "paid").status_code == 303


def test_two_clicks_at_once_and_a_third_later_pay_once(town: Town) -> None:
    opened = town.payments.open_session(town.request())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: town.press(opened.session_id, "paid"), range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert "Already paid" in requests.get(opened.url, timeout=5).text
    town.events(2)
    listed = town.api("GET", "/v1/events?limit=100").json()["data"]
    assert sorted(event["type"] for event in listed) == ["checkout.session.completed", "payment_intent.succeeded"]


@pytest.mark.parametrize(
    ("outcome", "payment_status", "last"),
    [("settled", "paid", "async_payment_succeeded"), ("bounced", "unpaid", "async_payment_failed")],
)
def test_a_bank_transfer_is_complete_before_it_is_paid(town: Town, outcome: str, payment_status: str, last: str) -> None:
    session_id = town.payments.open_session(town.request()).session_id
    assert town.press(session_id, "delayed").status_code == 303
    assert town.events(1)[0].payload["data"]["object"]["payment_status"] == "unpaid"
    assert "on its way" in requests.get(f"{town.url}/pay/{session_id}", timeout=5).text
    for _ in range(2):  # the second press finds it decided
        town.press(session_id, outcome)
    assert town.payments.retrieve_session(session_id).payment_status == payment_status
    page = requests.get(f"{town.url}/pay/{session_id}", timeout=5).text
    assert ("Already paid" if outcome == "settled" else "The transfer failed") in page
    types = [event.type for event in town.events(3 if outcome == "settled" else 2)]
    assert types.count(f"checkout.session.{last}") == 1


def test_a_refund_is_given_once_and_told_of(town: Town) -> None:
    session_id = town.payments.open_session(town.request()).session_id
    town.press(session_id, "paid")
    intent_id = town.payments.retrieve_session(session_id).payment_intent_id
    assert intent_id
    part = town.payments.refund(intent_id, 300, "refund:1")
    assert (part.amount, part.status) == (300, "succeeded")
    assert town.payments.refund(intent_id, 300, "refund:1") == part
    assert town.payments.refund(intent_id, None, "refund:2").amount == 2199
    assert town.payments.refund(intent_id, None, "refund:3").status == "already_refunded"
    told = [event for event in town.events(6) if event.type == "charge.refunded"]
    assert [event.payload["data"]["object"]["amount_refunded"] for event in told] == [300, 2499]


def test_a_session_runs_out_by_the_clock_or_is_closed(town: Town) -> None:
    closed, forgotten = (town.payments.open_session(town.request(idempotency_key=key)) for key in "ab")
    assert town.payments.expire_session(closed.session_id).status == "expired"
    with pytest.raises(PaymentsError, match="not_open"):
        town.payments.expire_session(closed.session_id)
    town.sandbox.clock = lambda: time.time() + 3601
    assert town.payments.retrieve_session(forgotten.session_id).status == "expired"
    for session in (closed, forgotten):
        page = requests.get(session.url, timeout=5)
        assert (page.status_code, "expired" in page.text) == (410, True)
        assert town.press(session.session_id, "paid").status_code == 410
    assert [event.type for event in town.events(2)] == ["checkout.session.expired"] * 2


# --- asking twice, and asking wrongly ---------------------------------------------------------------------------------


def test_the_same_key_brings_the_same_session_even_at_once(town: Town) -> None:
    request = town.request()
    with ThreadPoolExecutor(6) as pool:
        opened = set(pool.map(lambda _: town.payments.open_session(request), range(6)))
    assert len(opened) == 1
    assert len(town.api("GET", "/v1/checkout/sessions").json()["data"]) == 1
    with pytest.raises(PaymentsError, match="rejected") as caught:
        town.payments.open_session(replace(request, amount=999))
    assert "same parameters" in caught.value.detail


def test_a_500_sticks_to_its_key_and_another_key_works(town: Town) -> None:
    town.api("POST", "/_switches", data={"fail_creates": "1"})
    reasons = []
    for _ in range(2):
        with pytest.raises(PaymentsError) as caught:
            town.payments.open_session(town.request())
        reasons.append(caught.value.reason)
    assert reasons == ["unavailable", "rejected"]
    assert town.payments.open_session(town.request(idempotency_key="checkout:1:2")).url


def test_a_create_that_times_out_is_found_again_under_its_key(town: Town) -> None:
    town.api("POST", "/_switches", data={"hang": "0.4"})
    hasty = Payments(KEY, town.url, town.url.removesuffix(PREFIX), timeout=(1, 0.1))
    request = town.request()
    with pytest.raises(PaymentsError, match="unavailable"):
        hasty.open_session(request)
    town.sandbox.switches.hang = 0
    town.payments.open_session(request)
    assert len(town.api("GET", "/v1/checkout/sessions").json()["data"]) == 1


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
def test_what_stripe_would_refuse_is_refused(strict_town: Town, changes: dict[str, Any], word: str) -> None:
    with pytest.raises(PaymentsError, match="rejected") as caught:
        strict_town.payments.open_session(strict_town.request(**changes))
    assert word in caught.value.detail


@pytest.mark.parametrize("seconds", [29 * 60 - 60, 24 * 3600 + 120])
def test_a_session_lives_half_an_hour_to_a_day(strict_town: Town, seconds: int) -> None:
    with pytest.raises(PaymentsError, match="expires_at"):
        strict_town.payments.open_session(replace(strict_town.request(), expires_at=int(time.time()) + seconds))


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ("sucess_url=x", "sucess_url"),
        ("mode=subscription", "mode"),
        ("line_items[1][quantity]=1", "line_items"),
        ("[x]=1", "[x]"),
    ],
)
def test_a_wrong_parameter_is_named(strict_town: Town, body: str, param: str) -> None:
    answer = strict_town.api("POST", "/v1/checkout/sessions", data=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_only_the_key_opens_and_strange_ids_find_nothing(town: Town) -> None:
    stranger = Payments("sk_sandbox_other", town.url, town.url)
    with pytest.raises(PaymentsError, match="auth"):
        stranger.open_session(town.request())
    for odd in ("cs_test_nobody", "", "cs_/../v1", "cs_é", "pi_1"):
        with pytest.raises(PaymentsError, match="missing"):
            town.payments.retrieve_session(odd)
    assert requests.get(f"{town.url}/pay/cs_test_nobody", timeout=5).status_code == 404
    assert town.press("cs_test_nobody", "paid").status_code == 404
    assert town.api("POST", "/v1/refunds", data="a" * 100_000).status_code == 413
    basic = requests.get(f"{town.url}/v1/events", auth=(KEY, ""), timeout=5)
    assert basic.json() == {"object": "list", "url": "/v1/events", "has_more": False, "data": []}


def _session_leading_to(url: str | None) -> bytes:
    return json.dumps({"id": "cs_1", "object": "checkout.session", "url": url, "livemode": False, "expires_at": 1}).encode()


ODD_ANSWERS = [
    (200, b"{}", "bad_answer"),
    (200, b"[]", "bad_answer"),
    (200, b"null", "bad_answer"),
    (200, b"<html>", "bad_answer"),
    (200, _session_leading_to(None), "bad_answer"),
    (200, _session_leading_to("https://evil.example/pay"), "bad_answer"),
    (200, _session_leading_to("https://checkout.stripe.com@evil.example/pay"), "bad_answer"),
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


def test_nobody_at_home_is_unavailable() -> None:
    with pytest.raises(PaymentsError, match="unavailable"):
        Payments("sk_test_x", "http://127.0.0.1:1").retrieve_session("cs_test_1")


# --- events on their way ----------------------------------------------------------------------------------------------


def test_a_refused_delivery_is_tried_again(town: Town) -> None:
    town.webhook_answers += [500, 302]
    session_id = town.payments.open_session(town.request()).session_id
    town.press(session_id, "paid")
    assert {event.object_type for event in town.events(2)} == {"payment_intent", "checkout.session"}


def test_a_restart_keeps_sessions_and_sends_what_was_left(tmp_path: Path) -> None:
    with founded(tmp_path) as first:
        opened = first.payments.open_session(first.request())
        first.sandbox.switches.delay = 0.3  # so the first run never gets to send it
        first.press(opened.session_id, "paid")
    with founded(tmp_path) as second:
        second.sandbox.start_delivery()
        assert second.payments.retrieve_session(opened.session_id).payment_status == "paid"
        again = Payments(KEY, second.url, first.url.removesuffix(PREFIX))  # the address was given out by the first run
        assert again.open_session(replace(first.request(), expires_at=opened.expires_at)) == opened
        assert [event.object_id for event in second.events(2)][1] == opened.session_id
    assert first.received == []


def test_lost_and_doubled_events_are_switched_on_and_the_lost_are_listed(town: Town) -> None:
    assert town.api("POST", "/_switches", data={"drop": "true"}).json()["drop"] is True
    lost = town.payments.open_session(town.request()).session_id
    town.press(lost, "paid")
    town.api("POST", "/_switches", data={"drop": "false", "copies": "2"})
    doubled = town.payments.open_session(town.request(idempotency_key="b")).session_id
    town.press(doubled, "paid")
    assert [event.object_id for event in town.events(4)].count(doubled) == 2
    path = "/v1/events?delivery_success=false&types[0]=checkout.session.completed&created[gte]=1"
    assert [event["data"]["object"]["id"] for event in town.api("GET", path).json()["data"]] == [lost]


def test_events_are_listed_page_by_page_in_both_directions(town: Town) -> None:
    for n in range(5):
        session = town.payments.open_session(town.request(idempotency_key=str(n)))
        town.payments.expire_session(session.session_id)
    whole = [event["id"] for event in town.api("GET", "/v1/events").json()["data"]]
    older = town.api("GET", f"/v1/events?limit=2&starting_after={whole[1]}").json()
    newer = town.api("GET", f"/v1/events?limit=2&ending_before={whole[3]}").json()
    assert ([e["id"] for e in older["data"]], older["has_more"]) == (whole[2:4], True)
    assert ([e["id"] for e in newer["data"]], newer["has_more"]) == (whole[1:3], True)
    assert town.api("GET", "/v1/events?starting_after=evt_no").status_code == 400
    assert town.api("GET", "/v1/events?type=checkout.session.*&limit=1").json()["has_more"] is True


# --- the page, the shapes, the switch-off ------------------------------------------------------------------------------


def test_the_page_says_sandbox_and_shows_hostile_names_as_text(town: Town) -> None:
    request = town.request(label='"><script>alert(1)</script>', customer_email="a'<i>@example.com")
    page = requests.get(town.payments.open_session(request).url, timeout=5)
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


def test_every_request_and_every_object_keeps_stripes_contract(town: Town) -> None:
    contract, fixtures = stripe_contract.load(), stripe_contract.fixtures()
    if contract is None or fixtures is None:
        pytest.skip(stripe_contract.WHY_SKIPPED)
    many = {str(n): f"task_{n}" + "x" * 60 for n in range(12)}
    for n, request in enumerate([town.request(), town.request(locale=None, customer_email=None, selected_task_ids=many)]):
        session_id = town.payments.open_session(replace(request, idempotency_key=str(n))).session_id
        town.press(session_id, "paid")
        town.payments.refund(town.payments.retrieve_session(session_id).payment_intent_id or "", n or None, f"r{n}")
    delayed, expired = (town.payments.open_session(town.request(idempotency_key=key)).session_id for key in "ab")
    town.press(delayed, "delayed")
    town.press(delayed, "settled")
    town.payments.expire_session(expired)
    wrong = contract.problems_of_request("POST", "/v1/checkout/sessions", "", "sucess_url=x&mode=gift&expires_at=soon")
    assert len(wrong) == 3  # the checker is not blind
    assert len(town.calls) == 9
    for call in town.calls:
        assert contract.problems_of_request(call.method, call.path, call.query, call.body) == []
    events = [event.payload for event in town.events(12)]
    assert {event["type"]: contract.problems_of_object(f"event.{event['type']}", event) for event in events} == {
        event["type"]: [] for event in events
    }
    for event in events:
        thing = event["data"]["object"]
        example = next(value for name, value in fixtures["objects"].items() if name.split("#")[0] == thing["object"])
        assert set(thing) == set(example)
    assert fixtures["_about"]["api_version"] == API_VERSION


# --- reading events (fault table 1.1) ---------------------------------------------------------------------------------

NOW = 1_800_000_000
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "livemode": False,
    "api_version": API_VERSION,
    "created": NOW,
    "data": {"object": {"id": "cs_1", "object": "checkout.session"}},
}


def signed(body: bytes, *secrets: str, at: int = NOW) -> str:
    """The header as the SDK itself makes it, one v1 for each secret."""
    from stripe import WebhookSignature

    def v1(secret: str) -> str:
        return str(WebhookSignature.generate_signature_header(body.decode("utf-8"), secret, at)).split(",")[1]

    return ",".join([f"t={at}", *(v1(secret) for secret in secrets or (SECRET,))])


def dumped(**changes: Any) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


def test_a_signed_event_is_read() -> None:
    event = read_event(dumped(), signed(dumped()), [SECRET], NOW)
    assert (event.id, event.object_id, event.object_type, event.livemode) == (
        "evt_1",
        "cs_1",
        "checkout.session",
        False,
    )
    assert (event.created, event.api_version, event.payload) == (NOW, API_VERSION, EVENT)
    assert read_event(dumped(api_version=None, data={"object": {"object": "balance"}}), *_balance(), NOW).object_id == ""


def _balance() -> tuple[str, list[str]]:
    return signed(dumped(api_version=None, data={"object": {"object": "balance"}})), [SECRET]


def test_secrets_and_signatures_may_rotate() -> None:
    assert read_event(dumped(), signed(dumped(), "old", SECRET), [SECRET], NOW).id == "evt_1"
    assert read_event(dumped(), signed(dumped(), "old"), [SECRET, "old"], NOW).id == "evt_1"


@pytest.mark.parametrize("off", [-301, 301, -3600, 3600, 10**9])
def test_a_signature_from_another_time_is_refused(off: int) -> None:
    with pytest.raises(BadEvent, match="old"):
        read_event(dumped(), signed(dumped(), at=NOW + off), [SECRET], NOW)
    assert read_event(dumped(), signed(dumped(), at=NOW + 299), [SECRET], NOW)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        "t=,v1=",
        f"t={NOW}",
        "v1=é",
        f"t={NOW},v1=é",
        f"t=²,v1={'0' * 64}",
        f"t={NOW},v0={'0' * 64}",
        f"t=-1,v1={'0' * 64}",
        f"t={'9' * 5000},v1={'0' * 64}",
        f"t={NOW},v1=\x00\ud800",
        ",,,===",
    ],
)
def test_a_header_that_is_no_signature_is_refused(header: str) -> None:
    with pytest.raises(BadEvent):
        read_event(dumped(), header, [SECRET], NOW)


def test_a_changed_body_another_secret_or_none_is_refused() -> None:
    respelled = json.dumps(EVENT, separators=(",", ":")).encode()
    for body, secrets in ((respelled, [SECRET]), (dumped(livemode=True), [SECRET]), (dumped(), ["other"]), (dumped(), [])):
        with pytest.raises(BadEvent, match="no signature fits"):
            read_event(body, signed(dumped()), secrets, NOW)
    with pytest.raises(BadEvent, match="no signature fits"):
        read_event(dumped(), signed(dumped(), " "), ["", " "], NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'"evt_1"',
        dumped()[:-3],
        b"\xef\xbb\xbf" + dumped(),
        dumped(object="v2.core.event"),
        dumped(data=None),
        dumped(data=[]),
        dumped(data={}),
        dumped(data={"object": "cs_1"}),
        dumped(data={"object": {"id": 7, "object": "x"}}),
        dumped(data={"object": {"id": "x"}}),
        dumped(id=None),
        dumped(id=""),
        dumped(id=["evt_1"]),
        dumped(id="e" * 256),
        dumped(type=7),
        dumped(created="now"),
        dumped(created=True),
        dumped(created=-1),
        dumped(created=10**18),
        dumped(livemode="false"),
        dumped(livemode=None),
        dumped(api_version=2026),
        dumped(more=float("nan")),
        dumped(more=float("inf")),
        dumped().replace(b'"evt_1"', b'"evt_1", "more": 1e999'),
        dumped().replace(b'"evt_1"', b'"evt_1", "more": ' + b"9" * 5000),
        dumped(more="a\0b"),
        dumped(more="\ud800"),
        b"[" * 100_000,
        dumped().replace(b'"evt_1"', b'"evt_1", "more": ' + b"[" * 500 + b"]" * 500),
    ],
)
def test_a_signed_body_of_the_wrong_shape_is_refused(body: bytes) -> None:
    with pytest.raises(BadEvent):
        read_event(body, signed(body), [SECRET], NOW)


def test_a_signed_body_that_is_not_utf_8_is_refused() -> None:
    from integrations.payments.sandbox.delivery import signature

    body = dumped().replace(b"evt_1", b"evt_\xff")
    with pytest.raises(BadEvent):
        read_event(body, signature(body, SECRET), [SECRET])
