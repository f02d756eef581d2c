"""New lyrics for a song: three new versions, the old ones kept, a way back, expiry."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.storage import storage
from jobs.forms.wrong_fields import InvalidFormError
from jobs.generation.revisions import change_lyrics, longest_lyrics, one_more
from jobs.generation.variations import choose_variation
from jobs.monitoring.invariants import findings, torn_timelines
from jobs.monitoring.timeline_check import contradictions
from jobs.privacy.expiry import expire
from jobs.privacy.retention import purge
from jobs.rate_limits import TooManyError
from models import ComposeForm, FormEvent, Variation, WrongMomentError, in_database
from settings import settings
from tests.support.revisions import NEW, choose_now, make, revise, rows, seen
from tests.support.shop import Shop, ready_form

OTHER = "[Verse]\nYou taught the cat to answer to the kettle\n\n[Chorus]\nMia, Mia, everybody knows"


def test_new_lyrics_make_three_new_versions_of_that_song_alone_and_keep_the_old_ones(shop: Shop) -> None:
    form_id = ready_form(3, chosen=2, variation_styles=[["a", "b", "c"]] * 3, generated_prompts=["p"] * 3)
    before = seen(form_id)
    made = revise(form_id, song=1)
    form = seen(form_id)
    assert [len(song.variations) for song in form.songs] == [3, 3, 3]
    assert form.variation_task_ids["1"] == [row.id for row in made]
    assert [one.task_id for one in form.songs[1].earlier] == [one.task_id for one in before.songs[1].variations]
    for song in (0, 2):
        assert form.songs[song] == before.songs[song]
    assert form.selected_variations == {"0": 2, "2": 2}, "the choice of that song is open again, the others stay"
    assert (form.songs[1].revision, form.songs[1].changes_left, form.status) == (2, 1, "variations_generating")
    assert (form.songs[1].title, form.songs[1].lyrics) == ("Last train", NEW)
    assert form.generated_lyrics == ["La la", NEW, "La la"]
    make(form_id)
    form = seen(form_id)
    assert form.status == "variations_ready"
    assert {one.lyrics for one in form.songs[1].variations} == {NEW}
    assert {one.lyrics for one in form.songs[1].earlier} == {"La la"}
    assert set(form.variation_lyrics["1"].values()) == {NEW}


def test_the_same_lyrics_again_cost_nothing(shop: Shop) -> None:
    form_id = ready_form(generated_lyrics=[NEW], generated_titles=["Last train"])
    assert {row.revision for row in revise(form_id, NEW.replace("\n", "\r\n") + "  \n")} == {1}
    first = revise(form_id, OTHER)
    assert [row.id for row in revise(form_id, OTHER)] == [row.id for row in first], "a double click"
    assert len(rows(form_id)) == 6


def test_the_number_of_texts_has_an_end(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    for number in range(1, settings.max_revisions):
        revise(form_id, f"{NEW} {number}")
        with pytest.raises(WrongMomentError):
            revise(form_id, OTHER)  # those are still being made
        make(form_id)
    assert seen(form_id).songs[0].changes_left == 0
    with pytest.raises(WrongMomentError):
        revise(form_id, OTHER)
    assert len(rows(form_id)) == 3 * settings.max_revisions


@pytest.mark.parametrize(
    ("title", "lyrics", "field"),
    [("", NEW, "title"), ("x" * 81, NEW, "title"), ("Mia", "La la", "lyrics"), ("Mia", "la " * longest_lyrics(), "lyrics")],
)
def test_lyrics_that_nobody_can_sing_are_named_and_cost_nothing(shop: Shop, title: str, lyrics: str, field: str) -> None:
    form_id = ready_form()
    with pytest.raises(InvalidFormError) as wrong:
        in_database(change_lyrics, form_id, 0, title, lyrics)
    assert list(wrong.value.fields) == [field]
    body = {"formId": form_id, "songIndex": 0, "title": title, "lyrics": lyrics}
    answer = shop.api("POST", "/api/compose/revisions", json=body)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
    assert len(rows(form_id)) == 3


def test_over_the_limit_nothing_is_made(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = ready_form()

    def refuse(rule: str, *_: Any, **__: Any) -> None:
        if rule == "budget":
            raise TooManyError(rule, 60)

    monkeypatch.setattr("jobs.generation.budget.spend", refuse)
    for ask in (lambda: revise(form_id), lambda: in_database(one_more, form_id, 0, 1)):
        with pytest.raises(TooManyError):
            ask()
    assert (len(rows(form_id, shown=True)), shop.form(form_id).selected_variations) == (3, {"0": 1})
    assert shop.form(form_id).generated_lyrics == ["La la"]


def test_an_earlier_version_comes_back_with_its_lyrics_and_the_newer_ones_are_kept(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    old = rows(form_id)
    new = revise(form_id)
    make(form_id)
    choose_now(form_id, new[2].id)
    assert seen(form_id).selected_task_ids == {"0": new[2].id}
    choose_now(form_id, old[1].id)
    form = seen(form_id)
    assert form.selected_variations == {"0": 2}
    assert form.selected_task_ids == {"0": old[1].id}
    assert form.variation_task_ids == {"0": [row.id for row in old]}
    assert form.generated_lyrics == ["La la"]
    assert {one.task_id for one in form.songs[0].earlier} == {row.id for row in new}
    choose_now(form_id, new[0].id)
    form = seen(form_id)
    assert (form.generated_lyrics, form.selected_task_ids) == ([NEW], {"0": new[0].id})
    assert in_database(contradictions, form_id) == []


def test_whoever_goes_back_while_the_new_ones_are_made_can_pay_at_once_and_they_are_finished_quietly(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    old, new = rows(form_id), revise(form_id)
    choose_now(form_id, old[2].id)
    assert shop.form(form_id).status == "variations_ready"
    shop.press(shop.checkout(form_id))
    shop.await_events()
    make(form_id)
    form = seen(form_id)
    assert form.status == "delivered"
    assert form.variation_task_ids == {"0": [row.id for row in old]}, "a late finish stands in nobody's place"
    assert {row.status for row in rows(form_id, revision=2)} == {"ready"}
    heard = [one for song in form.songs for one in (*song.variations, *song.earlier) if one.audio_url]
    assert [one.task_id for one in heard] == [old[2].id], "of six recordings the one that was paid for is signed, and no other"
    assert new


def test_one_may_choose_what_is_ready_of_the_new_lyrics_while_the_rest_is_made(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    old, new = rows(form_id), revise(form_id)
    make(form_id, 1)
    choose_now(form_id, old[0].id)
    assert shop.form(form_id).status == "variations_ready"
    choose_now(form_id, new[0].id)
    assert shop.form(form_id).status == "variations_generating"
    make(form_id)
    assert shop.form(form_id).status == "variations_ready"


def test_a_number_never_means_an_earlier_version_and_an_id_of_elsewhere_means_nothing(shop: Shop) -> None:
    form_id, other = ready_form(), ready_form()
    old = rows(form_id)
    revise(form_id)
    with pytest.raises(WrongMomentError):
        in_database(choose_variation, form_id, 0, 1)
    change = {"formId": form_id, "selectedTaskIds": {"0": rows(other)[0].id}}
    assert shop.api("PATCH", "/api/compose/forms", json=change).status_code == 404
    three = ready_form(3)
    wrong_song = {"formId": three, "selectedTaskIds": {"1": rows(three, song_index=0)[0].id}}
    assert shop.api("PATCH", "/api/compose/forms", json=wrong_song).status_code == 404
    assert (
        shop.api("PATCH", "/api/compose/forms", json={"formId": form_id, "selectedTaskIds": {"1": old[0].id}}).status_code
        == 422
    )
    back = shop.api("PATCH", "/api/compose/forms", json={"formId": form_id, "selectedTaskIds": {"0": old[0].id}}).json()["form"]
    assert (back["selectedVariations"], back["selectedTaskIds"]) == ({"0": 1}, {"0": old[0].id})


def test_every_version_goes_when_the_form_does(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    revise(form_id)
    make(form_id)
    folders = [row.id for row in rows(form_id)]
    assert len(folders) == 6
    assert in_database(expire, form_id, by="test", why="time_over")
    assert in_database(purge, form_id)
    assert rows(form_id) == []
    assert [name for name, _ in storage().folders() if name in folders] == []
    assert NEW not in str(in_database(lambda: ComposeForm.find(form_id).__data__))


def test_the_doctor_sees_a_choice_that_means_other_lyrics(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])

    def broken() -> set[str]:
        return {one.name for one in in_database(findings) if form_id in one.ids}

    shop.change(ComposeForm.update(selected_variations={"0": 2}).where(ComposeForm.id == form_id))
    assert broken() == set()
    revise(form_id)
    shop.change(ComposeForm.update(selected_variations={"0": 2}).where(ComposeForm.id == form_id))
    assert broken() == {"chosen"}, "it is not ready"
    make(form_id)
    assert broken() == set()
    shop.change(ComposeForm.update(variation_lyrics={"0": {"2": "La la"}}).where(ComposeForm.id == form_id))
    assert broken() == {"chosen"}, "these are not the words it sings"
    make_right = {"variation_lyrics": {"0": {"2": NEW}}}
    shop.change(ComposeForm.update(**make_right, generated_lyrics=["La la"]).where(ComposeForm.id == form_id))
    assert broken() == {"chosen"}, "these are not the words it was asked to sing"
    shop.change(ComposeForm.update(generated_lyrics=[NEW]).where(ComposeForm.id == form_id))
    first = rows(form_id, revision=1)[0].id
    second = rows(form_id, revision=2)[0].id
    shop.change(Variation.update(shown=False).where(Variation.id == second))
    shop.change(Variation.update(shown=True).where(Variation.id == first))
    assert broken() == {"sung"}, "side by side, and of different words"
    shop.change(ComposeForm.delete().where(ComposeForm.id == form_id))


def test_the_doctor_replays_every_timeline_variations_included(shop: Shop) -> None:
    form_id = ready_form()
    assert in_database(torn_timelines).count == 0
    shop.change(FormEvent.delete().where(FormEvent.noun_id == rows(form_id)[0].id))
    assert in_database(torn_timelines).count == 1
