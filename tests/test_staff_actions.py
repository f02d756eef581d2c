"""What staff do about mail, links, money and time, and what the diagnosis says before and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.mail import MailError
from jobs import registry
from jobs.payments.extras import kept_extras
from jobs.staff.actions import ActionRefusedError
from jobs.staff.order_report import read_order
from models import ComposeForm, ShareToken, User, in_database
from tests.support.acting import change, do, say
from tests.support.overrides import Override
from tests.support.shop import Shop, database_of_its_own, opened_shop, ready_form


@pytest.fixture(scope="module", autouse=True)
def own_database(migrated: None) -> Iterator[None]:
    with database_of_its_own("acting"):
        yield


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with opened_shop(tmp_path, monkeypatch.setattr) as shop:
        yield shop


def test_staff_give_the_other_versions_and_take_them_back_with_a_reason_each(shop: Shop) -> None:
    """The record says who and why; what is given is in the report, and is not offered to be given again."""
    form_id, _ = shop.sell()
    order = in_database(read_order, form_id)
    assert order is not None
    assert order.to_give == [("0:versions", "song 1: versions")]
    assert do("give_more", form_id, "support", about="0:versions").startswith("Given")
    with pytest.raises(ActionRefusedError, match="You keep this already"):
        do("give_more", form_id, about="0:versions")
    with pytest.raises(ActionRefusedError, match="choose a song"):
        do("give_more", form_id, about="0:stems")
    order = in_database(read_order, form_id)
    assert order is not None
    (row,) = order.extras
    assert (row.status, row.amount, order.to_give) == ("fulfilled", 0, [])
    assert [line.why for line in order.timeline if line.kind == "staff"] == ["the customer called"] * 3
    assert do("refund_more", form_id, about=row.id) == "Taken back; there was nothing to refund."
    assert in_database(kept_extras, form_id) == []


# ---------------------------------------------------------------- mail, links, release


def test_a_failed_mail_is_tried_anew_and_not_written_twice(shop: Shop) -> None:
    form_id = in_database(ready_form)
    shop.post.failure = MailError("550 unknown", permanent=True)
    shop.press(shop.checkout(form_id))
    shop.await_events()
    assert shop.mails(form_id) == [("delivery", "failed")]
    worst = say(form_id)[0]
    assert (worst.action, "could not be delivered" in worst.sentence) == ("readdress", True)
    do("readdress", form_id, "support", address="new@example.com")
    shop.drain()
    assert shop.mails(form_id) == [("delivery", "sent")]
    assert shop.post.messages[-1].to_address == "new@example.com"
    assert shop.form(form_id).attention is None
    assert [one.mood for one in say(form_id)] == ["good"]


def test_a_delivered_link_is_sent_once_more(shop: Shop) -> None:
    form_id, _ = shop.sell()
    do("resend", form_id, "support")
    shop.drain()
    assert shop.mails(form_id) == [("delivery", "sent")] * 2


def test_nothing_is_sent_to_who_has_not_paid(shop: Shop) -> None:
    form_id = in_database(ready_form)
    with pytest.raises(ActionRefusedError, match="only paid orders"):
        do("resend", form_id)
    do("readdress", form_id, address="right@example.com")
    assert shop.drain() == []
    assert shop.form(form_id).guest_email == "right@example.com"


def test_a_new_link_works_and_the_old_one_does_not(shop: Shop) -> None:
    form_id, _ = shop.sell()
    old = in_database(lambda: ShareToken.get(ShareToken.form == form_id).token)
    do("rotate", form_id, about="0")
    rows = in_database(lambda: {row.token: row.revoked_at for row in ShareToken.select().where(ShareToken.form == form_id)})
    assert (rows.pop(old) is not None, list(rows.values())) == (True, [None])
    assert shop.broken() == {}
    for about in ("7", "", "-1", "x"):
        with pytest.raises(ActionRefusedError):
            do("rotate", form_id, about=about)


def test_where_a_person_must_release_nothing_leaves_before(shop: Shop, override_settings: Override) -> None:
    from jobs.views.form_view import read_form

    override_settings(release_by_hand=True)
    form_id = in_database(ready_form)
    shop.press(shop.checkout(form_id))
    shop.await_events()
    form = in_database(read_form, form_id)
    assert form is not None
    assert (form.status, form.attention, form.share_urls) == ("payment_completed", "to_release", {})
    assert {one.audio_url for one in form.songs[0].variations} == {None}
    (receipt,) = shop.post.messages
    assert "/s/" not in receipt.text, "no song leaves with it"
    assert (say(form_id)[0].action, shop.broken()) == ("release", {})
    do("release", form_id, "support")
    shop.drain()
    assert (shop.form(form_id).status, len(shop.post.messages)) == ("delivered", 2)
    assert [one.mood for one in say(form_id)] == ["good"]


# ---------------------------------------------------------------- money


def test_part_and_rest_are_given_back_and_a_press_too_much_is_refused(shop: Shop) -> None:
    form_id, _ = shop.sell()
    assert do("refund", form_id, amount=300) == "Refund of $3.00 sent."
    assert do("refund", form_id) == "Refund of $6.99 sent."
    with pytest.raises(ActionRefusedError, match=r"0\.00 is left"):
        do("refund", form_id)
    assert (shop.form(form_id).status, shop.links(form_id), shop.broken()) == ("refunded", 0, {})


def test_a_second_payment_that_did_not_go_back_by_itself_is_found_and_given_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = in_database(ready_form)
    first = shop.checkout(form_id)
    shop.press(shop.checkout(form_id, selectedVariations={"0": 2}))
    shop.press(first, "late")
    monkeypatch.setitem(registry._functions, "pay_refund", lambda checkout_id: None)  # the automatic one never came to it
    shop.await_events()
    worst = say(form_id)[0]
    assert (worst.mood, worst.action) == ("bad", "refund_payment")
    assert "Duplicate payment" in worst.sentence
    assert do("refund_payment", form_id, "support", about=worst.about) == "Refund of $9.99 sent."
    assert do("refund_payment", form_id, "support", about=worst.about) == "Already refunded."
    shop.await_events()
    assert [one.mood for one in say(form_id)] == ["good"]
    assert (shop.form(form_id).status, len(shop.stripe("refunds")["data"]), shop.broken()) == ("delivered", 1, {})
    bought = next(row.id for row in shop.sessions(form_id) if row.fulfilled_at)
    with pytest.raises(ActionRefusedError, match="use Refund"):
        do("refund_payment", form_id, about=bought)


def test_credits_are_for_the_account_of_the_address(shop: Shop) -> None:
    form_id = a_form_here(guest_email="lucky@example.com")
    assert do("grant", form_id, number=2) == "2 granted; the account has 2 now."
    for number in (0, -1, 11, None):
        with pytest.raises(ActionRefusedError):
            do("grant", form_id, number=number)
    assert in_database(lambda: User.get(User.email == "lucky@example.com").credits) == 2


# ---------------------------------------------------------------- time


def a_form_here(**columns: Any) -> str:
    form_id = in_database(ready_form)
    if columns:
        change(ComposeForm.update(**columns).where(ComposeForm.id == form_id))
    return form_id


def test_staff_may_keep_an_order_longer_and_end_it_for_good(shop: Shop) -> None:
    form_id = a_form_here()
    before = shop.form(form_id).expires_at
    assert do("extend", form_id).startswith("Expires on")
    assert shop.form(form_id).expires_at == before + timedelta(days=7)
    assert do("expire", form_id) == "Expired; all data is deleted."
    form = shop.form(form_id)
    assert (form.status, form.form_data["songs"], form.guest_email) == ("expired", [{}], None)
    with pytest.raises(ActionRefusedError):
        do("extend", form_id)
    paid, _ = shop.sell()
    with pytest.raises(ActionRefusedError, match="it is paid"):
        do("expire", paid)


def test_every_fine_order_is_said_to_be_fine(shop: Shop) -> None:
    for status in ("created", "prompts_generated", "variations_ready", "expired", "refunded"):
        verdicts = say(a_form_here(status=status, submitted_at=None))
        assert [one.mood for one in verdicts] == ["good"], status
        assert verdicts[0].action == ""
