"""A changed line of a song: sung anew to the same tune, or refused by name."""

from __future__ import annotations

import pytest

from jobs.forms.wrong_fields import InvalidFormError
from jobs.generation.line_repair import change_line
from jobs.generation.revisions import one_more
from jobs.generation.submitting import request_for
from jobs.monitoring.timeline_check import contradictions
from jobs.views.version_tree import revisions_of, version_tree
from models import Variation, WrongMomentError, in_database
from settings import settings
from tests.support.revisions import NEW, choose_now, make, rows, seen
from tests.support.shop import Shop, ready_form

CHORUS_TWICE = f"{NEW}\n\n[Verse 2]\nMia\n\n[Chorus]\nMia, Mia, louder than the rain"


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
