"""New lyrics while it is being paid for: what is paid is what was current, and both never happen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import jobs.generation.revisions
from integrations.music import Clip
from jobs.forms.drafts import find_form
from jobs.generation.collecting import _publish
from jobs.generation.mastering import LevelledAudio
from jobs.generation.revisions import change_lyrics, one_more
from jobs.generation.selection import choose_task
from jobs.generation.variations import choose_variation
from jobs.gifts.gift import missing_songs
from jobs.payments import checkout
from jobs.payments.credits import grant_credits, pay_with_credits
from models import CheckoutSession, ComposeForm, FormEvent, User, WrongMomentError, database, in_database, move
from tests.support.revisions import NEW, choose_now, make, revise, rows, seen
from tests.support.shop import Shop, ready_form


def test_an_open_payment_page_is_closed_before_the_lyrics_change_and_said_so_by_stripe(shop: Shop) -> None:
    form_id = ready_form()
    session = shop.checkout(form_id)
    with pytest.raises(WrongMomentError):
        revise(form_id)
    with pytest.raises(WrongMomentError):
        in_database(one_more, form_id, 0, 2)
    body = {"formId": form_id, "songIndex": 0, "title": "Last train", "lyrics": NEW}
    assert shop.api("POST", "/api/compose/revisions", json=body).status_code == 202
    assert shop.stripe(f"checkout/sessions/{session}")["status"] == "expired"
    assert shop.api("POST", "/api/stripe/checkout", json={"formId": form_id, "consent": True}).status_code == 409


def test_what_is_paid_already_is_found_out_and_the_lyrics_stay(shop: Shop) -> None:
    form_id = ready_form()
    shop.switch(drop=True)
    shop.press(shop.checkout(form_id))
    body = {"formId": form_id, "songIndex": 0, "title": "Last train", "lyrics": NEW}
    assert shop.api("POST", "/api/compose/revisions", json=body).status_code == 409
    assert shop.form(form_id).status in ("payment_completed", "delivered")
    assert shop.api("POST", "/api/compose/revisions", json=body).status_code == 409
    shop.drain()
    assert shop.form(form_id).generated_lyrics == ["La la"]


def test_a_payment_gives_what_it_froze_whatever_is_current_by_then(shop: Shop) -> None:
    """An old payment page that could not be closed in time, e.g. because a bank confirms late."""
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"], chosen=2)
    old = rows(form_id)
    session = shop.checkout(form_id)
    closed = CheckoutSession.update(status="expired").where(CheckoutSession.form == form_id)
    shop.change(closed)  # we believed that it was closed
    shop.change(FormEvent.insert(
        form_id=form_id, noun="checkout_session", noun_id=shop.sessions(form_id)[0].id, from_status="open",
        to_status="expired", moved_by="test",
    ))  # fmt: skip
    checkout.cancel_checkout(form_id)
    new = revise(form_id)
    make(form_id)
    choose_now(form_id, new[0].id)
    shop.press(session)
    shop.await_events()
    form = seen(form_id)
    assert form.status == "delivered"
    assert form.selected_task_ids == {"0": old[1].id}
    assert in_database(missing_songs, shop.form(form_id)) == []


def test_the_same_number_of_other_lyrics_is_another_session(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    old = rows(form_id)
    in_database(change_lyrics, form_id, 0, "Last train", NEW)
    make(form_id)
    choose_now(form_id, old[0].id)
    first = shop.checkout(form_id)
    choose_now(form_id, rows(form_id, revision=2)[0].id)
    second = shop.checkout(form_id)
    assert (first != second, shop.stripe(f"checkout/sessions/{first}")["status"]) == (True, "expired")
    assert shop.sessions(form_id)[1].selected_task_ids == {"0": rows(form_id, revision=2)[0].id}


def test_credits_pay_for_what_is_current_and_chosen(shop: Shop) -> None:
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
    in_database(grant_credits, "dad@example.com", 1)
    user = in_database(lambda: User.get(User.email == "dad@example.com"))
    revise(form_id)
    with pytest.raises(WrongMomentError):
        in_database(pay_with_credits, form_id, user.id)
    make(form_id)
    in_database(choose_variation, form_id, 0, 3)
    in_database(pay_with_credits, form_id, user.id)
    shop.drain()
    assert seen(form_id).selected_task_ids == {"0": rows(form_id, revision=2)[2].id}


@pytest.mark.parametrize(
    "status", ["created", "prompts_generated", "payment_initiated", "payment_completed", "delivered", "refunded"]
)
def test_the_lyrics_stay_while_it_is_paid_for_and_afterwards(shop: Shop, status: str) -> None:
    form_id = ready_form()
    shop.change(ComposeForm.update(amount_paid=999, paid_at="2026-11-01").where(ComposeForm.id == form_id))
    shop.change(ComposeForm.update(**{"status": status}).where(ComposeForm.id == form_id))
    for ask in (lambda: revise(form_id), lambda: in_database(one_more, form_id, 0, 1)):
        with pytest.raises(WrongMomentError):
            ask()
    assert len(rows(form_id)) == 3
    shop.change(ComposeForm.delete().where(ComposeForm.id == form_id))  # it never was a sale


def attempt(work: Callable[[], Any]) -> bool:
    with database.connection_context():
        try:
            work()
        except WrongMomentError:
            return False
    return True


def test_new_lyrics_and_a_payment_that_begin_together_never_both_happen(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real connections, one barrier right before the lock: the session holds the old lyrics, or none is."""
    barrier, late = threading.Barrier(2), {"payment": 0.0, "words": 0.0}

    def found_together(who: str) -> Callable[[str], ComposeForm]:
        def found(form_id: str) -> ComposeForm:
            form = find_form(form_id)
            barrier.wait(20)
            time.sleep(late[who])  # on some machines one of them would always be first
            return form

        return found

    monkeypatch.setattr(checkout, "find_form", found_together("payment"))
    monkeypatch.setattr(jobs.generation.revisions, "find_form", found_together("words"))

    won = set()
    for number in range(40):
        late |= {"payment": 0.02 * (number % 4 == 2), "words": 0.02 * (number % 4 == 3)}
        form_id = ready_form()
        old = rows(form_id)[0].id
        works: list[Callable[[], Any]] = [
            lambda form_id=form_id: checkout.start_checkout(form_id, consent=True),  # type: ignore[misc]
            lambda form_id=form_id: change_lyrics(form_id, 0, "Last train", NEW),  # type: ignore[misc]
        ]
        with ThreadPoolExecutor(2) as threads:
            paid, revised = threads.map(attempt, works)
        assert paid is not revised
        form, sessions = seen(form_id), shop.sessions(form_id)
        if paid:
            assert (form.status, form.songs[0].revision) == ("payment_initiated", 1)
            assert [row.selected_task_ids for row in sessions] == [{"0": old}]
        else:
            assert (form.status, form.songs[0].revision, sessions) == ("variations_generating", 2, [])
            assert form.selected_variations == {}
        won.add(paid)
    assert won == {True, False}, "each was faster at least once"


def test_the_same_over_http_leaves_no_payment_page_open_for_lyrics_that_are_gone(shop: Shop) -> None:
    """There new lyrics close the payment page first; thirty rounds, whoever is faster."""
    for _ in range(30):
        form_id = ready_form()
        old = rows(form_id)[0].id
        barrier = threading.Barrier(2)
        bodies = {
            "/api/stripe/checkout": {"formId": form_id, "selectedVariations": {"0": 1}, "consent": True},
            "/api/compose/revisions": {"formId": form_id, "songIndex": 0, "title": "Last train", "lyrics": NEW},
        }

        def ask(path: str, barrier: threading.Barrier = barrier, bodies: dict[str, Any] = bodies) -> int:
            barrier.wait(20)
            return shop.api("POST", path, json=bodies[path]).status_code

        with ThreadPoolExecutor(2) as threads:
            paying, revising = threads.map(ask, bodies)
        form, sessions = seen(form_id), shop.sessions(form_id)
        at_stripe = {row.stripe_session_id: row for row in sessions if row.stripe_session_id}
        still_open = [row for name, row in at_stripe.items() if shop.stripe(f"checkout/sessions/{name}")["status"] == "open"]
        assert {paying, revising} <= {200, 202, 409}, (paying, revising)
        if revising == 202:
            assert (form.songs[0].revision, form.selected_variations, still_open) == (2, {}, [])
        else:
            assert (paying, form.status, form.songs[0].revision) == (200, "payment_initiated", 1)
            assert [row.selected_task_ids for row in still_open] == [{"0": old}]


def test_eight_tabs_that_ask_for_the_same_new_lyrics_at_once_get_three_versions(shop: Shop) -> None:
    form_id = ready_form()
    barrier = threading.Barrier(8)

    def ask(_: int) -> list[str]:
        with database.connection_context():
            database.execute_sql("SELECT 1")
            barrier.wait(20)
            return [row.id for row in change_lyrics(form_id, 0, "Last train", NEW)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    assert len({tuple(sorted(answer)) for answer in answers}) == 1
    assert len(rows(form_id)) == 6


def test_going_back_and_finishing_at_the_same_moment_never_block_each_other(shop: Shop) -> None:
    """Twenty rounds: three finishes and one choice of an earlier version; all of them happen, and the columns are right."""
    recording = LevelledAudio(b"m" * 64, b"p", 60_000, 45_000, -16.0, [1], [1])
    for _ in range(20):
        form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"])
        old, new = rows(form_id), revise(form_id)
        for row in new:
            in_database(lambda row=row: move(row, "submitted", by="test", title="Last train", lyrics=NEW))
        fresh = rows(form_id, revision=2)
        barrier = threading.Barrier(4)

        def run(work: Callable[[], Any], barrier: threading.Barrier = barrier) -> None:
            with database.connection_context():
                database.execute_sql("SELECT 1")
                barrier.wait(20)
                work()

        works: list[Callable[[], Any]] = [
            lambda row=row: _publish(row, (Clip("", title="Last train"), ()), recording, ("m", "p", "sha")) for row in fresh
        ]
        works.append(lambda form_id=form_id, task=old[1].id: choose_task(form_id, task))
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(run, works))
        form = seen(form_id)
        assert (form.status, form.selected_task_ids) == ("variations_ready", {"0": old[1].id})
        assert {row.status for row in rows(form_id)} == {"ready"}
        assert set(form.variation_lyrics["0"].values()) <= {""}, "of the older words, which these rows do not hold"
        assert not any(row.id in str(form.variation_audio_urls) for row in new)
