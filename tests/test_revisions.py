"""New lyrics for a song: three new versions, the old ones kept, a way back, one more version, expiry."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.storage import storage
from jobs.forms.form_data import InvalidFormError
from jobs.generation.dispatching import LINE, _together, _Waiting
from jobs.generation.failures import give_up
from jobs.generation.line_repair import change_line
from jobs.generation.revisions import change_lyrics, longest_lyrics, one_more
from jobs.generation.submitting import request_for
from jobs.generation.variations import choose_variation, retry
from jobs.monitoring.invariants import findings, torn_timelines
from jobs.monitoring.timeline_check import contradictions
from jobs.privacy.expiry import expire
from jobs.privacy.retention import purge
from jobs.rate_limits import TooManyError
from jobs.views.version_tree import revisions_of, version_tree
from models import ComposeForm, FormEvent, Variation, WrongMomentError, database, in_database, move
from settings import settings
from tests.support.revisions import NEW, choose_now, make, revise, rows, seen
from tests.support.shop import Shop, ready_form
from tests.support.stack import example_form_data

CHORUS_TWICE = f"{NEW}\n\n[Verse 2]\nMia\n\n[Chorus]\nMia, Mia, louder than the rain"
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


def test_one_more_version_takes_the_place_and_only_its_own_choice_is_taken_back(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"], chosen=2)
    old = rows(form_id)
    more = in_database(one_more, form_id, 0, 1)
    assert shop.form(form_id).selected_variations == {"0": 2}
    assert in_database(one_more, form_id, 0, 1).id == more.id, "pressing twice asks once"
    make(form_id)
    again = in_database(one_more, form_id, 0, 2)
    assert shop.form(form_id).selected_variations == {}
    make(form_id)
    form = seen(form_id)
    assert form.variation_task_ids == {"0": [more.id, again.id, old[2].id]}
    assert (form.songs[0].more_left, form.songs[0].revision) == (0, 1)
    with pytest.raises(WrongMomentError):
        in_database(one_more, form_id, 0, 3)
    choose_now(form_id, old[1].id)
    assert seen(form_id).variation_task_ids == {"0": [more.id, old[1].id, old[2].id]}, "only its own place goes back"


def test_one_more_over_http_says_what_it_started(shop: Shop) -> None:
    form_id = ready_form()
    asked = {"formId": form_id, "songIndex": 0, "variation": 3, "oneMore": True}
    answer = shop.api("POST", "/api/generate", json=asked)
    assert answer.status_code == 202
    (task,) = answer.json()["tasks"]
    assert answer.json()["variationTaskIds"]["0"][2] == task["taskId"]
    assert shop.api("POST", "/api/generate", json={**asked, "variation": 1}).status_code == 202
    assert shop.api("POST", "/api/generate", json={**asked, "variation": 2}).status_code == 409


def test_each_version_is_asked_for_with_its_own_lyrics_whatever_is_current(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    new = revise(form_id)
    choose_now(form_id, rows(form_id)[0].id)
    assert {in_database(request_for, row).lyrics for row in rows(form_id, revision=2)} == {NEW}
    assert {in_database(request_for, row).lyrics for row in rows(form_id, revision=1)} == {"La la"}
    assert {in_database(request_for, row).title for row in rows(form_id, revision=2)} == {"Last train"}
    assert new


@pytest.mark.parametrize(
    ("wish", "asked"), [("duet", ("", True)), ("male", ("male", False)), ("no-preference", ("", False)), ("", ("", False))]
)
def test_the_voice_that_was_wished_for_reaches_the_provider(shop: Shop, wish: str, asked: tuple[str, bool]) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    answers = example_form_data()
    answers["songs"][0]["voiceType"] = wish
    in_database(ComposeForm.update(form_data=answers).where(ComposeForm.id == form_id).execute)
    sent = in_database(request_for, rows(form_id)[0])
    assert (sent.voice, sent.duet) == asked


def test_versions_with_other_lyrics_never_share_a_submit(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    revise(form_id)
    choose_now(form_id, rows(form_id)[0].id)
    in_database(one_more, form_id, 0, 3)  # of the first lyrics, while the second are in line
    with database.connection_context():
        line = [_Waiting(*row) for row in database.execute_sql(LINE, (False,)).fetchall()]

        class Provider:
            class capabilities:
                max_n = 4

        together = [len(_together(row, line, Provider, set(), False)) for row in line]  # type: ignore[arg-type]
    assert len(line) == 4
    assert together == [0, 0, 0, 0], "this provider serves nobody here"


def test_a_failed_one_is_tried_again_where_it_is_shown(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    new = revise(form_id)
    make(form_id, 1, 2)
    from integrations.music import Reason

    in_database(lambda: move((Variation, new[2].id), "submitted", by="test"))
    in_database(lambda: give_up(Variation.find(new[2].id), Reason.MODERATION))
    assert shop.form(form_id).status == "variations_ready"
    assert in_database(retry, form_id, 0, 3)
    assert [row.status for row in rows(form_id, revision=1)] == ["ready"] * 3
    make(form_id)
    assert shop.form(form_id).status == "variations_ready"


def test_a_changed_line_is_a_new_revision_of_that_song_that_keeps_its_tune(shop: Shop) -> None:
    styles = {"variation_styles": [["a", "b", "c"]] * 3, "generated_prompts": ["p"] * 3}
    form_id = ready_form(3, chosen=2, generated_lyrics=["La la", CHORUS_TWICE, "La la"], **styles)
    more = in_database(one_more, form_id, 1, 2)
    make(form_id)
    before = seen(form_id)
    made = in_database(change_line, form_id, 1, 4, "Mia, Mia, louder than the rain", "  Mia,  Mia [loud] as the sea ")
    form = seen(form_id)
    assert form.generated_lyrics[1] == CHORUS_TWICE.replace("Mia, Mia, louder than the rain", "Mia, Mia (loud) as the sea")
    assert [form.songs[n] for n in (0, 2)] == [before.songs[n] for n in (0, 2)], "the other songs are not touched"
    assert [one.task_id for one in form.songs[1].variations] == [row.id for row in made]
    assert (form.songs[1].revision, form.songs[1].changes_left, form.selected_variations) == (2, 1, {"0": 2, "2": 2})
    asked = {row.variation: in_database(request_for, row) for row in made}
    assert {one.tune_of for one in asked.values()} == {CHORUS_TWICE}
    assert [asked[n].take for n in (1, 2, 3)] == [1, more.take, 1], "each keeps the tune that was heard in its place"
    make(form_id)
    again = in_database(
        change_line, form_id, 1, 1, "We missed the last train and walked home singing", "We took the last bus and sang"
    )
    assert {row.tune["lyrics"] for row in again} == {CHORUS_TWICE}, "the tune is still that of the first words"
    tree = version_tree(seen(form_id).songs[1])
    assert [(one.number, one.by, len(one.changed)) for one in revisions_of(tree)] == [
        (1, None, 0), (2, "customer", 1), (3, "customer", 1),
    ]  # fmt: skip
    assert in_database(contradictions, form_id) == []


@pytest.mark.parametrize(
    ("at", "before", "text", "error"),
    [
        (1, "We missed the last train and walked home singing", " ", InvalidFormError),
        (1, "We missed the last train and walked home singing", "x" * 161, InvalidFormError),
        (1, "Another tab was here", "New words", WrongMomentError),
        (0, "[Verse]", "[Bridge]", WrongMomentError),
        (99, "", "New words", WrongMomentError),
        (-1, "Mia, Mia, louder than the rain", "New words", WrongMomentError),
    ],
    ids=["empty", "too long", "changed meanwhile", "a section", "no such line", "from behind"],
)
def test_a_line_that_cannot_be_changed_is_named_and_nothing_is_made(
    shop: Shop, at: int, before: str, text: str, error: type[Exception]
) -> None:
    form_id = ready_form(generated_lyrics=[NEW])
    with pytest.raises(error) as refused:
        in_database(change_line, form_id, 0, at, before, text)
    assert getattr(refused.value, "fields", {"line": ""}).keys() == {"line"}
    assert (len(rows(form_id)), shop.form(form_id).selected_variations) == (3, {"0": 1})


def test_a_line_counts_as_a_change_of_the_words_and_nobody_changes_what_is_paid(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"], generated_lyrics=[NEW])
    line = "We missed the last train and walked home singing"
    for number in range(1, settings.max_revisions):
        in_database(change_line, form_id, 0, 1, line, f"Line {number}")
        line = f"Line {number}"
        with pytest.raises(WrongMomentError, match="still_being_made"):
            in_database(change_line, form_id, 0, 1, line, "Another")
        make(form_id)
    with pytest.raises(WrongMomentError, match="no_changes_left"):
        in_database(change_line, form_id, 0, 1, line, "Another")
    first = rows(form_id)[1].id
    choose_now(form_id, first)
    shop.press(shop.checkout(form_id))
    shop.await_events()
    with pytest.raises(WrongMomentError, match="songs_are_settled"):
        in_database(change_line, form_id, 0, 1, "We missed the last train and walked home singing", "Another")
    with pytest.raises(WrongMomentError, match="choice_is_closed"):
        choose_now(form_id, rows(form_id)[4].id)
    assert seen(form_id).selected_task_ids == {"0": first}


def test_words_that_were_softened_have_a_tune_of_their_own(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"], generated_lyrics=[NEW])
    softened = rows(form_id)[0].id
    shop.change(Variation.update(softened=True, lyrics="Something else").where(Variation.id == softened))
    made = in_database(change_line, form_id, 0, 1, "We missed the last train and walked home singing", "New words")
    assert [bool(row.tune) for row in made] == [False, True, True]
    shop.change(Variation.update(softened=True, lyrics="Plain").where(Variation.id == made[1].id))
    assert in_database(request_for, Variation.find(made[1].id)).tune_of == ""


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
