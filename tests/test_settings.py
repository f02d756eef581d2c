"""Settings: one object for everybody, frozen, and one place where a test changes one."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from integrations.music.remote import settings as theirs
from settings import Settings, SettingsError, read_settings, settings


def test_nothing_changes_a_setting() -> None:
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


def test_what_a_test_overrides_everybody_sees_and_afterwards_it_is_as_before() -> None:
    before = settings.max_revisions
    with suppress(ZeroDivisionError), settings.override(max_revisions=99, staff_roles={"a@example.com": "admin"}):
        assert (theirs.max_revisions, theirs.staff_emails) == (99, ("a@example.com",))
        raise ZeroDivisionError
    assert (theirs.max_revisions, theirs is settings) == (before, True)


def test_a_name_that_is_no_setting_is_refused_and_changes_nothing() -> None:
    before = settings.max_revisions
    with pytest.raises(TypeError), settings.override(max_revisions=99, max_revision=1):
        pass
    assert settings.max_revisions == before


def test_hosts_of_the_payment_page_are_names_and_nothing_else() -> None:
    def named(hosts: str) -> dict[str, str]:
        return {**os.environ, "STRIPE_CHECKOUT_HOSTS": hosts}

    assert read_settings(named("Pay.Songs.example, kasse.example")).stripe_checkout_hosts == (
        "pay.songs.example",
        "kasse.example",
    )
    for wrong in ("https://pay.songs.example", "pay.songs.example/c", "pay", "10.0.0.1", "*"):
        with pytest.raises(SettingsError, match=r"STRIPE_CHECKOUT_HOSTS has .*must look like"):
            read_settings(named(wrong))


def test_no_test_and_no_bench_puts_settings_or_a_queue_into_a_single_module() -> None:
    """Each new module would be forgotten: `override_settings` and `recorded_queue` are for all of them at once."""
    root = Path(__file__).parents[1]
    found = [
        f"{path.relative_to(root)}: {call}"
        for folder in ("tests", "bench")
        for path in (root / folder).rglob("*.py")
        if path.name != "overrides.py"
        for call in patches_of_one_module(path.read_text())
    ]
    assert found == []


PATCHED = re.compile(r"(\.|')settings'|enqueue(_once)?'|'_put'")


def patches_of_one_module(source: str) -> Iterator[str]:
    """Calls like `setattr(module, "settings", …)`, on however many lines they stand."""
    if not re.search(r"\b(setattr|patch)\b", source):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "patch", "patch.object")):
            names = [ast.unparse(one) for one in node.args[:2]]
            if any(PATCHED.search(name) for name in names):
                yield ast.unparse(node)


@pytest.mark.parametrize("code", [
    'monkeypatch.setattr(jobs.queue, "_put", note)',
    'monkeypatch.setattr(\n    jobs.forms,\n    "settings",\n    changed,\n)',
    'with patch.object(jobs.forms,\n"enqueue_once"): pass',
    'monkeypatch.setattr("jobs.forms.settings", changed)',
])  # fmt: skip
def test_such_a_patch_is_seen_however_it_is_written(code: str) -> None:
    assert list(patches_of_one_module(code))


def read(**environment: str) -> Settings:
    return read_settings({"DATA_DIR": "/nowhere", "SECRET_KEY": "s", "STRIPE_SECRET_KEY": "k", **PRESET, **environment})


def problems(**environment: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read(**environment)
    return str(refused.value)


PRESET = {"STRIPE_WEBHOOK_SECRET": "w"}  # what is made and kept in DATA_DIR otherwise


@pytest.mark.parametrize(("host", "local", "public"), [
    ("", "http://127.0.0.1:8080", "http://localhost:8080"),
    ("127.0.0.1", "http://127.0.0.1:8080", "http://localhost:8080"),
    ("0.0.0.0", "http://127.0.0.1:8080", "http://localhost:8080"),
    ("::", "http://[::1]:8080", "http://localhost:8080"),
    ("[::]", "http://[::1]:8080", "http://localhost:8080"),
    ("0:0:0:0:0:0:0:1", "http://[::1]:8080", "http://[::1]:8080"),
    ("192.0.2.7", "http://192.0.2.7:8080", "http://192.0.2.7:8080"),
    ("2001:db8::7", "http://[2001:db8::7]:8080", "http://[2001:db8::7]:8080"),
    ("songs.lan", "http://songs.lan:8080", "http://songs.lan:8080"),
])  # fmt: skip
def test_internal_calls_and_the_printed_address_follow_host(host: str, local: str, public: str) -> None:
    found = read(HOST=host, STRIPE_SECRET_KEY="sk_sandbox_x")
    assert (found.local_url, found.public_url, found.stripe_api_base) == (local, public, f"{local}/sandbox/stripe")


@pytest.mark.parametrize("host", ["127.0.0.1:80", "http://127.0.0.1", "127.0.0", "::1::", "[::1", "a b", "-"])
def test_a_host_that_is_none_is_told_by_name(host: str) -> None:
    assert problems(HOST=host).startswith("HOST is")


@pytest.mark.parametrize("written", ['"{}"', "'{}'", "{}\r", "{}\n", "  {}\t", '"{}"\r\n', "' {} '"])
def test_what_the_way_here_adds_to_a_value_is_taken_off(written: str) -> None:
    url = "postgresql://me:pass@db.example.com/songs"
    found = read(DATABASE_URL=written.format(url), PORT=written.format("8081"), ENV=written.format("development"))
    assert (found.database_url, found.port, found.env) == (url, 8081, "development")
    assert read(DATABASE_URL=written.format("")).database_url == ""
    assert read(MUSIC_PROVIDERS="mureka", MUREKA_API_KEY=written.format("key")).vendors["mureka"].api_key == "key"


@pytest.mark.parametrize(("name", "value", "said"), [
    ("\ufeffENV", "production", "the file of settings begins with a byte order mark, before ENV"),
    ("DATABASE_URL", "postgresql://a\n/b", "DATABASE_URL holds a line end"),
    ("BRAND_NAME", "Caf\udce9", "BRAND_NAME holds a line end, another control character, or bytes that are not UTF-8"),
    ("PUBLIC_URL", "https://[", "PUBLIC_URL is 'https://['"),
    ("PUBLIC_URL", "https://songs.example.com:99999", "PUBLIC_URL is"),
    ("PUBLIC_URL", "https://", "PUBLIC_URL is"),
    ("PUBLIC_URL", "https://songs.example.com?a=b", "PUBLIC_URL is"),
    ("EMBED_ORIGINS", "https://[", "EMBED_ORIGINS has 'https://['"),
    ("MUREKA_BASE_URL", "https://[", "MUREKA_BASE_URL is 'https://['"),
    ("DATABASE_URL", "postgresql+psycopg2://me:s3cret@db/songs", "DATABASE_URL must look like postgresql://user:password@host"),
    ("DATABASE_URL", "db.example.com/s3cret", "DATABASE_URL must look like"),
    ("REDIS_URL", "127.0.0.1:6379", "REDIS_URL must look like redis://:password@host:6379/0"),
    ("REDIS_URL", "http://:s3cret@redis", "REDIS_URL must look like"),
    ("STORAGE_URL", "/srv/songs", "STORAGE_URL must look like"),
    ("STORAGE_URL", "s3:///prefix", "STORAGE_URL must look like"),
    ("PORT", "8080/tcp", "PORT is '8080/tcp'"),
])  # fmt: skip
def test_a_value_that_would_fail_later_is_told_by_name_at_the_start(name: str, value: str, said: str) -> None:
    found = problems(**{name: value})
    assert (said in found, found.count("\n"), "s3cret" in found) == (True, 0, False), found


def test_what_has_no_price_is_not_sold_and_a_wrong_price_is_refused() -> None:
    assert read().extra_prices == read(EXTRA_VERSIONS_PRICE="0", INSTRUMENTAL_PRICE="").extra_prices == {}
    assert read(EXTRA_VERSIONS_PRICE="499").extra_prices == {"versions": 499}
    assert read(INSTRUMENTAL_PRICE="50").extra_prices == {"instrumental": 50}
    for wrong in ("49", "4.99", "-1", "free", "٤٩٩"):
        assert "EXTRA_VERSIONS_PRICE is" in problems(EXTRA_VERSIONS_PRICE=wrong)
