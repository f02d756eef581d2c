"""What is kept beside an order goes back with it; and is taken back, disputed or given by staff alone."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import media
from integrations.storage import storage
from jobs import clock
from jobs.payments.extra_fulfilment import give_extra
from jobs.payments.refunds import refund_extra, refund_form
from jobs.staff.order_report import read_order
from jobs.views.extras_view import read_extras
from jobs.views.form_view import read_form
from models import WrongMomentError, in_database
from tests.support.extras import bought, extras, given_back, kept, press_keep, refused, statuses
from tests.support.payments import alerts, charge_of
from tests.support.shop import Shop


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
