"""One more version of a song, each asked for with its own lyrics and voice."""

from __future__ import annotations

import pytest

from jobs.generation.dispatching import LINE, _together, _Waiting
from jobs.generation.failures import give_up
from jobs.generation.revisions import one_more
from jobs.generation.submitting import request_for
from jobs.generation.variations import retry
from models import ComposeForm, Variation, WrongMomentError, database, in_database, move
from tests.support.revisions import NEW, choose_now, make, revise, rows, seen
from tests.support.shop import Shop, ready_form
from tests.support.stack import example_form_data


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
