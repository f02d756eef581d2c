"""SECRET_KEY is changed without a break: what the key before signed still opens, and nothing new is signed with it."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from integrations.storage.signed_links import is_signed, sign
from settings import settings
from settings_checks import Environment, note_missing_in_production

OLD, NEW, OTHER = "o" * 32, "n" * 32, "x" * 32
PATH = "/media/preview/task_1"


def opens(url: str) -> bool:
    query = parse_qs(urlsplit(url).query)
    return is_signed(PATH, query["expires"][0], query["signature"][0])


@pytest.mark.parametrize(("key", "before", "good"), [(OLD, "", True), (NEW, OLD, True), (NEW, "", False), (NEW, OTHER, False)])
def test_a_link_opens_while_its_key_is_believed(key: str, before: str, good: bool) -> None:
    with settings.override(secret_key=OLD):
        url = sign(PATH)
    with settings.override(secret_key=key, secret_key_before=before):
        assert opens(url) is good


def test_nothing_new_is_signed_with_the_key_before() -> None:
    with settings.override(secret_key=NEW, secret_key_before=OLD):
        url = sign(PATH)
    with settings.override(secret_key=OLD, secret_key_before=""):
        assert not opens(url)


def test_a_short_key_before_is_named() -> None:
    environment = Environment({"ENV": "production", "SECRET_KEY": NEW, "SECRET_KEY_BEFORE": "short"})
    note_missing_in_production(environment, "https://songs.example.com", ("studio",))
    assert "SECRET_KEY_BEFORE is shorter than 32 characters" in environment.problems


@pytest.mark.parametrize(("path", "later", "end"), [("/media/b", 0, 0), ("/media/a", 3600, 0), ("/media/a", 0, 14 * 3600)])
def test_a_signature_is_for_one_path_until_its_end(monkeypatch: pytest.MonkeyPatch, path: str, later: int, end: int) -> None:
    given = dict(parse_qsl(urlsplit(sign("/media/a")).query))
    assert is_signed("/media/a", **given)
    moment = time.time() + end
    monkeypatch.setattr("integrations.storage.signed_links.time.time", lambda: moment)
    assert not is_signed(path, str(int(given["expires"]) + later), given["signature"])
