"""Generation with fake vendors over HTTP: fixtures, and the jobs one by one, as workers would do them.

A pytest plugin, named in tests/conftest.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

import jobs.generation.collecting
import jobs.generation.dispatching
import jobs.generation.eta
import jobs.generation.polling
import jobs.generation.providers
import jobs.generation.submitting
from jobs.forms import drafts, form_data
from jobs.generation import prompts, uncertain_submits, variations
from models import (
    Variation,
    database,
    now,
)
from provider_settings import read_vendors
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override
from tests.support.stack import example_form_data

Setup = Callable[..., None]


@pytest.fixture
def no_variations() -> Iterator[None]:
    with database.connection_context():
        for table in ("alerts", "bonus_clips", "provider_pauses", "repeated_submits", "variations"):
            database.execute_sql(f"DELETE FROM {table}")
        yield


@pytest.fixture
def set_up(override_settings: Override) -> Setup:
    """Work with these fakes, in this order."""

    def set_up(*fakes: FakeVendor, **changes: Any) -> None:
        environ: dict[str, str] = {}
        for fake in fakes:
            name = fake.name.replace("kie", "suno").upper()
            environ |= {
                **fake.environment(),
                f"{name}_LOST_GRACE": "1",
                f"{name}_POLL_SECONDS": "1",
            }
        environ |= changes.pop("environ", {})
        names = tuple(fake.name.replace("kie", "suno") for fake in fakes)
        override_settings(
            music_providers=names,
            vendors=read_vendors(environ, names, []),
            allow_private_hosts=True,
            least_song_seconds=1,
            **changes,
        )
        jobs.generation.providers.provider.cache_clear()
        jobs.generation.eta._measured.clear()

    return set_up


@pytest.fixture
def fakes() -> Iterator[Callable[..., FakeVendor]]:
    with ExitStack() as stack:
        yield lambda name, **more: stack.enter_context(FakeVendor(name, **{"audio": "instant", **more}))


def order(songs: int = 1, data: dict[str, Any] | None = None) -> str:
    """A form whose lyrics are written and whose variations are in line."""
    package = {1: "solo-serenade", 3: "holiday-hamper"}[songs]
    form = drafts.create_form(package, data or form_data.check_form_data(example_form_data(songs), songs))
    prompts._write(form)
    variations.begin_variations(form.id)
    prompts.start_generating(form.id)
    return str(form.id)


def rows_of(form_id: str) -> list[Variation]:
    return list(Variation.select().where(Variation.form == form_id).order_by(Variation.song_index, Variation.variation))


def statuses(form_id: str) -> list[str]:
    return [row.status for row in rows_of(form_id)]


def hurry(**changes: Any) -> None:
    """Time passes: whatever waits for a moment is due."""
    Variation.update(next_poll_at=now(), not_before=None).execute()
    Variation.update(lease_until=now() - timedelta(seconds=1)).where(Variation.lease_until.is_null(False)).execute()
    if changes:
        Variation.update(**changes).execute()


def work(*names: str, rounds: int = 1) -> None:
    """What workers do, until nothing is left to do."""
    for _ in range(rounds):
        jobs.generation.dispatching._dispatch()
        jobs.generation.submitting.submit_next()
        hurry()
        for name in names:
            jobs.generation.polling.poll_provider(name)
        jobs.generation.collecting.collect_ready()


def decide(form_id: str) -> None:
    """What the clock asks for: look for the task, and decide."""
    uncertain_submits.look_for_task(next(row.submit_leader for row in rows_of(form_id) if row.submit_leader))
