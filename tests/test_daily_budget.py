"""The day's budget of songs: it holds for everybody together, also while Redis is away or loading."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from embedded.valkey import _program
from jobs import queue, rate_limits
from jobs.generation.dispatching import dispatch
from jobs.generation.variations import begin_variations
from jobs.rate_limits import TooManyError, spend
from models import Variation, database, in_database
from settings import SettingsError, read_settings, settings
from tests.support.forms import a_stored_form as a_form
from tests.support.overrides import Override
from tests.support.stack import wait_for


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
