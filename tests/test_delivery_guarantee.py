"""Our failure: what cannot be delivered in time is paid back and said, and staff are alerted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.mail import MailError
from integrations.music import MusicError, Reason
from integrations.storage import StorageError
from jobs import clock, outbox
from jobs.generation.failures import fail_attempt
from jobs.mail.sending import send_email
from jobs.payments.delivery_guarantee import undelivered
from models import Alert, ComposeForm, Email, Variation, append_event, database, in_database, now
from tests.support.overrides import Override
from tests.support.payments import alerts
from tests.support.rows import forget_rows
from tests.support.shop import Shop, ready_form


def test_a_song_that_cannot_be_delivered_in_time_is_paid_back_with_a_mail_that_says_so(shop: Shop) -> None:
    """docs/reliability.md row 85: tried again, then shown to staff, then refunded by itself, and the buyer gets an email."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    lose_the_song(form_id)
    shop.press(session_id)
    shop.await_events()
    assert shop.form(form_id).status == "payment_completed"
    assert (shop.mails(form_id), alerts()) == ([("delivery", "queued"), ("receipt", "sent")], ["song_missing"])
    shop.change(ComposeForm.update(paid_at=now() - timedelta(minutes=20)))
    in_database(clock.sweep)
    shop.await_events()
    assert (shop.form(form_id).status, alerts()) == ("payment_completed", ["song_missing", "undelivered"])
    shop.change(ComposeForm.update(paid_at=now() - timedelta(hours=25)))
    for _ in range(2):
        in_database(clock.sweep)
        shop.await_events()
    assert shop.form(form_id).status == "refunded"
    assert alerts()[-1] == "promise_broken"
    assert len(shop.stripe("refunds")["data"]) == 1
    assert "could not keep the promise" in shop.post.messages[-1].text
    shop.change(Email.update(next_try_at=now()).where(Email.kind == "delivery"))
    in_database(clock.sweep)
    shop.await_events()
    told = {"delivery": "failed", "receipt": "sent", "refund": "sent"}
    assert dict(shop.mails(form_id)) == told, "nobody writes 'here is your song' now"


def test_orders_that_stay_stuck_never_hide_a_broken_promise(shop: Shop) -> None:
    """A hundred mails that nobody corrected, and behind them one order whose song is gone."""
    long_ago = now() - timedelta(days=90)
    for _ in range(101):
        ready_form(status="payment_completed", amount_paid=999, paid_at=long_ago)
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    lose_the_song(form_id)
    shop.press(session_id)
    shop.await_events()
    shop.change(ComposeForm.update(paid_at=now() - timedelta(hours=25)).where(ComposeForm.id == form_id))
    for _ in range(200):
        in_database(undelivered)
        if shop.sessions(form_id)[0].refund_due:
            break
    assert shop.sessions(form_id)[0].refund_due == "undelivered"
    in_database(undelivered)  # a pass tells of a hundred; two are left after the first, whichever they are
    with database.connection_context():
        assert Alert.select().where(Alert.kind == "undelivered", Alert.about == form_id).exists()
        forget_rows("compose_forms", "form_events")


def test_an_order_that_nobody_releases_is_paid_back_at_the_end_of_the_promise(shop: Shop, override_settings: Override) -> None:
    """Nothing was given: only the receipt has left, and the success page shows no link."""
    override_settings(release_by_hand=True)
    form_id = ready_form()
    shop.press(shop.checkout(form_id))
    shop.await_events()
    shop.change(ComposeForm.update(paid_at=now() - timedelta(hours=25)))
    for _ in range(2):
        in_database(clock.sweep)
        shop.await_events()
    assert (shop.form(form_id).status, alerts()) == ("refunded", ["undelivered", "promise_broken"])
    shop.change(Email.update(next_try_at=now()).where(Email.kind == "delivery"))
    in_database(clock.sweep)
    shop.await_events()
    assert dict(shop.mails(form_id)) == {"delivery": "failed", "receipt": "sent", "refund": "sent"}


def test_who_waits_for_our_release_has_the_receipt_at_once_and_once(shop: Shop, override_settings: Override) -> None:
    """Not a second one with each try, and none of the songs in it."""
    override_settings(release_by_hand=True)
    form_id = ready_form()
    shop.press(shop.checkout(form_id))
    shop.await_events()
    for _ in range(3):
        try_again(shop, form_id)
    assert shop.mails(form_id) == [("delivery", "queued"), ("receipt", "sent")]
    (email,) = shop.post.messages
    assert email.subject == "Thank you: your payment is here"
    for words in ("Receipt for order", "Paid: $9.99 including tax", "you agreed", f"/compose/success?formId={form_id}"):
        assert words in email.text
    assert "/s/" not in email.text + email.html
    shop.change(ComposeForm.update(released_at=now()).where(ComposeForm.id == form_id))
    try_again(shop, form_id)
    assert (shop.form(form_id).status, shop.mails(form_id)) == ("delivered", [("delivery", "sent"), ("receipt", "sent")])


def try_again(shop: Shop, form_id: str) -> None:
    """The next try of the delivery email comes now."""
    row = in_database(lambda: Email.get(Email.form == form_id, Email.kind == "delivery"))
    shop.change(Email.update(next_try_at=now()).where(Email.id == row.id))
    send_email(row.id)
    shop.drain()


def test_a_receipt_that_the_songs_overtook_is_not_sent(shop: Shop) -> None:
    form_id, _ = shop.sell()
    assert in_database(outbox.put, form_id, "receipt", "dad@example.com", sequence=1)
    shop.drain()
    assert shop.mails(form_id) == [("delivery", "sent"), ("receipt", "cancelled")]


def test_while_the_storage_is_away_the_receipt_comes_with_the_second_try(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = ready_form()
    session_id = shop.checkout(form_id)

    def away(form: ComposeForm) -> list[str]:
        raise StorageError("away")

    with monkeypatch.context() as broken:
        broken.setattr("jobs.mail.sending.missing_songs", away)
        shop.press(session_id)
        shop.await_events()
        assert shop.mails(form_id) == [("delivery", "queued")]
        try_again(shop, form_id)
        assert shop.mails(form_id) == [("delivery", "queued"), ("receipt", "sent")]


def test_a_song_that_comes_back_in_time_is_delivered_after_all(shop: Shop) -> None:
    """docs/reliability.md row 85: staff were alerted, somebody brought the file back, and the next try gives it."""
    form_id = ready_form()
    keys = in_database(lambda: {row.id: row.master_key for row in Variation.select().where(Variation.form == form_id)})
    session_id = shop.checkout(form_id)
    lose_the_song(form_id)
    shop.press(session_id)
    shop.await_events()
    assert (shop.form(form_id).status, alerts()) == ("payment_completed", ["song_missing"])
    for task, key in keys.items():
        shop.change(Variation.update(master_key=key).where(Variation.id == task))
    shop.change(Email.update(next_try_at=now()))
    in_database(clock.sweep)
    shop.await_events()
    assert (shop.form(form_id).status, shop.mails(form_id)) == ("delivered", [("delivery", "sent"), ("receipt", "sent")])
    assert shop.stripe("refunds")["data"] == []


def test_a_version_that_fails_after_the_payment_takes_nothing_from_what_was_bought(shop: Shop) -> None:
    """docs/reliability.md row 85: the slowest of three was still being made when the buyer paid for another."""
    form_id = ready_form()
    late = in_database(lambda: Variation.get(Variation.form == form_id, Variation.variation == 3))
    shop.change(Variation.update(status="generating", provider="mureka", failures={"mureka": 9}).where(Variation.id == late.id))
    with database.connection_context():
        append_event(form_id, "variation", late.id, "ready", "generating", by="test")
    shop.press(shop.checkout(form_id))
    shop.await_events()
    in_database(lambda: fail_attempt(Variation.find(late.id), MusicError(Reason.TRANSIENT)))
    in_database(clock.sweep)
    shop.await_events()
    assert in_database(Variation.find, late.id).status == "failed"
    assert (shop.form(form_id).status, shop.form(form_id).attention, alerts()) == ("delivered", None, [])
    assert shop.mails(form_id) == [("delivery", "sent")]


def lose_the_song(form_id: str) -> None:
    query = Variation.update(master_key="task_x/gone.mp3").where(Variation.form == form_id)
    in_database(query.execute)


def test_a_mail_that_bounces_pays_nobody_back_but_is_reported(shop: Shop) -> None:
    """The success page has given the link: the promise is kept."""
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.post.failure = MailError("550", permanent=True)
    shop.press(session_id)
    shop.await_events()
    shop.change(ComposeForm.update(paid_at=now() - timedelta(hours=30)))
    in_database(clock.sweep)
    shop.drain()
    assert (shop.form(form_id).status, shop.form(form_id).attention) == ("payment_completed", "mail_failed")
    assert (alerts(), shop.stripe("refunds")["data"]) == (["mail_failed", "undelivered"], [])
    assert set(shop.broken()) == {"I4", "I6"}
    with database.connection_context():
        forget_rows("compose_forms", "form_events")


def test_alerts_reach_every_member_of_staff_once(shop: Shop, override_settings: Override) -> None:
    from jobs import alerts as alerts_module

    override_settings(staff_roles={"a@example.com": "support", "b@example.com": "admin"})
    for _ in range(2):
        in_database(alerts_module.raise_alert, "stripe_key", "STRIPE_SECRET_KEY", "Stripe refuses our key")
        alerts_module.send_alerts()
    assert [one.to_address for one in shop.post.messages] == ["a@example.com", "b@example.com"]
    assert "Stripe refuses our key" in shop.post.messages[0].text
    shop.post.failure = MailError("550 no such user", permanent=True)
    in_database(alerts_module.raise_alert, "livemode", "evt_1")
    for _ in range(2):
        alerts_module.send_alerts()
        shop.change(Alert.update(next_try_at=now()))
    assert [one.to_address for one in shop.post.messages[2:]] == ["b@example.com"], "a wrong address repeats nothing to others"
    shop.post.failure = MailError("away", permanent=False)
    override_settings(staff_roles={"b@example.com": "admin"})
    in_database(alerts_module.raise_alert, "livemode", "evt_2")
    alerts_module.send_alerts()
    shop.change(Alert.update(next_try_at=now()))
    alerts_module.send_alerts()
    assert len(shop.post.messages) == 4, "where no alert arrived, it is tried again"
