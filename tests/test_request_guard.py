"""The request guard: nothing that another site's page sent changes anything, and nobody can use us up."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from playwright.async_api import Browser

from embedded.valkey import _program
from jobs import queue, rate_limits
from jobs.generation.dispatching import dispatch
from jobs.generation.variations import begin_variations
from jobs.rate_limits import TooManyError, spend
from models import ComposeForm, Variation, database, in_database, new_form_id
from settings import SettingsError, read_settings, settings
from tests.support.forms import a_stored_form as a_form
from tests.support.lone_web import LoneWeb
from tests.support.overrides import Override
from tests.support.stack import Stack, example_form_data, wait_for
from ui.middleware import client_ip

EVIL = {"Origin": "https://evil.example"}


@pytest.fixture(scope="module")
def strict(migrated: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneWeb]:
    """Every caller has a name of its own by X-Forwarded-For, so that the tests do not disturb each other."""
    web = LoneWeb(
        tmp_path_factory.mktemp("strict"),
        RATE_LIMITS="read=5,write=50,generate=20,starts=3,login=2,pages=4,waiting=20",
        TRUSTED_PROXIES="127.0.0.0/8,::1",
    )
    yield web
    web.stop()


def an_ip() -> str:
    return ".".join(str(secrets.randbelow(200) + 11) for _ in range(4))


# ---------------------------------------------------------------- other sites' pages

STRANGERS = [
    EVIL,
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": "http://["},
]
VERBS = [
    "POST /api/compose/forms",
    "PATCH /api/compose/forms",
    "POST /api/generate",
    "POST /api/stripe/checkout",
    "POST /api/stripe/extras",
    "POST /login",
    "POST /logout",
    "POST /logout/everywhere",
    "POST /library/claim",
    "POST /sandbox/stripe/pay/cs_x/pay",
]


@pytest.mark.parametrize("headers", STRANGERS, ids=str)
@pytest.mark.parametrize("verb", VERBS)
def test_what_another_site_sends_is_refused_and_changes_nothing(stack: Stack, verb: str, headers: dict[str, str]) -> None:
    method, path = verb.split()
    before = in_database(ComposeForm.select().count)
    body = {"packageType": "solo-serenade", "formData": example_form_data()}
    answer = stack.call(method, path, json=body, headers=headers)
    assert answer.status_code == 403
    assert in_database(ComposeForm.select().count) == before


def test_our_own_pages_and_programs_are_let_through(stack: Stack) -> None:
    body = {"packageType": "solo-serenade", "formData": example_form_data(), "draft": True}
    for headers in ({}, {"Origin": stack.url}, {"Origin": stack.url, "Sec-Fetch-Site": "same-origin"}):
        assert stack.call("POST", "/api/compose/forms", json=body, headers=headers).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_only_json_is_json(stack: Stack, kind: str) -> None:
    """text/plain is what a foreign page may send without asking first."""
    before = in_database(ComposeForm.select().count)
    text = json.dumps({"packageType": "solo-serenade", "formData": example_form_data()}).encode()
    for method, path in (("POST", "/api/compose/forms"), ("PATCH", "/api/compose/forms"), ("POST", "/api/generate")):
        answer = stack.call(method, path, data=text, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["error"]["code"]) == (415, "json_only")
    assert in_database(ComposeForm.select().count) == before


def test_stripe_s_webhook_is_asked_for_its_signature_and_nothing_else(stack: Stack) -> None:
    answer = stack.call("POST", "/api/stripe/webhook", data=b"{}", headers={"Content-Type": "text/plain", **EVIL})
    assert answer.status_code == 400


async def test_a_socket_from_another_site_is_refused_and_ours_is_not(stack: Stack, browser: Browser) -> None:
    def handshake(origin: str) -> bytes:
        with socket.create_connection(("localhost", stack.port), timeout=30) as wire:
            wire.sendall(
                f"GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:{stack.port}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                f"Sec-WebSocket-Version: 13\r\nOrigin: {origin}\r\n\r\n".encode()
            )
            return wire.recv(200).split(b"\r\n")[0]

    assert b"403" in handshake("https://evil.example")
    assert b"403" in handshake("http://["), "no address at all"
    assert b"101" in handshake(stack.url)


# ---------------------------------------------------------------- bodies


def test_a_body_that_is_too_large_is_refused_however_it_is_sent(stack: Stack) -> None:
    large = b'{"formId": "' + b"x" * 300_000 + b'"}'
    answer = stack.call("PATCH", "/api/compose/forms", data=large, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    in_pieces = http.client.HTTPConnection("localhost", stack.port, timeout=30)
    pieces = iter([large[at : at + 10_000] for at in range(0, len(large), 10_000)])
    in_pieces.request("PATCH", "/api/compose/forms", pieces, {"Content-Type": "application/json"}, encode_chunked=True)
    assert in_pieces.getresponse().status == 413


def test_a_body_in_pieces_of_a_usual_size_arrives_whole(stack: Stack) -> None:
    text = json.dumps({"packageType": "solo-serenade", "formData": example_form_data(), "draft": True}).encode()
    wire = http.client.HTTPConnection("localhost", stack.port, timeout=30)
    wire.request(
        "POST", "/api/compose/forms", iter([text[:40], text[40:]]), {"Content-Type": "application/json"}, encode_chunked=True
    )
    assert wire.getresponse().status == 201


@pytest.mark.parametrize(
    "body", ["[" * 3000, '{"formId": ' + "9" * 5000 + "}", '{"formId": NaN}', "{", '{"formId": 1, "formId": 2}']
)
def test_strange_json_is_named_and_breaks_nothing(stack: Stack, body: str) -> None:
    answer = stack.call("POST", "/api/generate", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


# ---------------------------------------------------------------- limits


def statuses(strict: LoneWeb, count: int, path: str, **headers: str) -> list[int]:
    return [requests.get(f"{strict.url}{path}", headers=headers, timeout=30).status_code for _ in range(count)]


def test_beyond_the_limit_there_is_429_with_the_time_to_wait(strict: LoneWeb) -> None:
    mine = {"X-Forwarded-For": an_ip()}
    assert statuses(strict, 5, "/api/status/task_x", **mine) == [404] * 5
    answer = requests.get(f"{strict.url}/api/status/task_x", headers=mine, timeout=30)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many")
    assert int(answer.headers["Retry-After"]) > 0
    assert statuses(strict, 1, "/api/status/task_x", **{"X-Forwarded-For": an_ip()}) == [404], "others are not touched"


def test_only_the_last_hop_before_our_proxy_counts(strict: LoneWeb) -> None:
    mine = an_ip()
    for _ in range(5):
        statuses(strict, 1, "/api/status/task_x", **{"X-Forwarded-For": f"{an_ip()}, {mine}"})
    assert statuses(strict, 1, "/api/status/task_x", **{"X-Forwarded-For": f"{an_ip()}, {mine}"}) == [429]


def test_one_customer_s_ipv6_network_is_one_caller(strict: LoneWeb) -> None:
    network = f"2001:db8:{secrets.randbelow(60_000):x}:1"
    seen = [statuses(strict, 1, "/api/status/task_x", **{"X-Forwarded-For": f"{network}::{n}"})[0] for n in range(1, 7)]
    assert seen == [404] * 5 + [429]


def test_whoever_is_no_proxy_of_ours_is_not_believed(override_settings: Override) -> None:
    scope = {"client": ("203.0.113.9", 1), "headers": [(b"x-forwarded-for", b"1.2.3.4")]}
    assert client_ip.caller(scope) == "203.0.113.9"
    override_settings(trusted_proxies=(ip_network("203.0.113.0/24"),))
    assert client_ip.caller(scope) == "1.2.3.4"
    for nonsense in (b"", b"nonsense", b"1.2.3.4, nonsense"):
        assert client_ip.caller({**scope, "headers": [(b"x-forwarded-for", nonsense)]}) == "203.0.113.9"


@pytest.mark.parametrize(("hops", "found"), [
    ("203.0.113.7:51234", "203.0.113.7"),
    ("[2001:db8::1]:443", "2001:db8::"),
    ("[2001:db8::1]", "2001:db8::"),
    ("2001:db8:0:0:1::1", "2001:db8::"),
    ('"203.0.113.7"', "203.0.113.7"),
    ('"[2001:db8::1]:4711"', "2001:db8::"),
    ("  203.0.113.7 , 10.0.0.5:80,10.0.0.6 ", "203.0.113.7"),
    ("1.2.3.4, 203.0.113.7:9, [::ffff:10.0.0.5]:80", "203.0.113.7"),
    ("::ffff:203.0.113.7", "203.0.113.7"),
    ("fe80::1%eth0", "fe80::"),
    ("unknown", "10.0.0.9"),
    ('"unknown"', "10.0.0.9"),
    ("_hidden", "10.0.0.9"),
    ("203.0.113.7, _hidden", "10.0.0.9"),
    ("203.0.113.7:port", "10.0.0.9"),
    ("[203.0.113.7", "10.0.0.9"),
    ("[]:80", "10.0.0.9"),
    ("٢٠٣.0.113.7".encode().decode("latin-1"), "10.0.0.9"),
    (",,,", "10.0.0.9"),
    ("%" * 5000, "10.0.0.9"),
    ("1" * 5000 + ":1", "10.0.0.9"),
])  # fmt: skip
@pytest.mark.parametrize("peer", ["10.0.0.9", "::ffff:10.0.0.9"])
def test_whatever_a_proxy_writes_the_right_caller_is_found(
    override_settings: Override, hops: str, found: str, peer: str
) -> None:
    override_settings(trusted_proxies=(ip_network("10.0.0.0/8"),))
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", hops.encode("latin-1"))]}
    assert client_ip.caller(scope) == found


def test_an_address_gets_a_few_links_and_no_more(strict: LoneWeb) -> None:
    victim = f"{secrets.token_hex(6)}@example.com"
    seen = [
        requests.post(
            f"{strict.url}/login", data={"email": victim}, headers={"X-Forwarded-For": an_ip()}, timeout=10
        ).status_code
        for _ in range(4)
    ]
    assert seen == [200, 200, 429, 429]


def test_a_flood_of_page_loads_is_refused_before_pages_are_built(strict: LoneWeb) -> None:
    """One address by its rate; many addresses by how many built pages wait for a browser that does not come."""
    before = strict.memory()
    seen = statuses(strict, 6, "/compose/create", **{"X-Forwarded-For": an_ip()})
    assert seen == [200] * 4 + [429] * 2
    many = [statuses(strict, 1, "/compose/create", **{"X-Forwarded-For": an_ip()})[0] for _ in range(300)]
    assert many.count(200) <= 20
    assert many[-1] == 429
    assert strict.memory() - before < 200_000_000
    assert statuses(strict, 1, "/", **{"X-Forwarded-For": an_ip()}) == [200], "plain pages cost nothing and stay open"


# ---------------------------------------------------------------- the budget, and Redis away


@pytest.fixture
def with_limits(override_settings: Override) -> Override:
    """Other rate limits in some rules."""
    return lambda **rules: override_settings(rate_limits={**settings.rate_limits, **rules})


def a_written_form(address: str = "dad@example.com") -> str:
    form_id = a_form("prompts_generated", guest_email=address)
    with database.connection_context():
        Variation.delete().where(Variation.form == form_id).execute()
    return form_id


def test_the_day_s_budget_holds_for_everybody_together(migrated: None, with_limits: Override) -> None:
    with_limits(budget=7)
    forget_limits("budget")
    try:
        in_database(begin_variations, a_written_form())
        in_database(begin_variations, a_written_form())
        last = a_written_form()
        with pytest.raises(TooManyError) as refused:
            in_database(begin_variations, last)
        assert refused.value.retry_after > 3600
        assert in_database(Variation.select().where(Variation.form == last).count) == 0, "refused whole: no row is there"
    finally:
        forget_limits("budget")


@pytest.mark.parametrize("rule", ["giver", "budget", "line"])
def test_a_cost_bomb_is_refused_by_whichever_limit_is_reached_first(migrated: None, with_limits: Override, rule: str) -> None:
    """docs/reliability.md row 90: many forms at once; by address of the giver, by day for all, and by length of the queue."""
    with_limits(**{rule: 7})
    forget_limits(rule)
    in_database(Variation.delete().execute)
    forms = [a_written_form("bomb@example.com") for _ in range(20)]
    for form_id in forms[:2]:
        assert len(in_database(begin_variations, form_id)) == 3
    for form_id in forms[2:]:
        with pytest.raises(TooManyError) as refused:
            in_database(begin_variations, form_id)
        assert (refused.value.rule, refused.value.retry_after > 0) == (rule, True)
    assert in_database(Variation.select().where(Variation.form.in_(forms)).count) == 6, "three at once, or none"
    if rule == "giver":
        other = a_written_form("somebody@example.com")
        assert len(in_database(begin_variations, other)) == 3, "others are not touched"
    forget_limits(rule)


def test_from_one_address_songs_are_started_so_often_and_no_more(strict: LoneWeb) -> None:
    """docs/reliability.md row 90, by the caller's address: over HTTP 429 with the time to wait, whatever the forms are."""
    mine = {"X-Forwarded-For": an_ip()}

    def press(headers: dict[str, str]) -> int:
        body = {"formId": new_form_id()}
        return requests.post(f"{strict.url}/api/generate", json=body, headers=headers, timeout=30).status_code

    assert [press(mine) for _ in range(5)] == [404] * 3 + [429] * 2
    assert press({"X-Forwarded-For": an_ip()}) == 404


def test_while_redis_takes_no_writes_the_rows_say_what_is_left_of_the_day(
    migrated: None, monkeypatch: pytest.MonkeyPatch, with_limits: Override
) -> None:
    """docs/reliability.md row 78: out of memory is no reason to refuse a song, and no reason to make them without an end."""
    in_database(Variation.delete().execute)
    with_limits(budget=7, generate=5, giver=5)

    def full(**_: Any) -> Any:
        raise redis.OutOfMemoryError("command not allowed")

    monkeypatch.setattr(rate_limits, "_bucket", lambda: full)
    for _ in range(2):
        assert len(in_database(begin_variations, a_written_form())) == 3
    with pytest.raises(TooManyError):
        in_database(begin_variations, a_written_form())


@pytest.fixture
def loading() -> Iterator[redis.Redis]:
    """A real Valkey that takes its time to read its file, as one with gigabytes does."""
    folder = Path(tempfile.mkdtemp())  # a socket's path must be short
    wire = redis.Redis(unix_socket_path=str(folder / "s"), socket_timeout=1, retry=None)
    argv = [str(_program()), "--port", "0", "--unixsocket", str(folder / "s"), "--dir", str(folder), "--save", ""]

    def begin(said: type[Exception] | None, *more: str) -> subprocess.Popen[bytes]:
        def answers() -> bool:
            try:
                return bool(wire.ping()) and said is None
            except redis.RedisError as error:
                return type(error) is said

        process = subprocess.Popen([*argv, *more], stdout=subprocess.DEVNULL)
        wait_for(answers, "Valkey to say what it does")
        return process

    first = begin(None)
    wire.mset({f"key {number}": "x" * 2000 for number in range(1000)})
    wire.save()
    first.kill()
    first.wait()
    slow = begin(redis.BusyLoadingError, "--key-load-delay", "10000", "--loading-process-events-interval-bytes", "1024")
    yield wire
    slow.kill()
    slow.wait()
    shutil.rmtree(folder)


def test_while_valkey_is_loading_songs_are_begun_and_wait_in_their_rows(
    migrated: None, loading: redis.Redis, monkeypatch: pytest.MonkeyPatch, with_limits: Override
) -> None:
    in_database(Variation.delete().execute)
    with_limits(budget=7, generate=5, giver=5, read=5)
    monkeypatch.setattr(rate_limits, "_bucket", lambda: loading.register_script(rate_limits.BUCKET))
    monkeypatch.setattr(queue, "_enqueuing", lambda: loading)
    spend("read", "somebody")
    assert len(in_database(begin_variations, a_written_form())) == 3
    assert not queue.enqueue(dispatch, False), "the sweep comes by"
    assert queue.redis_refusal() == "BusyLoadingError: Valkey is loading the dataset in memory", "and staff are alerted"


def forget_limits(rule: str) -> None:
    rate_limits.connection().delete(*rate_limits.connection().keys(f"serenade:limit:{rule}:*") or ["none"])


def test_a_second_press_costs_nothing(migrated: None, with_limits: Override) -> None:
    with_limits(generate=1)
    form_id = a_written_form()
    for _ in range(5):
        assert len(in_database(begin_variations, form_id)) == 3


def test_while_redis_is_away_reading_goes_on_and_nothing_that_costs_begins(
    migrated: None, monkeypatch: pytest.MonkeyPatch, with_limits: Override
) -> None:
    with_limits(read=5, generate=5)
    monkeypatch.setattr(rate_limits, "_bucket", _dead_bucket)
    spend("read", "somebody")
    form_id = a_written_form()
    with pytest.raises(TooManyError):
        in_database(begin_variations, form_id)
    assert in_database(Variation.select().where(Variation.form == form_id).count) == 0


def _dead_bucket() -> Any:
    nowhere = redis.Redis(port=1, socket_connect_timeout=0.2, retry=None)
    return nowhere.register_script(rate_limits.BUCKET)


def test_wrong_limits_are_named_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"TRUSTED_PROXIES has (.|\n)*RATE_LIMITS has"):
        read_settings({**os.environ, "RATE_LIMITS": "tea=3", "TRUSTED_PROXIES": "my proxy"})
