"""What is kept beside an order: bought exactly once, refused by name; every invariant holds after each."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from jobs import clock
from jobs.monitoring.invariants import findings
from jobs.payments.checkout import ConsentMissingError
from jobs.payments.extra_checkout import open_extra
from jobs.payments.reconciliation import differences_with_stripe
from jobs.payments.refunds import refund_form
from models import ComposeForm, ExtraPurchase, database, in_database, now
from tests.support.extras import bought, extras, given_back, kept, press_keep, refused, statuses
from tests.support.overrides import Override
from tests.support.payments import alerts
from tests.support.shop import Shop


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
        assert [(one.kind, one.healed) for one in differences_with_stripe(7)] == [("paid_there_not_here", True)]
    shop.drain()
    assert kept(form_id) == [(0, "versions")]
    assert list(differences_with_stripe(7)) == []


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
