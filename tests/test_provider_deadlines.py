"""Providers that take their time: how often they are asked, when a song is late, and when it is given up."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

import jobs.clock
import jobs.generation.dispatching
import jobs.generation.eta
import jobs.generation.polling
import jobs.generation.providers
import jobs.generation.submitting
import jobs.views.form_view
from customer_texts import failed_recording
from integrations.music import Capabilities
from jobs.generation import bonus_clips
from models import (
    BonusClip,
    Variation,
    now,
)
from tests.support.fakes.vendor import FakeVendor
from tests.support.generation import Setup, hurry, order, rows_of, statuses, work

pytestmark = pytest.mark.usefixtures("migrated", "no_variations", "recorded_queue")


def test_refused_lyrics_get_one_fallback_and_then_the_customer_is_asked(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    fake.faults = ["moderation"]
    set_up(fake)
    form_id = order()
    work("mureka", rounds=2)
    assert statuses(form_id) == ["ready"] * 3
    assert all(row.softened and "Mia" in row.lyrics for row in rows_of(form_id))
    sung = next(iter(fake.tasks.values())).body["lyrics"]
    assert "last train" not in sung, "the customer's own phrases are left out"
    fake.faults = ["moderation"] * 20
    other = order()
    work("mureka", rounds=4)
    assert {row.error_code for row in rows_of(other)} == {"moderation"}
    form = jobs.views.form_view.read_form(other)
    assert form
    assert "change them" in failed_recording(str(form.cells[0].error_code))


def test_what_never_finishes_is_given_up_at_its_deadline_and_kept_if_it_comes_late(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    fake.fates = ["never"]
    set_up(fake)
    form_id = order()
    work("mureka", rounds=2)
    assert set(statuses(form_id)) <= {"submitted", "generating"}
    usual = (rows_of(form_id)[0].deadline_at - rows_of(form_id)[0].submitted_at).total_seconds()
    assert 899 <= usual <= 905
    late = next(iter(fake.tasks.values()))
    hurry(deadline_at=now() - timedelta(seconds=1))
    work("mureka", rounds=2)
    assert statuses(form_id) == ["ready"] * 3
    assert BonusClip.select().where(BonusClip.why == "late").count() == 3
    late.fate = "ok"
    BonusClip.update(next_poll_at=now()).execute()
    bonus_clips.collect_bonus()
    assert {row.state for row in BonusClip.select()} == {"kept"}
    assert statuses(form_id) == ["ready"] * 3, "the cells are as they were"


def test_a_stack_that_was_off_overnight_finds_its_songs_ready_and_buys_nothing_again(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry(deadline_at=now() - timedelta(hours=8))
    jobs.clock.overdue()  # the clock is there sooner than the workers
    assert statuses(form_id) == ["submitted"] * 3
    work("mureka")
    assert (statuses(form_id), fake.submits) == (["ready"] * 3, 1)


def test_a_last_look_that_dies_in_the_middle_is_no_reason_to_wait_for_ever(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("mureka")
    fake.fates = ["never"]
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry(deadline_at=now() - timedelta(minutes=3))
    monkeypatch.setattr(jobs.generation.providers.provider("mureka"), "statuses", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jobs.generation.polling.poll_provider("mureka")
    jobs.clock.overdue()
    assert statuses(form_id) == ["submitted"] * 3, "it may still be at it"
    Variation.update(next_poll_at=now() + timedelta(seconds=30)).execute()  # a minute and a half later
    jobs.clock.overdue()
    assert statuses(form_id) == ["queued"] * 3
    assert BonusClip.select().where(BonusClip.why == "late").count() == 3


SINGLE = Capabilities(max_parallel=5, poll_interval=15, max_lyrics=1, max_style=1, batch_status=False)


def test_while_few_tasks_are_open_each_is_looked_at_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """One customer's three tasks at Mureka are seen within its poll interval; forty tasks share one look a second."""
    clock = now()
    monkeypatch.setattr("jobs.generation.eta.now", lambda: clock)
    monkeypatch.setattr("jobs.generation.eta.measured", lambda name: None)
    for tasks, wait in ((3, 15), (40, 40), (500, 45)):
        monkeypatch.setattr("jobs.generation.eta.open_tasks", lambda name, tasks=tasks: tasks)
        assert (jobs.generation.eta.first_look("mureka", SINGLE, 45.0) - clock).total_seconds() == wait
    calls = replace(SINGLE, callbacks=True)
    for tasks, wait in ((3, 60), (3000, 180)):  # a call may be lost
        monkeypatch.setattr("jobs.generation.eta.open_tasks", lambda name, tasks=tasks: tasks)
        assert (jobs.generation.eta.first_look("musicgpt", calls, 120.0) - clock).total_seconds() == wait


@pytest.mark.parametrize(("usual", "latest"), [(None, 60), ((45.0, 70.0), 30), ((100.0, 150.0), 60), ((40.0, 50.0), 24)])
def test_a_vendor_that_never_calls_is_asked_once_a_minute_under_load_and_when_its_songs_are_usually_done(
    monkeypatch: pytest.MonkeyPatch, usual: tuple[float, float] | None, latest: float
) -> None:
    """Mureka: at most one status read in each minute of a task; 90 % of the songs are seen `latest` seconds after their end."""
    began = clock = now()
    monkeypatch.setattr("jobs.generation.eta.now", lambda: clock)
    monkeypatch.setattr("jobs.generation.eta.measured", lambda name: usual)
    monkeypatch.setattr("jobs.generation.eta.open_tasks", lambda name: 3000)
    clock = jobs.generation.eta.first_look("mureka", SINGLE, 45.0)
    looks = [(clock - began).total_seconds()]
    while looks[-1] < 600:
        clock = jobs.generation.eta.next_look("mureka", SINGLE, began)
        looks.append((clock - began).total_seconds())
    assert all(later - sooner >= 15 for sooner, later in itertools.pairwise(looks))
    assert max(collections.Counter(look // 60 for look in looks).values()) == 1, looks
    assert looks[0] == (usual[0] * 0.9 if usual else 45.0)
    done = range(10, int(usual[1] if usual else 600))
    assert max(next(look for look in looks if look >= end) - end for end in done if end >= looks[0]) <= latest


def test_eta_is_three_times_waited_for(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    assert 15 * 60 - 1 <= (jobs.generation.eta.deadline(None) - now()).total_seconds() <= 15 * 60
    assert 1799 <= (jobs.generation.eta.deadline(600.0) - now()).total_seconds() <= 1800


def test_past_the_ninetieth_percentile_the_cell_says_that_it_is_late(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    work("mureka")
    jobs.generation.eta._measured.clear()
    fake.latency = 600
    other = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()

    def late() -> list[bool]:
        form = jobs.views.form_view.read_form(other)
        assert form is not None
        return [cell.late for cell in form.songs[0].variations]

    Variation.update(submitted_at=now()).where(Variation.form == other).execute()
    Variation.update(submitted_at=Variation.ready_at - timedelta(seconds=30)).where(Variation.form == form_id).execute()
    jobs.generation.eta._measured.clear()
    assert late() == [False] * 3
    Variation.update(submitted_at=now() - timedelta(seconds=40)).where(Variation.form == other).execute()
    assert late() == [True] * 3
