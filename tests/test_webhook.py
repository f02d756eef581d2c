"""The webhook takes what Stripe signed and nothing else (docs/reliability.md 1.1, and rows 29 to 32)."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
import requests

import api.webhooks
import jobs.queue
from integrations.payments.sandbox.delivery import signature
from jobs import clock as sweep
from jobs.payments import checkout
from models import StripeEvent, database, in_database, now
from settings import SettingsError, read_settings, settings
from tests.support.overrides import Override
from tests.support.shop import Shop, database_of_its_own, opened_shop, ready_form
from tests.support.stripe_events import an_event

SECRET = settings.webhook_secrets[0]


@pytest.fixture(scope="module")
def shop(migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    patches = pytest.MonkeyPatch()
    with database_of_its_own("money_webhook"), opened_shop(tmp_path_factory.mktemp("shop"), patches.setattr) as shop:
        yield shop
    patches.undo()


def stored() -> int:
    return in_database(StripeEvent.select().count)


def post(shop: Shop, body: bytes, header: str | None) -> requests.Response:
    headers = {} if header is None else {"Stripe-Signature": header}
    return requests.post(shop.hook, data=body, headers=headers, timeout=30, allow_redirects=False)


def body_of(event_id: str = "evt_x") -> bytes:
    return json.dumps(an_event("customer.created", "cus_1", id=event_id)).encode()


def test_a_signed_event_is_taken_quickly_and_stored_once(shop: Shop) -> None:
    """docs/reliability.md rows 1 and 18: no cookie, no token, no redirect; the path with a slash at its end is taken too."""
    before, took = stored(), []
    for name in ("evt_warm", "evt_warmer", "evt_quick"):  # the quickest: the machine does other things as well
        body = body_of(name)
        began = time.perf_counter()
        assert post(shop, body, signature(body, SECRET)).status_code == 200
        took.append(time.perf_counter() - began)
    assert min(took) < 0.3
    slash = requests.post(
        shop.hook + "/", data=body, headers={"Stripe-Signature": signature(body, SECRET)}, timeout=30, allow_redirects=False
    )
    assert (slash.status_code, stored()) == (200, before + 3)


def signed(body: bytes) -> tuple[bytes, str]:
    return body, signature(body, SECRET)


def with_content(content: Any) -> tuple[bytes, str]:
    return signed(json.dumps({**json.loads(body_of()), "data": content}).encode())


# Made when a test runs: a signature is good for five minutes, and the secret is another one in every process.
WRONG: dict[str, Callable[[], tuple[bytes, str | None]]] = {
    "a space more": lambda: (body_of()[:-1] + b" }", signature(body_of(), SECRET)),
    "indented": lambda: (json.dumps(json.loads(body_of()), indent=1).encode(), signature(body_of(), SECRET)),
    "another secret": lambda: (body_of(), signature(body_of(), "whsec_wrong")),
    "another scheme": lambda: (body_of(), signature(body_of(), SECRET).replace("v1=", "v0=")),
    "no signature": lambda: (body_of(), None),
    "an empty signature": lambda: (body_of(), ""),
    "garbage for a signature": lambda: (body_of(), "garbage"),
    "a list": lambda: signed(b"[]"),
    "null": lambda: signed(b"null"),
    "an empty object": lambda: signed(b"{}"),
    "nothing": lambda: signed(b""),
    "no text": lambda: signed(b"\xff"),
    "cut off": lambda: signed(body_of()[:-9]),
    "about null": lambda: with_content(None),
    "about a list": lambda: with_content([]),
    "about a number": lambda: with_content({"object": 7}),
}


@pytest.mark.parametrize("shape", WRONG)
def test_every_other_shape_is_a_400_without_a_row(shop: Shop, shape: str) -> None:
    """docs/reliability.md rows 2, 3, 9, 10."""
    body, header = WRONG[shape]()
    before = stored()
    answer = post(shop, body, header)
    assert (answer.status_code, stored()) == (400, before)
    assert "Traceback" not in answer.text
    assert answer.json()["success"] is False


@pytest.mark.parametrize("age", [-301, 360, 3600])
def test_a_signature_from_another_time_is_refused(shop: Shop, age: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/reliability.md rows 5 and 6, both directions. The limit is tried where no time passes (test_event_reading)."""
    body = body_of()
    with monkeypatch.context() as clock:
        moment = time.time() + age
        clock.setattr(time, "time", lambda: moment)
        header = signature(body, SECRET)
    assert post(shop, body, header).status_code == 400


def test_two_secrets_while_one_is_changed(shop: Shop, override_settings: Override) -> None:
    """docs/reliability.md row 7."""
    override_settings(stripe_webhook_secret=f"whsec_new, {SECRET}")
    for secret, status in (("whsec_new", 200), (SECRET, 200), ("whsec_older", 400)):
        body = body_of("evt_" + secret[:9])
        assert post(shop, body, signature(body, secret)).status_code == status


@pytest.mark.parametrize("value", ["", " , "])
def test_production_does_not_start_without_a_webhook_secret(value: str) -> None:
    """docs/reliability.md row 8."""
    environ = {"ENV": "production", "STRIPE_WEBHOOK_SECRET": value, "STRIPE_SECRET_KEY": "sk_live_x"}
    with pytest.raises(SettingsError, match="STRIPE_WEBHOOK_SECRET"):
        read_settings(environ)


def raw(shop: Shop, head: bytes, *pieces: bytes, pause: float = 0) -> bytes:
    """A request byte by byte as we like it; what came back, until the other side closed or 15 s."""
    parts = urlsplit(shop.hook)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=30) as wire:
        wire.sendall(b"POST /api/stripe/webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head + b"\r\n")
        answer = b""
        for piece in pieces:
            try:
                wire.sendall(piece)
            except OSError:
                break
            time.sleep(pause)
        while chunk := wire.recv(65536):
            answer += chunk
        return answer


def test_a_header_that_is_no_text_is_a_400(shop: Shop) -> None:
    """docs/reliability.md row 4."""
    assert raw(shop, b"Content-Length: 2\r\nStripe-Signature: t=1,v1=\xe9\r\n", b"{}").startswith(b"HTTP/1.1 400")


def test_a_body_of_five_megabytes_is_refused_before_it_is_hashed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/reliability.md row 11: announced by its length, and sent in chunks without one."""

    def never(*_: object) -> str:
        raise AssertionError("hashed")

    monkeypatch.setattr(checkout, "take_event", never)
    assert raw(shop, b"Content-Length: 5000000\r\n").startswith(b"HTTP/1.1 413")
    chunk = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
    assert raw(shop, b"Transfer-Encoding: chunked\r\n", *[chunk] * 20).startswith(b"HTTP/1.1 413")


def test_a_body_that_drips_is_cut_and_others_are_served_meanwhile(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/reliability.md row 12."""
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.setattr(api.webhooks, "SLOWEST_BODY", 0.5)
    with ThreadPoolExecutor(1) as pool:
        dripping = pool.submit(raw, shop, b"Content-Length: 100\r\n", *[b"x"] * 20, pause=0.05)
        body = body_of("evt_meanwhile")
        assert post(shop, body, signature(body, SECRET)).status_code == 200
        assert dripping.result(10).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post(shop: Shop, method: str) -> None:
    """docs/reliability.md row 13."""
    assert requests.request(method, shop.hook, timeout=30, allow_redirects=False).status_code == 405


def test_redis_may_be_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/reliability.md rows 29 and 31: stored, answered, and found by the sweep when Redis is back."""
    form_id = ready_form()
    shop.switch(drop=True)
    shop.press(shop.checkout(form_id))
    event = next(one for one in shop.stripe("events")["data"] if one["type"] == "checkout.session.completed")
    with monkeypatch.context() as away:
        nowhere = redis.Redis.from_url("redis://127.0.0.1:1", socket_timeout=1, socket_connect_timeout=1)
        away.setattr(jobs.queue, "_enqueuing", lambda: nowhere)
        assert shop.deliver(event) == 200
    assert shop.drain() == []
    shop.change(StripeEvent.update(next_try_at=now()))
    in_database(sweep.sweep)
    shop.drain()
    assert shop.form(form_id).status == "delivered"
    shop.switch(drop=False)


def test_a_database_that_is_away_makes_stripe_come_again(shop: Shop) -> None:
    """docs/reliability.md row 32: 503 within three seconds, no half state."""
    before, name, params = stored(), database.database, dict(database.connect_params)
    body = body_of("evt_again")
    database.close_all()
    database.init(name, max_connections=5, timeout=10, stale_timeout=300, **{**params, "host": "/nowhere"})
    try:
        began = time.perf_counter()
        answer = post(shop, body, signature(body, SECRET))
        assert (answer.status_code, time.perf_counter() - began < 3.5) == (503, True)
    finally:
        database.close_all()
        database.init(name, max_connections=20, timeout=10, stale_timeout=300, **params)
    assert stored() == before
    assert post(shop, body, signature(body, SECRET)).status_code == 200


def test_a_database_that_hangs_makes_stripe_come_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/reliability.md row 32, black hole: the answer does not wait for the thread."""
    monkeypatch.setattr(api.webhooks, "LONGEST_STORING", 0.3)
    body = body_of("evt_hanging")
    with database.connection_context(), database.atomic():
        database.execute_sql("LOCK TABLE stripe_events IN ACCESS EXCLUSIVE MODE")
        assert post(shop, body, signature(body, SECRET)).status_code == 503
    assert post(shop, body, signature(body, SECRET)).status_code == 200


@pytest.mark.parametrize("point", ["webhook_before_insert", "webhook_after_insert", "webhook_after_enqueue"])
def test_a_webhook_that_dies_is_sent_again(shop: Shop, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """docs/reliability.md rows 29 and 30, with Stripe's own retry: whatever died, the payment is fulfilled once."""
    died = []

    def dies_once(name: str) -> None:
        if name == point and not died:
            died.append(name)
            raise OSError("the power went out")

    monkeypatch.setattr(checkout, "crash_at", dies_once)
    form_id = ready_form()
    shop.press(shop.checkout(form_id))
    shop.await_events()
    assert (died, shop.form(form_id).status, shop.mails(form_id)) == ([point], "delivered", [("delivery", "sent")])
