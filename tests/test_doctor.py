"""How the doctor's checks run, and what they say of the stores, the disk and our own address."""

from __future__ import annotations

import json
import threading
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import pytest
import redis

import cli
from jobs.monitoring import configuration_checks as vendors
from jobs.monitoring import doctor as doctor_module
from jobs.monitoring import machine_checks as machine
from jobs.monitoring.check_results import CheckResult, CheckVerdict, broken, doubtful, fine, run_checks
from jobs.monitoring.doctor import Examination
from jobs.monitoring.invariants import Finding
from settings import settings
from tests.support.answering import SECRET, always, answering, assert_says
from tests.support.overrides import Override
from tests.support.stack import free_port

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
