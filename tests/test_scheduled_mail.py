"""Gifts that go out at a moment: corrected, moved, taken back, across a clock change."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from typing import Any
from zoneinfo import available_timezones

import pytest

import jobs.mail.sending
import models
from integrations.mail import Message
from jobs import outbox
from jobs.gifts import giver_actions
from jobs.gifts.gift import find_gift
from jobs.gifts.local_time import NoSuchMomentError, checked_zone, moment_of, zones
from jobs.gifts.replies import leave_words
from jobs.mail import reminders
from jobs.mail.sending import send_email
from jobs.mail.templates import message_for
from jobs.mail.unsubscribe import address_key, unsubscribe
from jobs.views.gift_view import read_gift_view
from models import ComposeForm, Email, Gift, ShareToken, database, in_database, now
from tests.support.gifts import give, tokens
from tests.support.smtp import Sink, deliver, queued


def test_the_giver_sees_a_failure_and_corrects_the_address(sink: Sink) -> None:
    form_id = give()
    sink.mode = "550"
    deliver(queued(form_id, "delivery", to="wrong@example.com"))
    view = in_database(read_gift_view, form_id)
    assert view
    assert view.mails[0].status == "failed"
    sink.mode = "250"
    in_database(giver_actions.resend_link, form_id, " Right@Example.com ")
    with database.connection_context():
        row = outbox.latest(form_id, "delivery")
        assert row
        assert ComposeForm.find(form_id).guest_email == "right@example.com"
    assert deliver(row).status == "sent"
    assert sink.messages[0]["To"] == "right@example.com"


def test_what_is_answered_while_an_email_goes_out_comes_with_the_next_one(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = give()
    gift = in_database(find_gift, tokens(form_id)[0])
    in_database(leave_words, gift, "the first")

    def answered_meanwhile(row: Email) -> Message | None:
        message = message_for(row)
        leave_words(gift, "the second")
        return message

    with monkeypatch.context() as busy:
        busy.setattr(jobs.mail.sending, "message_for", answered_meanwhile)
        first = deliver(latest(form_id))
    second = latest(form_id)
    assert (first.status, second.status, first.id != second.id) == ("sent", "queued", True)
    assert deliver(second).status == "sent"
    bodies = [str(one.get_body(("plain",)).get_content()) for one in sink.messages]  # type: ignore[union-attr]
    assert ["the first" in bodies[0], "the second" in bodies[0]] == [True, False]
    assert ["the first" in bodies[1], "the second" in bodies[1]] == [False, True]


def latest(form_id: str) -> Email:
    row = in_database(outbox.latest, form_id, "reply")
    assert row
    return row


@pytest.mark.parametrize(
    ("on", "zone", "utc"),
    [
        ("2027-03-28T01:30", "Europe/Berlin", "2027-03-28T00:30"),
        ("2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30"),  # skipped by the clock: 03:30 in summer time
        ("2027-03-28T03:30", "Europe/Berlin", "2027-03-28T01:30"),
        ("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30"),  # shown twice: the first
        ("2027-10-31T03:00", "Europe/Berlin", "2027-10-31T02:00"),
        ("2027-03-14T08:00", "America/New_York", "2027-03-14T12:00"),
        ("2027-03-13T08:00", "America/New_York", "2027-03-13T13:00"),
        ("2028-02-29T12:00", "Asia/Kathmandu", "2028-02-29T06:15"),
        ("2027-01-01T10:00", "Etc/GMT+5", "2027-01-01T15:00"),
        ("2027-07-01T10:00", "CET", "2027-07-01T08:00"),
        ("2027-07-01T10:00", "EST5EDT", "2027-07-01T14:00"),
        ("2027-07-01T10:00", "US/Eastern", "2027-07-01T14:00"),
        ("2027-07-01T10:00", "america/New York", "2027-07-01T14:00"),
        ("2027-01-01T10:00", "Pacific/Kiritimati", "2026-12-31T20:00"),  # across the date line
        ("2027-01-01T10:00", "Etc/GMT+12", "2027-01-01T22:00"),
        ("2027-04-04T01:45", "Australia/Lord_Howe", "2027-04-03T14:45"),  # half an hour back: shown twice, the first
        ("2027-07-01T10:00", "Europe/Kyiv", "2027-07-01T07:00"),
        ("2027-07-01T10:00", "Europe/Kiev", "2027-07-01T07:00"),
    ],
)
def test_a_wall_clock_is_a_moment_also_when_the_clock_changes(on: str, zone: str, utc: str) -> None:
    assert moment_of(on, zone).isoformat(timespec="minutes") == utc


def test_every_zone_that_is_known_here_is_taken_and_places_come_first() -> None:
    assert {checked_zone(name) for name in available_timezones()} == available_timezones()
    places = [name for name in zones() if "/" in name and not name.startswith("Etc/")]
    assert list(zones()[: len(places)]) == sorted(places)
    assert {"UTC", "CET", "Etc/GMT+5"} <= set(zones()[len(places) :])


def test_a_machine_without_time_zones_of_its_own_has_ours() -> None:
    """The package tzdata is one of our requirements."""
    asked = "from jobs.gifts.local_time import *; print(len(zones()) > 500, moment_of('2027-07-01T10:00', 'Europe/Berlin'))"
    bare = {**os.environ, "PYTHONTZPATH": ""}
    done = subprocess.run([sys.executable, "-c", asked], env=bare, capture_output=True, text=True, check=True)
    assert done.stdout == "True 2027-07-01 08:00:00\n"


@pytest.mark.parametrize(
    ("on", "zone"),
    [
        ("2027-01-01T10:00", ""),
        ("2027-01-01T10:00", "Etc/Unknown"),
        ("2027-01-01T10:00", "undefined"),
        ("2027-01-01T10:00", "UTC\0"),
        ("2027-02-30T10:00", "Europe/Berlin"),
        ("tomorrow", "UTC"),
        ("2027-01-01T10:00", "Mars/Base"),
        ("2027-01-01T10:00", "../etc/passwd"),
    ],
)
def test_a_moment_that_does_not_exist_is_refused(on: str, zone: str) -> None:
    with pytest.raises(NoSuchMomentError):
        moment_of(on, zone)


def test_a_scheduled_gift_goes_out_at_its_minute_across_a_clock_change(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ordered in winter time for 08:00 on the first morning of summer time: 06:00 UTC, not 07:00."""
    form_id = give()
    clock = [dt.datetime(2027, 3, 26, 12, 0)]
    for place in (models, jobs.mail.sending, outbox, giver_actions):
        monkeypatch.setattr(place, "now", lambda: clock[0])
    in_database(giver_actions.send_gift, form_id, "mia@example.com", "2027-03-28T08:00", "Europe/Berlin")
    with database.connection_context():
        row = outbox.latest(form_id, "gift")
    assert row
    assert row.next_try_at == dt.datetime(2027, 3, 28, 6, 0)
    clock[0] = dt.datetime(2027, 3, 28, 5, 59, 59)
    send_email(row.id)
    assert sink.messages == []
    clock[0] = dt.datetime(2027, 3, 28, 6, 0)
    send_email(row.id)
    send_email(row.id)
    assert [message["To"] for message in sink.messages] == ["mia@example.com"]
    assert tokens(form_id)[0] in str(sink.messages[0].get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_a_gift_mail_can_be_moved_and_taken_back_and_never_follows_a_dead_link(sink: Sink) -> None:
    form_id = give()
    in_database(giver_actions.send_gift, form_id, "mia@example.com", "2050-01-01T08:00", "Europe/Berlin")
    in_database(giver_actions.send_gift, form_id, "mia@example.com", "2051-01-01T08:00", "Europe/Berlin")
    with database.connection_context():
        rows = list(Email.select().where(Email.form == form_id, Email.kind == "gift").order_by(Email.sequence))
        assert [row.status for row in rows] == ["cancelled", "queued"]
        ShareToken.update(revoked_at=now()).where(ShareToken.form == form_id).execute()
    assert deliver(rows[1]).status == "cancelled"
    assert deliver(rows[0]).status == "cancelled"
    assert sink.messages == []
    with database.connection_context():
        assert Gift.get_by_id(form_id).mail_on == "2051-01-01T08:00"


def test_an_email_that_is_being_moved_is_never_lost_on_the_way(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = give()
    in_database(giver_actions.send_gift, form_id, "mia@example.com", "2050-01-01T08:00", "Europe/Berlin")

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "put", dies)
    for verb in (
        lambda: giver_actions.send_gift(form_id, "ben@example.com", "", ""),
        lambda: giver_actions.resend_link(form_id),
    ):
        with pytest.raises(KeyboardInterrupt):
            in_database(verb)
    row = in_database(outbox.latest, form_id, "gift")
    assert row
    assert (row.status, row.to_address) == ("queued", "mia@example.com")


def test_reminders_come_once_and_stop_when_asked(sink: Sink) -> None:
    form_id, quiet = give(), give()
    with database.connection_context():
        tomorrow = now() + dt.timedelta(hours=20)
        ComposeForm.update(status="variations_ready", expires_at=tomorrow).where(ComposeForm.id.in_([form_id, quiet])).execute()
        unsubscribe(address_key(ComposeForm.find(quiet).guest_email))
        for _ in range(2):
            reminders.orders_that_end()
        rows = {row.form_id: row for row in Email.select().where(Email.form.in_([form_id, quiet]))}
        assert len(rows) == Email.select().where(Email.form.in_([form_id, quiet])).count() == 2
    assert deliver(rows[form_id]).status == "sent"
    assert deliver(rows[quiet]).status == "cancelled"
    assert len(sink.messages) == 1
