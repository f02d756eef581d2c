"""A demo form is shown, and never counted: no mail, no figure, nothing left after a day. No browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.metrics import OrderCollector
from integrations.storage import storage
from jobs.demo import forms
from jobs.mail import reminders, sending
from jobs.monitoring.invariants import findings, lost_songs
from jobs.payments.delivery_guarantee import undelivered
from models import Alert, CheckoutSession, ComposeForm, Demo, Email, FormEvent, Variation, database, new_id, now
from tests.support.demo_forms import a_demo, paid
from tests.support.rows import forget_rows
from tests.support.shop import ready_form


@pytest.fixture(autouse=True)
def tables(migrated: None) -> Iterator[None]:
    with database.connection_context():
        forget_rows("compose_forms", "stripe_events", "alerts", "form_events")
        yield


def test_no_figure_and_no_alarm_counts_a_demo() -> None:
    before = _counted()
    form_id = a_demo(
        status="payment_completed", amount_paid=999, paid_at=now() - timedelta(days=3), updated_at=now() - timedelta(days=3)
    )
    paid(form_id)
    mail = {"to_address": "demo@example.com", "next_try_at": now() - timedelta(days=1), "message_id": new_id("m")}
    Email.insert(id=new_id("mail"), form=form_id, kind="delivery", **mail).execute()
    undelivered()
    assert _counted() == before
    assert lost_songs().count == 0


def _counted() -> tuple[Any, ...]:
    example_form_data = [one.samples for one in OrderCollector().from_rows() if "lag" not in one.name]
    return {one.name: one.count for one in findings()}, example_form_data, Alert.select().count()


def test_the_same_rows_of_an_order_would_have_been_noticed() -> None:
    paid(ready_form(status="payment_completed", amount_paid=999, paid_at=now() - timedelta(days=3)))
    assert {"I1", "I4", "I13"} <= {one.name for one in findings() if one.count}


def test_a_demo_s_mail_is_written_and_given_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def post() -> Any:
        raise AssertionError("a mail world was asked")

    monkeypatch.setattr(sending, "post", post)
    form_id = a_demo(status="payment_completed", amount_paid=999, paid_at=now())
    mail = new_id("mail")
    Email.insert(id=mail, form=form_id, kind="delivery", to_address="somebody@example.com", message_id=new_id("m")).execute()
    sending.send_email(mail)
    assert Email.find(mail).status == "sent"
    assert ComposeForm.find(form_id).status == "delivered"


def test_nobody_is_reminded_of_a_demo() -> None:
    form_id = a_demo(status="variations_ready", guest_email="somebody@example.com", updated_at=now() - timedelta(hours=2))
    reminders.orders_that_end()
    assert not Email.select().where(Email.form == form_id).exists()


def test_after_a_day_nothing_is_left_of_it(tmp_path: Path) -> None:
    form_id, young = a_demo(status="delivered", amount_paid=999, paid_at=now()), a_demo()
    paid(form_id)
    task = new_id("task")
    storage().put(f"{task}/master-{'0' * 16}.mp3", b"sound")
    Variation.insert(id=task, form=form_id, song_index=0, variation=1, status="failed", error_code="lost").execute()
    Demo.update(created_at=now() - timedelta(days=1, minutes=1)).where(Demo.form == form_id).execute()
    forms.end_old_demos()
    for table, field in (
        (ComposeForm, ComposeForm.id),
        (CheckoutSession, CheckoutSession.form),
        (FormEvent, FormEvent.form_id),
    ):
        assert not table.select().where(field == form_id).exists()
    assert not storage().path(f"{task}/master-{'0' * 16}.mp3")
    assert ComposeForm.find(young).demo


def test_an_order_is_not_ended_as_a_demo() -> None:
    form_id = ready_form()
    assert not forms.end_demo(form_id)
    assert ComposeForm.find(form_id).status == "variations_ready"
