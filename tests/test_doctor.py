"""The doctor's checks of the configuration, against servers on loopback that answer well, badly, slowly or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

import cli
from integrations import payments
from integrations.payments import Payments, lookups
from integrations.storage import storage
from integrations.storage.s3 import Bucket
from jobs.generation.providers import provider
from jobs.monitoring import configuration_checks as vendors
from jobs.monitoring import doctor as doctor_module
from jobs.monitoring import machine_checks as machine
from jobs.monitoring.check_results import CheckResult, CheckVerdict, broken, doubtful, fine, run_checks
from jobs.monitoring.doctor import Examination
from jobs.monitoring.invariants import Finding
from jobs.payments.stripe_events import PINNED_VERSION, WATCHED
from provider_settings import read_vendors
from settings import settings
from tests.support import stripe_contract
from tests.support.fakes.chat import FakeChat
from tests.support.fakes.recogniser import FakeRecogniser
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override
from tests.support.stack import free_port

SECRET = "s3cr3t-that-nobody-shall-read"
Answering = Callable[[str, str], tuple[int, Any]]


@contextmanager
def answering(answer: Answering) -> Iterator[str]:
    """A server that answers (method, path) with (status, JSON or bytes); its address."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answer(self.command, self.path)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def always(status: int, body: Any = None) -> Answering:
    return lambda method, path: (status, {} if body is None else body)


def assert_says(result: CheckResult, verdict: CheckVerdict, *words: str) -> None:
    whole = f"{result.found} {result.to_do}"
    assert result.verdict == verdict, whole
    assert [word for word in words if word not in whole] == [], whole
    assert SECRET not in whole
    assert bool(result.to_do) == (verdict != CheckVerdict.OK), "whatever is wrong comes with what to do"


# ---------------------------------------------------------------- how checks run


def test_a_check_that_fails_or_hangs_stops_no_other_and_is_broken_itself() -> None:
    hangs = threading.Event()

    def wait() -> CheckResult:
        hangs.wait(20)
        return fine("too late")

    def fail() -> CheckResult:
        raise ValueError(SECRET)

    try:
        found = run_checks({"a": wait, "b": fail, "c": lambda: fine("well"), "d": wait}, 0.2)
    finally:
        hangs.set()
    assert list(found) == ["a", "b", "c", "d"]
    assert_says(found["a"], CheckVerdict.BROKEN, "no answer within")
    assert_says(found["b"], CheckVerdict.BROKEN, "ValueError")
    assert_says(found["c"], CheckVerdict.OK, "well")


@pytest.mark.parametrize(("configuration", "invariants", "code"), [
    ({"mail": fine("x")}, [Finding("I1", "p", 0, ())], 0),
    ({"mail": doubtful("x", "y")}, [Finding("I1", "p", 0, ())], 0),
    ({"mail": broken("x", "y")}, [Finding("I1", "p", 0, ())], 1),
    ({"mail": fine("x")}, [Finding("I1", "p", 2, ("form_1", "form_2"))], 1),
])  # fmt: skip
@pytest.mark.parametrize("option", ["", "--json"])
def test_only_what_is_broken_makes_the_exit_code_1(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    configuration: Any,
    invariants: Any,
    code: int,
    option: str,
) -> None:
    monkeypatch.setattr(doctor_module, "examine", lambda: Examination(configuration, invariants))
    assert cli.doctor(*filter(None, [option])) == code
    said = capsys.readouterr().out
    if option:
        told = json.loads(said)
        assert (told["broken"], [one["name"] for one in told["configuration"] + told["invariants"]]) == (code, ["mail", "I1"])
    else:
        assert said.count("->") == sum(bool(one.to_do) for one in configuration.values())
        assert [row_id in said for row_id in invariants[0].ids] == [True] * invariants[0].count


def test_an_option_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert (cli.doctor("--yaml"), capsys.readouterr().err) == (2, "The only option of doctor is --json\n")


def test_all_checks_are_asked(monkeypatch: pytest.MonkeyPatch, override_settings: Override) -> None:
    override_settings(music_providers=("mureka", "studio"))
    monkeypatch.setattr(vendors, "run_checks", lambda checks, seconds: {name: fine(name) for name in checks})
    machine_names = ["database", "redis", "clocks", "disk", "python", "public url", "proxy"]
    rest = ["writer", "recogniser", "music mureka", "music studio", "stripe key", "stripe webhook", "extras", "storage"]
    rest += ["mail"]
    assert list(vendors.check_configuration()) == machine_names + rest


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


# ---------------------------------------------------------------- the writer


def test_a_chat_model_that_answers_costs_one_tiny_call(override_settings: Override) -> None:
    with FakeChat(lambda body: (200, "yes")) as chat:
        override_settings(writer_base_url=chat.url, writer_api_key=SECRET, writer_model="m-1")
        assert_says(vendors._writer(), CheckVerdict.OK, "chat model m-1 answers")
        assert [sorted(body) for body in chat.asked] == [["messages", "model"]], "nothing that a model might refuse"


@pytest.mark.parametrize(("status", "body", "word"), [
    (401, {"error": f"bad key {SECRET}"}, "WRITER_API_KEY"),
    (404, {}, "WRITER_MODEL"),
    (429, {}, "over its limit"),
    (500, {}, "WRITER_BASE_URL"),
    (200, ["odd"], "no completion"),
    (200, b"<html>", "WRITER_BASE_URL"),
])  # fmt: skip
def test_a_chat_model_that_does_not_answer_is_named_with_what_to_do(
    override_settings: Override, status: int, body: Any, word: str
) -> None:
    with answering(always(status, body)) as url:
        override_settings(writer_base_url=url, writer_api_key=SECRET, writer_model="m-1")
        assert_says(vendors._writer(), CheckVerdict.BROKEN, "chat model m-1", word)


@pytest.mark.parametrize(("status", "verdict", "word"), [
    (200, CheckVerdict.OK, "ears-1 hears"),
    (401, CheckVerdict.BROKEN, "TRANSCRIPTION_API_KEY"),
    (404, CheckVerdict.BROKEN, "TRANSCRIPTION_MODEL"),
    (500, CheckVerdict.BROKEN, "TRANSCRIPTION_BASE_URL"),
])  # fmt: skip
def test_a_recogniser_hears_a_moment_of_silence_and_off_is_said(
    status: int, verdict: CheckVerdict, word: str, override_settings: Override
) -> None:
    assert_says(vendors._recogniser(), CheckVerdict.OK, "off", "TRANSCRIPTION_BASE_URL")
    with FakeRecogniser(lambda sound: (status, "" if sound.startswith(b"RIFF") else [])) as fake:
        override_settings(**fake.settings)
        assert_says(vendors._recogniser(), verdict, word)


def test_without_a_chat_model_the_lyricist_is_named() -> None:
    assert_says(vendors._writer(), CheckVerdict.OK, "built-in lyricist", "because WRITER_BASE_URL is not set")


# ---------------------------------------------------------------- music


@pytest.fixture
def use_vendor(override_settings: Override) -> Iterator[Callable[[str, str], None]]:
    def use(name: str, url: str) -> None:
        environment = {f"{name.upper()}_BASE_URL": url, f"{name.upper()}_API_KEY": SECRET}
        override_settings(vendors=read_vendors(environment, (), []), allow_private_hosts=True)
        provider.cache_clear()

    yield use
    provider.cache_clear()


@pytest.mark.parametrize("name", ["musicgpt", "suno", "mureka", "acestep", "elevenlabs"])
def test_a_vendor_that_takes_the_key_is_fine(use_vendor: Callable[[str, str], None], name: str) -> None:
    with FakeVendor(name) as vendor:
        use_vendor(name, vendor.url)
        assert_says(vendors._music(name), CheckVerdict.OK, "takes the key")
        assert (vendor.submits, vendor.reads > 0) == (0, True), "it costs nothing"


@pytest.mark.parametrize("name", ["musicgpt", "suno", "mureka", "acestep", "elevenlabs"])
@pytest.mark.parametrize(("status", "body", "word"), [
    (401, {"code": 401, "detail": "no"}, "_API_KEY"),
    (402, {"code": 429, "msg": "no credits"}, "credit"),
    (502, b"<html>", "_BASE_URL"),
])  # fmt: skip
def test_a_vendor_that_refuses_is_named_with_what_to_do(
    use_vendor: Callable[[str, str], None], name: str, status: int, body: Any, word: str
) -> None:
    with answering(always(status, body)) as url:
        use_vendor(name, url)
        asked_for_balance_only = (name, status) == ("elevenlabs", 401)
        verdict = CheckVerdict.WARNING if asked_for_balance_only else CheckVerdict.BROKEN
        assert_says(vendors._music(name), verdict, word)


def test_an_account_without_credit_is_broken(use_vendor: Callable[[str, str], None]) -> None:
    with answering(always(200, {"code": 200, "data": 0})) as url:
        use_vendor("suno", url)
        assert_says(vendors._music("suno"), CheckVerdict.BROKEN, "no credit is left")


def test_a_vendor_that_is_not_there_is_named(use_vendor: Callable[[str, str], None]) -> None:
    use_vendor("mureka", f"http://127.0.0.1:{free_port()}")
    assert_says(vendors._music("mureka"), CheckVerdict.BROKEN, "cannot be reached", "MUREKA_BASE_URL")


# ---------------------------------------------------------------- Stripe

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


# ---------------------------------------------------------------- storage and mail


@pytest.fixture
def use_storage(override_settings: Override) -> Iterator[Callable[[str], None]]:
    def use(url: str) -> None:
        override_settings(storage_url=url)
        storage.cache_clear()

    yield use
    storage.cache_clear()


def test_storage_is_tried_and_left_as_it_was(use_storage: Callable[[str], None], tmp_path: Path) -> None:
    use_storage(f"file:{tmp_path}")
    assert_says(vendors._storage(), CheckVerdict.OK, "put, read and deleted")
    assert list(tmp_path.iterdir()) == []


def test_a_bucket_is_tried_the_same_way(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendors, "storage", lambda: bucket)
    before = [name for name, _age in bucket.folders()]
    assert_says(vendors._storage(), CheckVerdict.OK, "put, read and deleted")
    assert [name for name, _age in bucket.folders()] == before


def test_a_bucket_that_is_not_there_is_named_as_the_store_names_it(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = copy(bucket)
    elsewhere.bucket = "no-such-bucket"
    monkeypatch.setattr(vendors, "storage", lambda: elsewhere)
    assert_says(vendors._storage(), CheckVerdict.BROKEN, "NoSuchBucket")


def test_storage_that_cannot_be_written_is_broken(use_storage: Callable[[str], None], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    use_storage(f"file:{tmp_path / 'file'}")
    assert_says(vendors._storage(), CheckVerdict.BROKEN, "STORAGE_URL")


def test_storage_that_keeps_what_was_deleted_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, bytes] = {}
    place = SimpleNamespace(
        put=kept.__setitem__, get=kept.__getitem__, remove=lambda folder: None, size=lambda key: len(kept[key])
    )
    monkeypatch.setattr(vendors, "storage", lambda: place)
    assert_says(vendors._storage(), CheckVerdict.BROKEN, "still there after it was deleted")


def test_a_bucket_is_named_without_what_may_be_secret(override_settings: Override) -> None:
    override_settings(storage_url=f"s3://key:{SECRET}@songs/shop?endpoint=https://k:{SECRET}@s3.example.com&direct=yes")
    assert vendors._storage_place() == "s3://songs/shop at s3.example.com"


class Relay(Controller):
    """Takes one login over plain SMTP, and counts what is sent."""

    def factory(self) -> SMTP:
        def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
            return AuthResult(success=data.password == SECRET.encode(), handled=False)

        return SMTP(
            self.handler, hostname="relay.test", authenticator=login, auth_require_tls=False, auth_exclude_mechanism=["LOGIN"]
        )


@pytest.fixture
def relay() -> Iterator[tuple[int, list[Any]]]:
    sent: list[Any] = []

    class Handler:
        async def handle_DATA(self, *_: Any) -> str:
            sent.append(_)
            return "250 taken"

    server = Relay(Handler(), hostname="127.0.0.1", port=free_port())
    server.start()
    yield server.port, sent
    server.stop()


def test_a_relay_is_greeted_and_logged_into_and_nothing_is_sent(
    override_settings: Override, relay: tuple[int, list[Any]]
) -> None:
    port, sent = relay
    override_settings(smtp_url=f"smtp://ann:{SECRET}@127.0.0.1:{port}")
    assert_says(vendors._mail(), CheckVerdict.OK, "127.0.0.1", "took the login")
    override_settings(smtp_url=f"smtp://ann:{SECRET}-wrong@127.0.0.1:{port}")
    assert_says(vendors._mail(), CheckVerdict.BROKEN, "SMTP_URL")
    assert sent == []


def test_a_relay_that_is_not_there_is_broken(override_settings: Override) -> None:
    override_settings(smtp_url=f"smtp://ann:{SECRET}@127.0.0.1:{free_port()}")
    assert_says(vendors._mail(), CheckVerdict.BROKEN, "host and port")


# ---------------------------------------------------------------- what it stands on


def rows(monkeypatch: pytest.MonkeyPatch, *found: tuple[Any, ...]) -> None:
    answers = iter(found)
    monkeypatch.setattr(machine, "in_database", lambda work: next(answers))


def told(monkeypatch: pytest.MonkeyPatch, **info: Any) -> None:
    monkeypatch.setattr(machine, "connection", lambda: SimpleNamespace(info=lambda: info, time=lambda: info["time"]))


@pytest.mark.parametrize(
    ("number", "verdict"), [(180_004, CheckVerdict.OK), (150_000, CheckVerdict.OK), (140_011, CheckVerdict.BROKEN)]
)
def test_the_database_s_version_is_shown_and_an_old_one_is_broken(
    monkeypatch: pytest.MonkeyPatch, number: int, verdict: CheckVerdict
) -> None:
    rows(monkeypatch, (number, f"PostgreSQL {number // 10_000}.4 on x86_64"), ("0047_x",))
    assert_says(machine._database(), verdict, f"PostgreSQL {number // 10_000}.4")


@pytest.mark.parametrize(("info", "verdict", "word"), [
    ({"redis_version": "7.2.4"}, CheckVerdict.OK, "Redis 7.2.4"),
    ({"redis_version": "7.2.4", "valkey_version": "9.1.2"}, CheckVerdict.OK, "Valkey 9.1.2"),
    ({"redis_version": "6.0.16"}, CheckVerdict.BROKEN, "too old"),
    ({"redis_version": "7.2.4", "maxmemory": 1, "maxmemory_policy": "allkeys-lru"}, CheckVerdict.WARNING, "noeviction"),
    ({"redis_version": "7.2.4", "maxmemory": 0, "maxmemory_policy": "allkeys-lru"}, CheckVerdict.OK, "Redis"),
])  # fmt: skip
def test_redis_s_version_and_policy_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, info: dict[str, Any], verdict: CheckVerdict, word: str
) -> None:
    told(monkeypatch, **info)
    assert_says(machine._redis(), verdict, word)


def test_a_redis_that_is_away_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    away = redis.Redis(port=free_port(), retry=None)
    monkeypatch.setattr(machine, "connection", lambda: away)
    assert_says(machine._redis(), CheckVerdict.BROKEN, "REDIS_URL")


@pytest.mark.parametrize(("database", "wire", "verdict", "word"), [
    (0.0, 0.0, CheckVerdict.OK, "agree"),
    (5.0, 0.0, CheckVerdict.WARNING, "the database is 5.0 s ahead"),
    (0.0, -600.0, CheckVerdict.BROKEN, "Redis is 600.0 s behind"),
])  # fmt: skip
def test_clocks_that_differ_are_told(
    monkeypatch: pytest.MonkeyPatch, database: float, wire: float, verdict: CheckVerdict, word: str
) -> None:
    monkeypatch.setattr(machine.time, "time", lambda: 1_800_000_000.0)
    rows(monkeypatch, (1_800_000_000.0 + database,))
    told(monkeypatch, time=(int(1_800_000_000 + wire), 0))
    assert_says(machine._clocks(), verdict, word)


@pytest.mark.parametrize(("free", "verdict"), [(5_000_000_000, CheckVerdict.OK), (10_000_000, CheckVerdict.WARNING)])
def test_a_disk_that_is_nearly_full_is_told(monkeypatch: pytest.MonkeyPatch, free: int, verdict: CheckVerdict) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda place: SimpleNamespace(free=free))
    assert_says(machine._disk(), verdict, "GB free")


@pytest.mark.parametrize(("status", "body", "verdict", "word"), [
    (200, {"alive": True}, CheckVerdict.OK, "answers"),
    (200, b"<html>Apache works", CheckVerdict.BROKEN, "not as Serenade does"),
    (502, b"bad gateway", CheckVerdict.BROKEN, "HTTP 502"),
    (301, b"", CheckVerdict.BROKEN, "HTTP 301"),
])  # fmt: skip
def test_our_own_address_is_asked_and_must_be_ours(
    override_settings: Override, status: int, body: Any, verdict: CheckVerdict, word: str
) -> None:
    with answering(always(status, body)) as url:
        override_settings(public_url=url)
        assert_says(machine._public_url(), verdict, url, word)


def test_an_address_that_cannot_be_reached_from_here_may_still_be_right(override_settings: Override) -> None:
    override_settings(public_url=f"http://127.0.0.1:{free_port()}")
    assert_says(machine._public_url(), CheckVerdict.WARNING, "another network")


@pytest.mark.parametrize(("url", "proxies", "verdict"), [
    ("https://songs.example.com", (), CheckVerdict.WARNING),
    ("https://songs.example.com", (ip_network("10.0.0.0/8"),), CheckVerdict.OK),
    ("http://localhost:8080", (), CheckVerdict.OK),
])  # fmt: skip
def test_a_proxy_that_nobody_named_is_told(override_settings: Override, url: str, proxies: Any, verdict: CheckVerdict) -> None:
    override_settings(public_url=url, trusted_proxies=proxies)
    assert_says(machine._proxy(), verdict)


def test_python_and_the_machine_are_named() -> None:
    assert_says(machine._python(), CheckVerdict.OK, "3.")
    assert settings.data_dir.is_absolute()
