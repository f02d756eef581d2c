"""How much one caller may ask of us, and who the caller is behind proxies."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
import requests

from models import new_form_id
from tests.support.lone_web import LoneWeb
from tests.support.overrides import Override
from ui.middleware import client_ip


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


def test_from_one_address_songs_are_started_so_often_and_no_more(strict: LoneWeb) -> None:
    """docs/reliability.md row 90, by the caller's address: over HTTP 429 with the time to wait, whatever the forms are."""
    mine = {"X-Forwarded-For": an_ip()}

    def press(headers: dict[str, str]) -> int:
        body = {"formId": new_form_id()}
        return requests.post(f"{strict.url}/api/generate", json=body, headers=headers, timeout=30).status_code

    assert [press(mine) for _ in range(5)] == [404] * 3 + [429] * 2
    assert press({"X-Forwarded-For": an_ip()}) == 404
