"""Accounting, both ways: Stripe against our rows, invariants, metrics, and what staff type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from prometheus_client.parser import text_string_to_metric_families
from rq import Queue
from rq.serializers import JSONSerializer

from integrations.payments import PaymentsError
from models import CheckoutSession, ComposeForm, Mark, database, now
from settings import settings
from tests.support.overrides import Override
from tests.support.payments import charge_of
from tests.support.shop import Shop, ready_form


def test_three_days_of_silence_are_caught_up_page_by_page(shop: Shop) -> None:
    """docs/reliability.md row 27: 120 events that nobody received; Stripe lists a hundred at once."""
    from jobs.payments.reconciliation import catch_up_stripe_events

    shop.switch(drop=True)
    form_id = ready_form()
    session_id = shop.checkout(form_id)
    shop.press(session_id)
    with shop.sandbox.book.transaction() as ledger:
        from integrations.payments.sandbox.delivery import emit

        thing = ledger.found("checkout.session", session_id)
        for _ in range(120):
            emit(ledger, "checkout.session.completed", {**thing, "id": f"cs_test_other{_}"})
    catch_up_stripe_events()
    assert len(shop.event_rows()) == 121, "all that we watch"
    shop.drain()
    assert shop.form(form_id).status == "delivered"
    assert {row.error for row in shop.event_rows()} == {None, "not_ours"}
    catch_up_stripe_events()
    assert shop.drain() == []


@pytest.mark.parametrize("reason", ["unavailable", "auth"])
def test_while_stripe_is_away_nothing_counts_as_read_and_only_a_refused_key_is_an_error(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, reason: Any
) -> None:
    from jobs.payments.reconciliation import catch_up_stripe_events

    def away(*_: object) -> Iterator[Any]:
        raise PaymentsError(reason, "no answer")
        yield

    with database.connection_context():
        Mark.delete().where(Mark.name == "events_read").execute()
    with monkeypatch.context() as stripe:
        stripe.setattr("jobs.payments.reconciliation.lookups.events_since", away)
        if reason == "unavailable":
            catch_up_stripe_events()
        else:
            with pytest.raises(PaymentsError):
                catch_up_stripe_events()
    with database.connection_context():
        assert not Mark.select().where(Mark.name == "events_read").exists()


def test_the_two_way_report_heals_what_it_can_and_names_the_rest(shop: Shop) -> None:
    """docs/reliability.md row 28 and invariant I15."""
    from jobs.payments.reconciliation import differences_with_stripe

    lost = ready_form()
    shop.switch(drop=True)
    session_id = shop.checkout(lost)
    shop.press(session_id)
    assert [(one.kind, one.healed) for one in differences_with_stripe(7)] == [("paid_there_not_here", True)]
    shop.drain()
    assert shop.form(lost).status == "delivered"
    shop.dashboard("refund", charge_of(shop, session_id))
    assert [(one.kind, one.healed) for one in differences_with_stripe(7)] == [("refunded_there_not_here", True)]
    assert list(differences_with_stripe(7)) == []
    invented, stripe_id = ready_form(), "cs_test_invented"
    shop.checkout(invented)
    shop.change(CheckoutSession.update(stripe_session_id=stripe_id, fulfilled_at=now()).where(CheckoutSession.form == invented))
    assert [(one.kind, one.healed) for one in differences_with_stripe(7)] == [("paid_here_not_there", False)]
    shop.change(CheckoutSession.update(fulfilled_at=None).where(CheckoutSession.form == invented))


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE compose_forms SET amount_paid = 1", "I1"),
        ("UPDATE checkout_sessions SET amount_refunded = 5", "I2"),
        ("UPDATE checkout_sessions SET fulfilled_at = NULL", "I3"),
        ("UPDATE compose_forms SET status = 'payment_completed', paid_at = localtimestamp - interval '1 hour'", "I4"),
        ("UPDATE stripe_events SET handled_at = NULL, next_try_at = localtimestamp - interval '6 min'", "I5"),
        ("UPDATE emails SET status = 'queued', next_try_at = localtimestamp - interval '6 min'", "I6"),
        ("UPDATE variations SET status = 'submitted', lease_until = localtimestamp - interval '2 min'", "I7"),
        ("UPDATE compose_forms SET purged_at = localtimestamp", "I9"),
        ("UPDATE compose_forms SET status = 'expired', updated_at = localtimestamp - interval '2 hours'", "I9"),
        ("UPDATE compose_forms SET status = 'created', expires_at = localtimestamp - interval '2 hours'", "I9"),
        ("DELETE FROM emails", "I10"),
        ("UPDATE checkout_sessions SET status = 'paid'", "I11"),
        ("DELETE FROM share_tokens", "I13"),
        ("UPDATE variations SET master_key = 'task_x/gone.mp3'", "I8"),
    ],
)
def test_a_broken_invariant_is_seen(shop: Shop, sql: str, name: str) -> None:
    """The doctor finds what is broken."""
    form_id, _ = shop.sell()
    with database.connection_context():
        database.execute_sql(sql)
    assert name in shop.broken()
    with database.connection_context():
        database.execute_sql("TRUNCATE compose_forms, stripe_events, form_events CASCADE")
    assert form_id


@pytest.mark.system
def test_a_job_that_nobody_takes_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/reliability.md, invariant I14."""
    from jobs.monitoring import invariants

    line = redis.Redis.from_url(settings.redis_url, db=8)
    monkeypatch.setattr(invariants, "connection", lambda: line)
    Queue("urgent", connection=line, serializer=JSONSerializer).enqueue("handle_stripe_event", "evt_1")
    assert invariants.waiting_jobs().count == 0
    monkeypatch.setattr(invariants, "now", lambda: now() + timedelta(minutes=11))
    assert invariants.waiting_jobs().ids == ("handle_stripe_event in urgent",)
    line.flushdb()
    monkeypatch.setattr(invariants, "connection", lambda: redis.Redis(port=1))
    assert invariants.waiting_jobs().count == 1, "nobody can say"


COUNTED = ("serenade_http_request_seconds", "serenade_push_seconds")  # as it happens; all else is read from rows


def test_metrics_show_invariants_and_lag_to_this_machine_only(shop: Shop, override_settings: Override) -> None:
    override_settings(metrics_token="secret")
    shop.sell()
    text = shop.api("GET", "/metrics").text
    assert 'serenade_broken{invariant="I1"} 0.0' in text
    assert 'serenade_forms{status="delivered"} 1.0' in text
    assert "serenade_webhook_lag_seconds 0.0\n" in text
    assert "serenade_redis_up 1.0" in text
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        assert family.type == "gauge" or family.name in COUNTED or family.name.startswith(("process_", "python_")), family.name
    openmetrics = shop.api("GET", "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert openmetrics.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert openmetrics.text.endswith("# EOF\n")
    proxied = {"X-Forwarded-For": "1.2.3.4"}
    assert shop.api("GET", "/metrics", headers=proxied).status_code == 404
    assert shop.api("GET", "/metrics", headers=proxied | {"Authorization": "Bearer wrong"}).status_code == 404
    assert shop.api("GET", "/metrics", headers=proxied | {"Authorization": "Bearer secret"}).status_code == 200


def test_a_database_from_before_the_payment_is_noticed(shop: Shop) -> None:
    """docs/reliability.md row 97: a restored backup knows nothing of a session; the two-way report names it."""
    from jobs.payments.reconciliation import differences_with_stripe

    form_id = ready_form()
    shop.switch(drop=True)
    session_id = shop.checkout(form_id)
    shop.press(session_id)
    shop.change(CheckoutSession.delete().where(CheckoutSession.form == form_id))
    assert [(one.kind, one.about, one.healed) for one in differences_with_stripe(7)] == [
        ("paid_there_not_here", session_id, False)
    ]


def test_staff_have_three_commands(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    from cli import main

    form_id, _ = shop.sell()
    assert main(["doctor"]) == 0
    assert re.search(r"^ok +I1 +0 ", capsys.readouterr().out, re.MULTILINE)
    for wrong in (["refund"], ["refund", form_id, "3"], ["refund", form_id, "9.999"], ["reconcile", "x"]):
        assert main(wrong) == 2
    assert main(["refund", "form_1_unknown"]) == 1
    assert main(["refund", form_id, "99.00"]) == 1
    capsys.readouterr()
    assert main(["refund", form_id, "3.00"]) == 0
    assert capsys.readouterr().out == "3.00 on its way back\n"
    assert (shop.sessions(form_id)[0].status, shop.sessions(form_id)[0].amount_refunded) == ("partially_refunded", 300)
    assert main(["reconcile"]) == 0
    assert "0 differences" in capsys.readouterr().out
    shop.change(ComposeForm.update(amount_paid=1).where(ComposeForm.id == form_id))
    assert main(["doctor"]) == 1
    assert form_id in capsys.readouterr().out
    shop.change(ComposeForm.update(amount_paid=999).where(ComposeForm.id == form_id))


def test_metrics_say_that_redis_is_away_and_still_count_the_rows(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from api import metrics

    monkeypatch.setattr(metrics, "connection", lambda: redis.Redis(port=1))
    shop.sell()
    text = shop.api("GET", "/metrics").text
    assert "serenade_redis_up 0.0" in text
    assert 'serenade_forms{status="delivered"} 1.0' in text
    assert "serenade_queue_depth{" not in text, "nobody knows"
    assert "\nserenade_workers " not in text
