"""What is kept beside an order: bought exactly once, given back with it, refused by name; every invariant holds after each."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import media
from integrations.music.studio.provider import Studio
from integrations.music.studio.spool import Spool
from integrations.storage import storage
from jobs import clock
from jobs.monitoring.invariants import findings
from jobs.payments.checkout import ConsentMissingError
from jobs.payments.extra_checkout import open_extra
from jobs.payments.extra_fulfilment import give_extra
from jobs.payments.extras import kept_extras
from jobs.payments.instrumental import make_instrumental
from jobs.payments.reconciliation import compare_with_stripe
from jobs.payments.refunds import refund_extra, refund_form
from jobs.privacy.personal_data import forget_person
from jobs.staff.order_report import read_order
from jobs.views.extras_view import read_extras
from jobs.views.form_view import read_form
from models import ComposeForm, ExtraPurchase, Variation, WrongMomentError, database, in_database, now
from tests.support.fakes import tones
from tests.support.overrides import Override
from tests.support.payments import alerts, charge_of
from tests.support.shop import Shop

ENDED = {"title": "A song", "style": "pop", "seconds": 12.0, "loudness": -16.0, "lines": [], "sections": []}


@pytest.fixture(autouse=True)
def offered(override_settings: Override) -> None:
    override_settings(extra_prices={"versions": 499, "instrumental": 299})


def press_keep(form_id: str, song: int = 0, what: str = "versions") -> str:
    """The Stripe session that the button leads to."""
    return open_extra(form_id, song, what, consent=True).session_id


def bought(shop: Shop) -> tuple[str, str]:
    """A delivered order whose other two versions were bought; and the session that bought them."""
    form_id, _ = shop.sell()
    session_id = press_keep(form_id)
    shop.press(session_id)
    shop.await_events()
    return form_id, session_id


def extras(form_id: str) -> list[ExtraPurchase]:
    query = ExtraPurchase.select().where(ExtraPurchase.form == form_id).order_by(ExtraPurchase.created_at)
    return in_database(lambda: list(query))


def statuses(form_id: str) -> list[str]:
    return [row.status for row in extras(form_id)]


def kept(form_id: str) -> list[tuple[int, str]]:
    return [(row.song_index, row.what) for row in in_database(kept_extras, form_id)]


def refused(form_id: str, what: str = "versions") -> str:
    with pytest.raises(WrongMomentError) as error:
        open_extra(form_id, 0, what, consent=True)
    return error.value.code


def given_back(shop: Shop) -> list[int]:
    return sorted(one["amount"] for one in shop.stripe("refunds")["data"])


def test_the_other_two_versions_are_kept_once_however_often_stripe_says_so(shop: Shop) -> None:
    shop.switch(copies=3)
    form_id, session_id = bought(shop)
    (row,) = extras(form_id)
    assert (row.status, row.amount_paid, row.what, len(row.task_ids)) == ("fulfilled", 499, "versions", 2)
    assert row.consent_version, "the same consent as at the first purchase"
    assert kept(form_id) == [(0, "versions")]
    assert shop.mails(form_id) == [("delivery", "sent"), ("extra_receipt", "sent")]
    receipt = shop.post.messages[-1]
    assert ("The other two versions are yours" in receipt.subject, "$4.99" in receipt.text) == (True, True)
    metadata = shop.stripe(f"checkout/sessions/{session_id}")["metadata"]
    assert (metadata["formId"], metadata["packageId"], metadata["checkoutId"]) == (form_id, "extra-versions", row.id)
    assert refused(form_id) == "kept_already"
    assert len(shop.sessions(form_id)) == 1, "the order's own payment is untouched"


@pytest.mark.parametrize("healed_by", ["the sweep", "the nightly report"])
def test_a_payment_whose_events_were_all_lost_is_found(shop: Shop, healed_by: str) -> None:
    form_id, _ = shop.sell()
    shop.switch(drop=True)
    shop.press(press_keep(form_id))
    assert statuses(form_id) == ["open"]
    if healed_by == "the sweep":
        shop.change(ExtraPurchase.update(created_at=now() - timedelta(minutes=6), looked_at=None))
        in_database(clock.sweep)
    else:
        assert [(one.kind, one.healed) for one in compare_with_stripe(7)] == [("paid_there_not_here", True)]
    shop.drain()
    assert kept(form_id) == [(0, "versions")]
    assert list(compare_with_stripe(7)) == []


def test_an_event_that_overtakes_our_own_commit_finds_its_purchase(shop: Shop) -> None:
    form_id, _ = shop.sell()
    session_id = press_keep(form_id)
    shop.change(ExtraPurchase.update(stripe_session_id=None, url=None).where(ExtraPurchase.form == form_id))
    shop.press(session_id)
    shop.await_events()
    assert kept(form_id) == [(0, "versions")]


def test_two_tabs_at_once_open_one_session(shop: Shop) -> None:
    form_id, _ = shop.sell(3)
    together = threading.Barrier(6)

    def press(number: int) -> str:
        together.wait()
        return press_keep(form_id, number % 2)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(press, range(6)))
    assert len(set(found)) == 2, "one for each song"
    assert statuses(form_id) == ["open", "open"]
    for session_id in set(found):
        shop.press(session_id)
    shop.await_events()
    assert kept(form_id) == [(0, "versions"), (1, "versions")]


def test_two_payments_that_are_handled_at_the_same_moment_keep_one(shop: Shop, override_settings: Override) -> None:
    from jobs.payments.fulfilment import look_at_session

    form_id, _ = shop.sell()
    shop.switch(drop=True)
    old = press_keep(form_id)
    override_settings(extra_prices={"versions": 599})
    new = press_keep(form_id)
    shop.press(new)
    shop.press(old, "late")
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(look_at_session, [old, new, old, new]))
    shop.drain()
    assert sorted(set(outcomes)) == ["fulfilled", "to_refund"]
    assert sorted(statuses(form_id)) == ["fulfilled", "refunded"]
    (back,) = (row for row in extras(form_id) if row.status == "refunded")
    assert (given_back(shop), kept(form_id), alerts()) == ([back.amount], [(0, "versions")], ["paid_duplicate"])
    told = next(one.text for one in shop.post.messages if "refund" in one.subject)
    assert ("You had bought this already" in told, "links to the songs" in told) == (True, False)


def test_a_page_that_was_open_when_the_order_was_refunded_buys_nothing(shop: Shop) -> None:
    form_id, _ = shop.sell()
    session_id = press_keep(form_id)
    refund_form(form_id, None)
    assert refused(form_id) == "order_given_back"
    with pytest.raises(WrongMomentError, match="order_given_back"):
        in_database(give_extra, form_id, 0, "versions")
    shop.press(session_id)
    shop.await_events()
    assert (statuses(form_id), given_back(shop)) == (["refunded"], [499, 999])
    assert alerts() == ["paid_late"]


def test_a_page_that_is_open_when_the_order_is_refunded_is_closed_by_the_sweep(shop: Shop) -> None:
    form_id, _ = shop.sell()
    session_id = press_keep(form_id)
    refund_form(form_id, None)
    in_database(clock.sweep)
    shop.drain()
    assert shop.stripe(f"checkout/sessions/{session_id}")["status"] == "expired"
    shop.await_events()
    assert statuses(form_id) == ["expired"]


def test_while_the_order_is_disputed_it_is_refused_by_name(shop: Shop) -> None:
    form_id, session_id = shop.sell()
    open_page = press_keep(form_id)
    shop.dashboard("dispute", charge_of(shop, session_id))
    shop.await_events()
    assert refused(form_id) == "order_disputed"
    shop.press(open_page)
    shop.await_events()
    assert (statuses(form_id), given_back(shop)) == (["refunded"], [499])
    dispute = next(one for one in shop.stripe("events")["data"] if "dispute" in one["type"])["data"]["object"]["id"]
    shop.dashboard("won", dispute)
    shop.await_events()
    shop.press(press_keep(form_id))
    shop.await_events()
    assert kept(form_id) == [(0, "versions")]


@pytest.mark.parametrize("by", ["staff", "a lost dispute"])
def test_what_was_kept_goes_back_with_its_order(shop: Shop, by: str) -> None:
    form_id, session_id = shop.sell(3)
    shop.press(press_keep(form_id))
    shop.await_events()
    in_database(give_extra, form_id, 1, "versions")
    if by == "staff":
        refund_form(form_id, None)
    else:
        shop.dashboard("dispute", charge_of(shop, session_id))
        shop.await_events()
        dispute = next(one for one in shop.stripe("events")["data"] if "dispute" in one["type"])["data"]["object"]["id"]
        shop.dashboard("lost", dispute)
    shop.await_events()
    assert shop.form(form_id).status == "refunded"
    assert (sorted(statuses(form_id)), kept(form_id)) == (["refunded", "refunded"], [])
    assert 499 in given_back(shop)
    assert any("so is what you had kept beside it" in one.text for one in shop.post.messages)


def test_a_refund_of_the_extra_withdraws_it_and_leaves_the_order(shop: Shop) -> None:
    form_id, session_id = bought(shop)
    (row,) = extras(form_id)
    shop.dashboard("part", charge_of(shop, session_id))
    shop.await_events()
    assert (statuses(form_id), kept(form_id)) == (["partially_refunded"], [(0, "versions")])
    assert refund_extra(form_id, row.id) == 199
    shop.await_events()
    assert (statuses(form_id), kept(form_id)) == (["refunded"], [])
    assert (shop.form(form_id).status, shop.links(form_id), given_back(shop)) == ("delivered", 1, [199, 300])
    assert ["It is not on your page any more" in one.text for one in shop.post.messages[-2:]] == [False, True]
    with pytest.raises(WrongMomentError):
        refund_extra(form_id, row.id)
    shop.press(press_keep(form_id))
    shop.await_events()
    assert (sorted(statuses(form_id)), kept(form_id)) == (["fulfilled", "refunded"], [(0, "versions")])


def test_no_link_of_before_plays_what_was_given_back(shop: Shop) -> None:
    form_id, _ = bought(shop)
    app = FastAPI()
    app.include_router(media.router)
    web = TestClient(app)
    order, form = in_database(read_order, form_id), in_database(read_form, form_id)
    assert order is not None
    assert form is not None
    for one in order.recordings:
        storage().put(one.row.master_key, b"a whole song")
    (chosen,) = [song.chosen.audio_url for song in form.songs if song.chosen]
    kept_url = in_database(read_extras, form_id).kept[0].cells[0].audio_url
    staff = [one.url for one in order.recordings]

    def answers() -> list[int]:
        return [web.get(str(url)).status_code for url in (chosen, kept_url, *staff)]

    assert answers() == [200, 200, 200, 200, 200]
    refund_extra(form_id, extras(form_id)[0].id)
    shop.await_events()
    assert answers() == [200, 404, 200, 200, 200]
    assert web.get(str(kept_url).replace("/master/", "/staff/")).status_code == 403, "a signature is for one address"
    refund_form(form_id, None)
    shop.await_events()
    assert answers() == [404, 404, 200, 200, 200]


def test_a_refund_that_fails_gives_it_back_unless_it_was_bought_again(shop: Shop) -> None:
    form_id, session_id = bought(shop)
    shop.switch(slow_refunds=True)
    shop.dashboard("refund", charge_of(shop, session_id))
    shop.await_events()
    assert kept(form_id) == []
    shop.press(press_keep(form_id))
    shop.await_events()
    shop.dashboard("bounced", shop.stripe("refunds")["data"][0]["id"])
    shop.await_events()
    first, second = extras(form_id)
    assert (first.status, first.fulfilled_at, second.status) == ("paid", None, "fulfilled"), "exactly one is kept"
    assert shop.broken() == {"I3": (first.id,)}, "and staff are told of the money that is owed"
    shop.switch(slow_refunds=False)
    refund_extra(form_id, first.id)
    assert sorted(statuses(form_id)) == ["fulfilled", "refunded"]


@pytest.mark.parametrize(("end", "standing"), [("won", "fulfilled"), ("lost", "refunded")])
def test_a_dispute_of_the_extra_is_followed_and_touches_no_order(shop: Shop, end: str, standing: str) -> None:
    form_id, session_id = bought(shop)
    shop.dashboard("dispute", charge_of(shop, session_id))
    shop.await_events()
    assert (statuses(form_id), shop.form(form_id).status) == (["disputed"], "delivered")
    dispute = next(one for one in shop.stripe("events")["data"] if "dispute" in one["type"])["data"]["object"]["id"]
    shop.dashboard(end, dispute)
    shop.await_events()
    assert (statuses(form_id), shop.form(form_id).status) == ([standing], "delivered")
    assert bool(kept(form_id)) == (end == "won")


def test_staff_give_it_once_and_take_it_back(shop: Shop) -> None:
    form_id, _ = shop.sell()
    in_database(give_extra, form_id, 0, "versions")
    (row,) = extras(form_id)
    assert (row.status, row.amount, row.amount_paid, kept(form_id)) == ("fulfilled", 0, 0, [(0, "versions")])
    with pytest.raises(WrongMomentError, match="kept_already"):
        in_database(give_extra, form_id, 0, "versions")
    assert refused(form_id) == "kept_already"
    assert refund_extra(form_id, row.id) == 0
    assert (statuses(form_id), kept(form_id), given_back(shop)) == (["refunded"], [], [])


def test_a_slow_payment_is_waited_for_and_no_second_page_is_opened(shop: Shop) -> None:
    form_id, _ = shop.sell()
    session_id = press_keep(form_id)
    shop.press(session_id, "delayed")
    shop.await_events()
    assert (statuses(form_id), refused(form_id)) == (["payment_pending"], "extra_on_its_way")
    shop.press(session_id, "bounced")
    shop.await_events()
    assert statuses(form_id) == ["payment_failed"]
    assert press_keep(form_id) != session_id


def test_what_cannot_be_kept_is_refused_by_name(shop: Shop, override_settings: Override) -> None:
    form_id, _ = shop.sell()
    with pytest.raises(ConsentMissingError):
        open_extra(form_id, 0, "versions", consent=False)
    assert refused(form_id, "instrumental") == "extra_not_there", "the studio did not make this song"
    row = shop.form(form_id).__data__
    changes: list[tuple[dict[str, Any], str]] = [
        ({"paid_at": now() - timedelta(days=91)}, "extra_not_offered"),
        ({"demo": True}, "no_extras_in_a_demo"),
        ({"status": "payment_initiated"}, "order_not_delivered"),
        ({"purged_at": now()}, "order_given_back"),
    ]
    for change, code in changes:
        shop.change(ComposeForm.update(**change).where(ComposeForm.id == form_id))
        assert refused(form_id) == code
        shop.change(ComposeForm.update(**{name: row[name] for name in change}).where(ComposeForm.id == form_id))
    override_settings(extra_prices={})
    assert refused(form_id) == "extra_not_offered"
    assert extras(form_id) == []


def test_over_http_it_is_read_sold_and_refused_by_name(shop: Shop, override_settings: Override) -> None:
    """docs/reliability.md row 173, for shops with a front end of their own."""
    form_id, _ = shop.sell()

    def told() -> dict[str, Any]:
        answer = shop.api("GET", "/api/compose/extras", params={"formId": form_id})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found.pop("success") is True
        return dict(found)

    def ask(**body: Any) -> tuple[int, str]:
        answer = shop.api("POST", "/api/stripe/extras", json={"formId": form_id, "songIndex": 0, "what": "versions", **body})
        found = answer.json()
        return answer.status_code, found["sessionId"] if found["success"] else found["error"]["code"]

    (offer,) = told()["offers"]
    assert (offer["what"], offer["amount"], offer["currency"], offer["pending"]) == ("versions", 499, "usd", False)
    assert ask() == (422, "consent_missing")
    assert ask(songIndex=3, consent=True) == (404, "not_found")
    assert ask(what="stems", consent=True) == (422, "invalid_request")
    assert ask(what="instrumental", consent=True) == (409, "extra_not_there")
    status, session_id = ask(consent=True)
    assert (status, ask(consent=True)) == (200, (200, session_id)), "the same open session"
    shop.press(session_id)
    shop.await_events()
    (kept_one,) = told()["kept"]
    assert (kept_one["what"], [one["variation"] for one in kept_one["recordings"]]) == ("versions", [2, 3])
    assert all(one["audioUrl"].startswith("/media/master/") for one in kept_one["recordings"])
    assert (told()["offers"], ask(consent=True)) == ([], (409, "kept_already"))
    refund_form(form_id, None)
    shop.await_events()
    assert (told(), ask(consent=True)) == ({"offers": [], "kept": []}, (409, "order_given_back"))
    other, _ = shop.sell()
    override_settings(extra_prices={})
    form_id = other
    assert (told()["offers"], ask(consent=True)) == ([], (409, "extra_not_offered"))
    assert shop.api("GET", "/api/compose/extras", params={"formId": "form_nobody"}).status_code == 404


BROKEN = {
    "UPDATE extra_purchases SET amount_refunded = 5": "I2",
    "UPDATE extra_purchases SET fulfilled_at = NULL": "I3",
    "UPDATE extra_purchases SET status = 'paid'": "I11",
    "UPDATE extra_purchases SET consent_at = NULL, consent_version = NULL": "kept",
    "UPDATE compose_forms SET status = 'refunded'": "kept",
    "UPDATE variations SET song_index = 1 WHERE variation = 3": "kept",
    "UPDATE extra_purchases SET refund_due = 'late', updated_at = localtimestamp - interval '1 hour'": "kept",
}


def test_the_doctor_sees_what_is_kept_and_should_not_be(shop: Shop) -> None:
    bought(shop)
    seen = {}
    with database.connection_context():
        for sql in BROKEN:
            with database.atomic() as attempt:
                database.execute_sql(sql)
                seen[sql] = {one.name for one in findings() if one.count}
                attempt.rollback()
    assert {sql: name for sql, name in BROKEN.items() if name not in seen[sql]} == {}


@pytest.fixture
def studio(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio in a folder of its own, whose engine is the test."""
    fresh = Studio(Spool(tmp_path / "spool"))
    monkeypatch.setattr("jobs.payments.instrumental.provider", lambda name: fresh)
    return fresh


def without_singer(shop: Shop) -> str:
    """A delivered order of a song that the studio sang, whose instrumental is bought."""
    form_id, _ = shop.sell()
    styles = {"variation_styles": [["pop", "soul", "jazz"]], "generated_prompts": ["a song"]}
    shop.change(ComposeForm.update(**styles).where(ComposeForm.id == form_id))
    shop.change(Variation.update(provider="studio").where(Variation.form == form_id))
    shop.press(press_keep(form_id, what="instrumental"))
    shop.await_events()
    assert kept(form_id) == [(0, "instrumental")]
    return form_id


def work_on(form_id: str) -> None:
    """What the sweep asks for every few seconds."""
    make_instrumental(extras(form_id)[0].id)


def test_the_song_without_its_singer_is_made_once_it_is_paid(shop: Shop, studio: Studio) -> None:
    form_id = without_singer(shop)
    work_on(form_id)
    (task_id,) = studio.spool.waiting()
    request = studio.spool.request(task_id)
    assert request is not None
    assert (request.instrumental, request.lyrics, request.style) == (True, "La la", "pop"), (
        "the chosen version, and nobody sings"
    )
    work_on(form_id)
    assert studio.spool.waiting() == [task_id], "asked for once"
    (view,) = in_database(read_extras, form_id).kept
    assert view.cells == (), "it is being made"
    studio.spool.finish(task_id, {**ENDED, "state": "succeeded"}, tones.song(12.0))
    work_on(form_id)
    (row,) = extras(form_id)
    (cell,) = in_database(read_extras, form_id).kept[0].cells
    assert row.key.startswith(f"{row.id}/")
    assert row.duration_ms > 10_000
    assert shop.api("GET", f"/media/extra/{row.id}.mp3").status_code == 404, "the API's own application has no media"
    assert str(cell.audio_url).startswith(f"/media/extra/{row.id}.mp3?")
    assert in_database(forget_person, "dad@example.com") == (1, 0)
    assert storage().size(row.key) is None, "forgotten with the order"
    assert extras(form_id)[0].amount_paid == 299, "and what was paid stays"


def test_what_cannot_be_made_gives_the_money_back(shop: Shop, studio: Studio) -> None:
    form_id = without_singer(shop)
    for _ in range(3):
        work_on(form_id)
        for task_id in studio.spool.waiting():
            studio.spool.finish(task_id, {"state": "failed", "reason": "provider_bug", "detail": "it broke"})
        work_on(form_id)
    in_database(clock.sweep)
    shop.await_events()
    assert (statuses(form_id), kept(form_id), given_back(shop)) == (["refunded"], [], [299])
    assert alerts() == ["extra_undelivered"]
    assert any("We could not make your song without its singer" in one.text for one in shop.post.messages)
