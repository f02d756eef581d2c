"""Generation with remote providers: rows first, nothing paid twice, nothing lost, and the truth in every cell.

The jobs run here one by one, as workers would; the providers are our fakes, over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

import jobs.generation.collecting
import jobs.generation.dispatching
import jobs.generation.failures
import jobs.generation.polling
import jobs.generation.providers
import jobs.generation.submitting
from integrations.music import Reason
from jobs.generation import bonus_clips, revisions, variations
from models import (
    BonusClip,
    ComposeForm,
    Variation,
    WrongMomentError,
    database,
    in_database,
    now,
)
from tests.support.fakes.vendor import FakeVendor
from tests.support.generation import Setup, hurry, order, rows_of, statuses, work

pytestmark = pytest.mark.usefixtures("migrated", "no_variations", "recorded_queue")


@pytest.mark.parametrize("name", ["musicgpt", "suno", "kie", "mureka", "acestep", "elevenlabs"])
def test_every_variation_gets_ready_with_as_few_submits_as_the_provider_allows(
    name: str, set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes(name)
    set_up(fake)
    form_id = order(songs=3)
    mine = name.replace("kie", "suno")
    work(mine, rounds=5)
    assert statuses(form_id) == ["ready"] * 9
    assert fake.submits == {"musicgpt": 6, "suno": 6, "mureka": 3, "acestep": 3, "elevenlabs": 9}[mine]
    assert ComposeForm.find(form_id).status == "variations_ready"
    places = {(row.provider_task_id, row.clip_index) for row in rows_of(form_id)}
    assert len(places) == 9, "each variation has its own clip"
    if mine in ("musicgpt", "suno"):
        assert BonusClip.select().count() == 3, "the spare clip of each third variation is kept"


def test_a_spare_clip_is_brought_home(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    set_up(fakes("musicgpt"))
    order()
    work("musicgpt", rounds=2)
    BonusClip.update(next_poll_at=now()).execute()
    bonus_clips.collect_bonus()
    kept = BonusClip.get()
    assert kept.state == "kept"
    assert kept.master_key


@pytest.mark.parametrize("fault", ["429", "500", "redirect"])
def test_a_submit_that_surely_started_nothing_is_tried_again(
    fault: str, set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    fake.faults = [fault]
    set_up(fake)
    form_id = order()
    work("mureka")
    assert statuses(form_id) == ["queued"] * 3
    work("mureka", rounds=2)
    assert statuses(form_id) == ["ready"] * 3
    assert (fake.submits, len(fake.tasks)) == (2, 1)


def test_a_rate_limit_is_waited_out_as_long_as_the_provider_says(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    fake.faults = ["429"]
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    waits = [(row.not_before - row.queued_at).total_seconds() for row in rows_of(form_id)]
    assert all(0.9 <= wait <= 1.1 for wait in waits)
    jobs.generation.dispatching._dispatch()
    assert statuses(form_id) == ["queued"] * 3, "nobody goes before it is time"
    assert all("mureka" not in row.failures for row in rows_of(form_id)), "being busy is no failure"


def test_who_left_the_line_meanwhile_takes_no_clip_of_a_shared_submit(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake)
    rows = rows_of(order())
    group = [jobs.generation.dispatching._Waiting(row.id, row.form_id, [], {}, 1) for row in rows]
    jobs.generation.failures.give_up(rows[0], Reason.BAD_REQUEST)
    music = jobs.generation.providers.provider("mureka")
    assert jobs.generation.dispatching._give_place(group, music)
    placed = rows_of(rows[0].form_id)[1:]
    assert [(row.submit_leader, row.clip_index) for row in placed] == [(placed[0].id, 0), (placed[0].id, 1)]
    assert not jobs.generation.dispatching._give_place(group, music), "nobody is left"


def test_one_customers_nine_do_not_starve_anothers_one(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("elevenlabs")
    set_up(fake, environ={"ELEVENLABS_MAX_PARALLEL": "2"})
    big = order(songs=3)
    small = order()
    jobs.generation.dispatching._dispatch()
    given = {form_id: sum(status == "submitted" for status in statuses(form_id)) for form_id in (big, small)}
    assert given == {big: 1, small: 1}


def test_a_provider_never_has_more_tasks_than_its_limit(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka", latency=60)
    set_up(fake, environ={"MUREKA_MAX_PARALLEL": "2"})
    for _ in range(3):
        order(songs=3)
    for _ in range(3):
        work("mureka")
    assert len(fake.tasks) == 2


def test_a_worker_that_finishes_after_its_attempt_is_over_changes_nothing(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry()
    jobs.generation.polling.poll_provider("mureka")
    orphan = jobs.generation.collecting._claim()
    assert orphan is not None
    assert variations.requeue(orphan, by="test", why="lost")
    jobs.generation.collecting._collect(orphan)
    row = Variation.find(orphan.id)
    assert (row.status, row.attempt, row.master_key) == ("queued", 2, None)
    assert form_id


def test_the_whole_pass_of_jobs_uses_few_statements(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    order(songs=3)
    statements: list[str] = []
    real = database.execute_sql
    monkeypatch.setattr(database, "execute_sql", lambda sql, *a, **k: statements.append(sql) or real(sql, *a, **k))
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    Variation.update(next_poll_at=now()).execute()
    jobs.generation.polling.poll_provider("mureka")
    jobs.generation.collecting.collect_ready()
    assert len(statements) / 9 <= 14  # X
    assert in_database(lambda: Variation.select().where(Variation.status == "ready").count()) == 9


def test_one_more_version_keeps_the_old_one_and_has_a_limit(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    with pytest.raises(WrongMomentError):
        revisions.one_more(form_id, 0, 1)  # it is not ready yet
    work("mureka")
    more = revisions.one_more(form_id, 0, 1)
    assert revisions.one_more(form_id, 0, 1).id == more.id, "pressing twice asks once"
    work("mureka")
    assert statuses(form_id) == ["ready"] * 4
    assert ComposeForm.find(form_id).status == "variations_ready"
    assert revisions.one_more(form_id, 0, 1).take == 3
    work("mureka")
    with pytest.raises(WrongMomentError):
        revisions.one_more(form_id, 0, 1)
    assert fake.submits == 3
