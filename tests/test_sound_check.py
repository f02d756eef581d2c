"""Sound checks: a version that fails is made again, unseen and once; what nobody can judge stays as it is.

A shop in this process works with a recogniser on loopback, and where songs are made with a music vendor too; its jobs run as a
worker runs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import jobs.generation.eta
import jobs.generation.providers
import jobs.queue
from jobs.forms import drafts, form_data
from jobs.generation import hearing, polling, prompts, provider_callbacks, remakes, revisions, selection, variations
from jobs.queue import enqueue_once
from jobs.queue_names import COLLECT_READY, DISPATCH
from jobs.rate_limits import TooManyError
from jobs.views.form_types import FormView
from jobs.views.form_view import read_form
from jobs.worker import import_jobs
from models import Alert, FormEvent, Variation, database, in_database, now
from provider_settings import read_vendors
from tests.support.fakes.recogniser import FakeRecogniser
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Override
from tests.support.shop import Shop, ready_form
from tests.support.stack import example_form_data

LYRICS = "[Verse 1]\nMia, we missed the train at night\nand walked home singing under every light"
MUMBLE = "to be or not to be that is the question whether tis nobler in the mind to suffer slings and arrows of fortune"


class Ears:
    """A shop with a recogniser that hears the `texts` in turn, and then always `sung`."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.texts: list[str] = []
        self.status, self.sung = 200, LYRICS

    def hear(self, _: bytes) -> tuple[int, Any]:
        return self.status, self.texts.pop(0) if self.texts else self.sung

    def ready(self, *texts: str) -> str:
        """A form whose three versions can be played and were just heard: so the first, the second, the third."""
        form_id = ready_form(chosen=None, variation_styles=[["folk"] * 3], generated_prompts=["A song"])
        self.shop.change(Variation.update(provider="studio", lyrics=LYRICS, checks={"lufs": -14.0}, hear_at=now()))
        self.texts = list(texts)
        self.listen()
        return form_id

    def listen(self) -> None:
        """Every version that is due is heard; nothing else happens."""
        for _ in range(4):
            hearing.hear_song()

    def finish(self, made: Variation, text: str = LYRICS) -> None:
        """The version that is made out of sight can be played, and is heard."""
        other = in_database(Variation.find, made.replaces)
        done = "master_key = %s, preview_key = %s, duration_ms = 60000, preview_ms = 45000, lyrics = %s, provider = 'studio'"
        values = (other.master_key, other.preview_key, LYRICS, made.id)
        in_database(
            database.execute_sql,
            f"UPDATE variations SET status = 'ready', step = NULL, hear_at = now() AT TIME ZONE 'utc', {done} WHERE id = %s",
            values,
        )
        self.texts = [text]
        self.listen()

    def rows(self, form_id: str) -> list[Variation]:
        query = Variation.select().where(Variation.form == form_id).order_by(Variation.variation, Variation.take)
        return in_database(lambda: list(query))

    def pair(self, form_id: str) -> tuple[Variation, Variation]:
        """The version whose words were not understood, and the one that was made for it."""
        rows = {row.id: row for row in self.rows(form_id)}
        (made,) = (row for row in rows.values() if row.replaces)
        return rows[str(made.replaces)], made

    def seen(self, form_id: str) -> FormView:
        """What the customer's page shows."""
        form = in_database(read_form, form_id)
        assert form is not None
        return form

    def alerts(self, kind: str) -> int:
        return int(in_database(Alert.select().where(Alert.kind == kind).count))


class Studio(Ears):
    """As before, with a music vendor."""

    vendor: FakeVendor

    def order(self) -> str:
        """A form whose lyrics are written and whose first versions were made and heard."""

        def begin() -> str:
            form = drafts.create_form("solo-serenade", form_data.check_form_data(example_form_data(1), 1))
            prompts._write(form)
            variations.begin_variations(form.id)
            prompts.start_generating(form.id)
            self.sung = drafts.find_form(form.id).generated_lyrics[0]
            return str(form.id)

        form_id = in_database(begin)
        self.work()
        return form_id

    def work(self) -> None:
        """What clock and workers do, once round."""
        enqueue_once(DISPATCH, False)
        self.shop.drain()
        self.shop.change(Variation.update(next_poll_at=now(), not_before=None))
        in_database(polling.poll_provider, self.vendor.name)
        enqueue_once(COLLECT_READY, False)
        self.shop.drain()


@pytest.fixture
def ears(shop: Shop, monkeypatch: pytest.MonkeyPatch, override_settings: Override) -> Iterator[Ears]:
    import_jobs()
    monkeypatch.setattr(jobs.queue, "_connection", lambda: shop.queue)
    ears = Studio(shop)
    with FakeRecogniser(lambda sound: ears.hear(sound)) as fake:
        override_settings(rate_limits={}, **fake.settings)
        yield ears


@pytest.fixture
def studio(ears: Studio, override_settings: Override) -> Iterator[Studio]:
    with FakeVendor("musicgpt", audio="instant") as ears.vendor:
        environ = {**ears.vendor.environment(), "MUSICGPT_LOST_GRACE": "1", "MUSICGPT_POLL_SECONDS": "1"}
        vendors = read_vendors(environ, ("musicgpt",), [])
        override_settings(music_providers=("musicgpt",), vendors=vendors, allow_private_hosts=True, least_song_seconds=1)
        jobs.generation.providers.provider.cache_clear()
        jobs.generation.eta._measured.clear()
        yield ears


def test_a_version_whose_words_are_not_understood_is_made_again_unseen_and_once(studio: Studio) -> None:
    studio.texts = [MUMBLE]
    form_id = studio.order()
    bad, made = studio.pair(form_id)
    form = studio.seen(form_id)
    assert made.id not in str(form), "it is made out of sight"
    assert bad.id in [cell.task_id for cell in form.cells], "and what there is can be played meanwhile"
    studio.work()
    bad, made = studio.pair(form_id)
    assert (bad.shown, bad.withheld, made.shown, made.withheld) == (False, True, True, False)
    assert (bad.checks["words"] < 0.25, made.checks["words"], made.checks["name"]) == (True, 1.0, "heard")
    form = studio.seen(form_id)
    assert [cell.task_id for cell in form.cells if cell.variation == made.variation] == [made.id]
    assert form.variation_task_ids["0"][made.variation - 1] == made.id
    assert (form.songs[0].more_left, bad.id in str(form)) == (2, False), "it costs the customer nothing, and is in no list"
    began = FormEvent.form_id == form_id, FormEvent.noun == "form", FormEvent.to_status == "variations_generating"
    assert in_database(FormEvent.select().where(*began).count) == 1, "the order never went back"
    submits = studio.vendor.submits
    studio.texts = [MUMBLE]
    studio.work()
    assert (studio.vendor.submits, len(studio.rows(form_id))) == (submits, 4), "once is once"


def test_a_sound_with_a_hole_is_another_attempt_before_anybody_can_play_it_and_only_once(
    studio: Studio, override_settings: Override
) -> None:
    studio.vendor.audio = "hole"
    override_settings(remakes_per_day=4, transcription_base_url="")
    form_id = studio.order()
    assert [(row.attempt, row.status) for row in studio.rows(form_id)] == [(2, "submitted")] * 3
    first = next(iter(studio.vendor.tasks.values()))
    secret = first.body["webhook_url"].rpartition("/")[2]
    assert not in_database(provider_callbacks.take_callback, "musicgpt", secret, b'{"task_id": "%s"}' % first.id.encode())
    studio.work()
    rows = studio.rows(form_id)
    found = [(row.attempt, row.remade_for, row.status) for row in rows]
    assert found == [(2, "silence", "ready")] * 3, "then it is kept: a song may have a pause"
    assert all(row.checks["gap_seconds"] > 8 and row.checks["true_peak"] < 0 for row in rows)
    checks = [cell.sound_check for cell in studio.seen(form_id).cells]
    assert [(one.words, one.name, one.heard_by) for one in checks if one] == [(None, "", "")] * 3, "nobody heard the words"


def test_no_better_is_not_good_enough(ears: Ears) -> None:
    form_id = ears.ready(MUMBLE)
    ears.finish(ears.pair(form_id)[1], MUMBLE)
    bad, made = ears.pair(form_id)
    assert (bad.shown, made.shown, made.withheld, len(ears.rows(form_id))) == (True, False, True, 4)
    assert made.id not in str(ears.seen(form_id))
    other = ears.seen(form_id).cells[-1]
    in_database(revisions.change_lyrics, form_id, 0, "Another", LYRICS + "\nand more")
    in_database(selection.choose_task, form_id, other.task_id)
    assert bad.id in [cell.task_id for cell in ears.seen(form_id).cells], "nor when these words come back"


@pytest.mark.parametrize("met", ["played", "chosen", "approved", "paid", "new words"])
def test_what_somebody_met_while_the_other_was_made_stays(met: str, ears: Ears) -> None:
    form_id = ears.ready(MUMBLE)
    bad, made = ears.pair(form_id)
    if met == "played":
        in_database(remakes.note_played, bad.id)
    elif met == "approved":
        ears.shop.change(Variation.update(verdict="approved").where(Variation.id == bad.id))
    elif met == "new words":
        in_database(revisions.change_lyrics, form_id, 0, "Another", LYRICS + "\nand more")
    else:
        in_database(selection.choose_task, form_id, bad.id)
    if met == "paid":
        ears.shop.press(ears.shop.checkout(form_id))
        ears.shop.await_events()
    ears.finish(made)
    bad, made = ears.pair(form_id)
    assert (bad.shown, made.shown, made.checks["words"]) == (met != "new words", False, 1.0)


def used_up(*_: object, **__: object) -> None:
    raise TooManyError("budget", 60)


@pytest.mark.parametrize("reason", ["played", "chosen", "limit", "budget", "off"])
def test_nothing_is_bought_for_what_was_met_or_beyond_what_a_day_may_cost(
    reason: str, ears: Ears, override_settings: Override, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = ears.ready()
    one = ears.rows(form_id)[0]
    if reason == "played":
        in_database(remakes.note_played, one.id)
    if reason == "chosen":
        in_database(selection.choose_task, form_id, one.id)
    if reason in ("limit", "off"):
        override_settings(remakes_per_day={"limit": 1, "off": 0}[reason])
        ears.shop.change(Variation.update(remade_at=now(), remade_for="silence").where(Variation.variation == 2))
    if reason == "budget":
        monkeypatch.setattr("jobs.generation.budget.spend", used_up)
    ears.shop.change(Variation.update(hear_at=now(), hear_tries=0).where(Variation.id == one.id))
    ears.texts = [MUMBLE]
    ears.listen()
    rows = ears.rows(form_id)
    assert ([row.take for row in rows], rows[0].checks["words"] < 0.25) == ([1, 1, 1], True)
    assert ears.alerts("remakes_used_up") == (reason == "limit")


@pytest.mark.parametrize(("status", "alerts"), [(401, 1), (500, 0)])
def test_a_recogniser_that_fails_leaves_the_song_as_it_is(status: int, alerts: int, ears: Ears) -> None:
    ears.status = status
    form_id = ears.ready()
    for _ in range(2):
        ears.shop.change(Variation.update(hear_at=now()).where(Variation.hear_at.is_null(False)))
        ears.listen()
    rows = ears.rows(form_id)
    assert [(row.status, row.take, row.hear_at) for row in rows] == [("ready", 1, None)] * 3
    assert all(row.checks["unheard"] and "words" not in row.checks for row in rows)
    assert (ears.alerts("transcription"), ears.seen(form_id).status) == (alerts, "variations_ready")


def test_a_worker_that_dies_while_it_hears_loses_nothing_and_three_are_enough(ears: Ears) -> None:
    form_id = ears.ready()
    ears.shop.change(Variation.update(hear_at=now(), hear_tries=0, checks={"lufs": -14.0}))
    assert in_database(hearing._claim) is not None
    assert in_database(hearing._claim) is None, "at most half of the workers hear"
    over = now() - timedelta(seconds=1)
    ears.shop.change(Variation.update(lease_until=over).where(Variation.lease_until.is_null(False)))
    in_database(hearing.songs_to_hear)
    ears.listen()
    assert [row.checks["words"] for row in ears.rows(form_id)] == [1.0] * 3
    ears.shop.change(Variation.update(hear_at=now(), hear_tries=3))
    in_database(hearing.songs_to_hear)
    assert [row.hear_at for row in ears.rows(form_id)] == [None] * 3


def test_what_was_withheld_is_chosen_by_nobody_and_comes_back_with_nothing(ears: Ears) -> None:
    form_id = ears.ready(MUMBLE)
    ears.finish(ears.pair(form_id)[1])
    bad, made = ears.pair(form_id)
    in_database(selection.choose_task, form_id, bad.id)
    assert ears.seen(form_id).selected_task_ids == {"0": made.id}, "a page that did not know yet gets what is in its place"
    in_database(revisions.change_lyrics, form_id, 0, "Another", LYRICS + "\nand more")
    assert bad.id not in str(ears.seen(form_id))
    in_database(selection.choose_task, form_id, made.id)
    assert [cell.task_id for cell in ears.seen(form_id).cells if cell.variation == made.variation] == [made.id]
