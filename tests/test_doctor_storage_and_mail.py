"""The doctor's checks of the storage and of the mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from integrations.storage import storage
from integrations.storage.s3 import Bucket
from jobs.monitoring import configuration_checks as vendors
from jobs.monitoring.check_results import CheckVerdict
from tests.support.answering import SECRET, assert_says
from tests.support.overrides import Override
from tests.support.stack import free_port


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


def test_a_relay_without_tls_is_tried_as_the_mails_are_sent(
    monkeypatch: pytest.MonkeyPatch, override_settings: Override, relay: tuple[int, list[Any]]
) -> None:
    monkeypatch.setattr("integrations.mail.smtp._is_this_machine", lambda _host: False)
    override_settings(smtp_url=f"smtp://127.0.0.1:{relay[0]}")
    assert_says(vendors._mail(), CheckVerdict.BROKEN, "TLS")
    override_settings(smtp_plain=True)
    assert_says(vendors._mail(), CheckVerdict.OK, "asks for no login")


def test_a_relay_that_is_not_there_is_broken(override_settings: Override) -> None:
    override_settings(smtp_url=f"smtp://ann:{SECRET}@127.0.0.1:{free_port()}")
    assert_says(vendors._mail(), CheckVerdict.BROKEN, "host and port")
