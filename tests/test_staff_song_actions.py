"""What staff do about songs: record anew, elsewhere, in another version, with other lyrics."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.generation import providers
from jobs.staff.actions import ActionRefusedError
from jobs.staff.order_report import read_order
from jobs.staff.song_actions import providers_for
from models import BonusClip, ComposeForm, ProviderPause, Variation, in_database, now
from tests.support.acting import a_form, a_variation, change, do, say
from tests.support.overrides import Enqueued, Override
from tests.support.shop import Shop, database_of_its_own, opened_shop, ready_form
from tests.support.stack import example_form_data


@pytest.fixture(scope="module", autouse=True)
def own_database(migrated: None) -> Iterator[None]:
    with database_of_its_own("acting"):
        yield


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with opened_shop(tmp_path, monkeypatch.setattr) as shop:
        yield shop


def test_a_stuck_recording_is_begun_anew_and_what_may_still_come_is_kept(recorded_queue: list[Enqueued]) -> None:
    long_ago = now() - timedelta(minutes=30)
    form_id = a_form(status="variations_generating", submitted_at=long_ago, generated_lyrics=["la"])
    task = a_variation(
        form_id,
        status="generating",
        step="waiting",
        provider="studio",
        provider_task_id=secrets.token_hex(4),
        submitted_at=long_ago,
    )
    (verdict,) = say(form_id)
    assert (verdict.mood, verdict.action, verdict.about) == ("bad", "retry", task)
    assert do("retry", form_id, about=task) == "Queued again."
    assert do("retry", form_id, about=task) == "Already queued."
    row = in_database(Variation.find, task)
    assert (row.status, row.attempt, row.provider_task_id) == ("queued", 2, None)
    assert in_database(BonusClip.select().where(BonusClip.form == form_id).count) == 1
    assert [one.name for one in recorded_queue] == ["dispatch"]


def test_another_provider_is_asked_whatever_the_order_of_the_list(
    override_settings: Override, recorded_queue: list[Enqueued]
) -> None:
    from jobs.generation.providers import provider_for

    override_settings(music_providers=("suno", "mureka", "studio"))
    form_id = a_form(status="variations_generating", submitted_at=now(), generated_lyrics=["la"])
    task = a_variation(form_id, status="failed", provider="suno", error_code="lost", failures={"suno": 2})
    (verdict,) = say(form_id)
    assert (verdict.sentence, verdict.action) == (
        "Version 1 of song 1 failed: the provider lost the task, or exceeded the time limit.",
        "other_provider",
    )
    with pytest.raises(ActionRefusedError, match="not one of MUSIC_PROVIDERS"):
        do("other_provider", form_id, about=task, provider="elevenlabs")
    do("other_provider", form_id, about=task, provider="mureka")
    following = provider_for(in_database(Variation.find, task).failures)
    assert following is not None
    assert following.name == "mureka"


def test_only_a_provider_that_sings_the_language_is_advised_and_taken(
    override_settings: Override, recorded_queue: list[Enqueued]
) -> None:
    override_settings(music_providers=("mureka", "studio", "suno"))
    answers = example_form_data()
    answers["songs"][0]["language"] = "de"  # which the studio does not sing
    form_id = a_form(status="variations_generating", submitted_at=now(), generated_lyrics=["la"], form_data=answers)
    task = a_variation(form_id, status="failed", provider="mureka", error_code="lost", failures={"mureka": 2})
    assert [one.action for one in say(form_id)] == ["other_provider"]
    form, row = in_database(ComposeForm.find, form_id), in_database(Variation.find, task)
    assert providers_for(form, row) == ["suno", "mureka"]
    with pytest.raises(ActionRefusedError, match="studio does not sing the language of this song"):
        do("other_provider", form_id, about=task, provider="studio")
    override_settings(music_providers=("mureka", "studio"))
    assert [one.action for one in say(form_id)] == ["retry"], "the studio is no other provider for this song"
    assert do("other_provider", form_id, about=task, provider="mureka") == "Queued again."
    in_database(providers.pause, "mureka", "auth")
    assert "every provider that sings its language is paused: mureka." in say(form_id)[0].sentence
    change(ProviderPause.delete())


def test_a_ready_one_is_recorded_elsewhere_and_the_old_one_stays(
    override_settings: Override, recorded_queue: list[Enqueued]
) -> None:
    from jobs.generation.providers import provider_for

    override_settings(music_providers=("suno", "mureka", "studio"))
    form_id = in_database(ready_form)
    task = in_database(lambda: Variation.get(Variation.form == form_id, Variation.variation == 1).id)
    assert do("other_provider", form_id, about=task, provider="mureka") == "One more version is queued, for mureka."
    rows = in_database(lambda: list(Variation.select().where(Variation.form == form_id, Variation.variation == 1)))
    assert sorted((row.take, row.status, row.shown) for row in rows) == [(1, "ready", False), (2, "queued", True)]
    following = provider_for(next(row.failures for row in rows if row.take == 2))
    assert following is not None
    assert following.name == "mureka"


def test_a_ready_one_gets_a_new_version_and_the_old_one_stays(recorded_queue: list[Enqueued]) -> None:
    form_id = in_database(ready_form)
    task = in_database(lambda: Variation.get(Variation.form == form_id, Variation.variation == 1).id)
    with pytest.raises(ActionRefusedError, match="record one more version instead"):
        do("retry", form_id, about=task)
    do("replace", form_id, about=task)
    do("replace", form_id, about=task)  # being made already
    rows = in_database(lambda: list(Variation.select().where(Variation.form == form_id, Variation.variation == 1)))
    assert sorted((row.take, row.status, row.shown) for row in rows) == [(1, "ready", False), (2, "queued", True)]
    form = in_database(ComposeForm.find, form_id)
    assert (form.status, form.selected_variations) == ("variations_generating", {}), "a choice points at no other recording"


WORDS = "[Verse 1]\nJohn, with an H, this is your song\n[Chorus]\nSing it all the evening long"


def test_staff_change_the_lyrics_as_often_as_it_takes_and_what_was_there_is_kept(
    shop: Shop, override_settings: Override
) -> None:
    override_settings(max_revisions=1)  # a customer could not any more
    form_id = in_database(ready_form)
    assert do("edit_lyrics", form_id, "support", about="0", title="For John", lyrics=WORDS).startswith("Song 1 has new lyrics")
    rows = in_database(lambda: list(Variation.select().where(Variation.form == form_id)))
    assert (
        sorted((row.revision, row.status, row.shown) for row in rows) == [(1, "ready", False)] * 3 + [(2, "queued", True)] * 3
    )
    assert {row.asked_lyrics for row in rows if row.revision == 2} == {WORDS}
    form = shop.form(form_id)
    assert (form.generated_titles, form.status, form.selected_variations) == (["For John"], "variations_generating", {})
    with pytest.raises(ActionRefusedError, match="already has these lyrics"):
        do("edit_lyrics", form_id, about="0", title="For John", lyrics=WORDS)
    with pytest.raises(ActionRefusedError, match="still being made"):
        do("edit_lyrics", form_id, about="0", title="For Johnny", lyrics=WORDS)
    order = in_database(read_order, form_id)
    assert order is not None
    line = next(line for line in order.timeline if line.kind == "staff" and "new lyrics" in line.what)
    assert (line.who, line.why) == ("sam@staff.example", "the customer called")
    assert any((line.who, line.why) == ("staff", "new_words") for line in order.timeline if line.kind == "form")


@pytest.mark.parametrize(
    ("about", "title", "lyrics", "sentence"),
    [
        ("7", "A title", WORDS, "There is no song 7"),
        ("", "A title", WORDS, "There is no song -1"),
        ("-1", "A title", WORDS, "There is no song -1"),
        ("0", "", WORDS, "A title has 1 to 80"),
        ("0", "A title", "la", "these have 2"),
    ],
)
def test_lyrics_that_cannot_be_sung_are_refused_with_the_reason(
    shop: Shop, about: str, title: str, lyrics: str, sentence: str
) -> None:
    form_id = in_database(ready_form)
    with pytest.raises(ActionRefusedError, match=sentence):
        do("edit_lyrics", form_id, about=about, title=title, lyrics=lyrics)
    assert (shop.form(form_id).status, shop.form(form_id).selected_variations) == ("variations_ready", {"0": 1})


def test_what_is_being_paid_for_or_bought_keeps_its_lyrics(shop: Shop) -> None:
    form_id = in_database(ready_form)
    session = shop.checkout(form_id)
    with pytest.raises(ActionRefusedError, match="payment page is open"):
        do("edit_lyrics", form_id, about="0", title="For John", lyrics=WORDS)
    shop.press(session)
    shop.await_events()
    with pytest.raises(ActionRefusedError, match="stay as bought"):
        do("edit_lyrics", form_id, about="0", title="For John", lyrics=WORDS)
    assert (shop.form(form_id).generated_titles, shop.broken()) == (["A song"], {})


def test_a_variation_that_is_gone_is_said_to_be_gone(recorded_queue: list[Enqueued]) -> None:
    for about in ("", "task_none", "x" * 300):
        with pytest.raises(ActionRefusedError):
            do("retry", a_form(), about=about)
