"""Finding: whatever a customer, Stripe, a provider, a mail or a log line calls an order, the one box finds it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest

from jobs.staff.search import PAGE, find
from models import LOGGED, in_database, new_id, now
from tests.support.forms import a_form, a_variation, insert, sql
from tests.support.stack import example_form_data

NAME = "Zoë Ågren-O'Neil"


@pytest.fixture(scope="module")
def known(migrated: None) -> dict[str, str]:
    """One order with everything that may be asked for, among others."""
    for _ in range(3):
        a_form()
    data = example_form_data()
    data["senderName"] = "Łukasz Grün"
    data["songs"][0]["recipientName"] = NAME
    form = a_form(form_data=data, guest_email="Lukas.Gruen@Example.org")
    task = a_variation(form, provider="suno", provider_task_id="0f8fad5b-d9cb-469f-a165-70867728950e", status="failed")
    checkout = insert(
        "checkout_sessions",
        {
            "id": new_id("checkout"), "form_id": form, "stripe_session_id": "cs_test_a1b2c3d4", "attempt": 1,
            "idempotency_key": secrets.token_hex(4), "amount": 999, "currency": "usd", "selected_variations": {},
            "selected_task_ids": {}, "payment_intent_id": "pi_3Abc123", "expires_at": now(),
        },
    )  # fmt: skip
    event = {"id": "evt_1Xyz789", "type": "charge.refunded", "livemode": False, "object_id": "ch_3Abc999"}
    insert("stripe_events", {**event, "payload": {"data": {"object": {"payment_intent": "pi_3Abc123"}}}})
    mail = insert("emails", {"id": new_id("mail"), "form_id": form, "kind": "delivery", "to_address": "x", "message_id": "m"})
    token = secrets.token_urlsafe(22) + "1"
    sql("INSERT INTO share_tokens (token, form_id, song_index) VALUES (%s, %s, 0)", token, form)
    return {
        "form": form, "beginning": form[:LOGGED] + "…", "task": task, "session": "cs_test_a1b2c3d4", "intent": "pi_3Abc123",
        "event": "evt_1Xyz789", "charge": "ch_3Abc999", "checkout": checkout, "mail": mail, "message id": f"<{mail}@localhost>",
        "receipt": checkout.removeprefix("checkout_")[:12], "token": token, "link": f"https://songs.example.com/s/{token}",
        "customer's link": f"https://x.example/compose/success?formId={form}&session_id=y",
        "provider's task": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "name": "Zoë", "without accents": "zoe agren", "beginning of a name": "Agr", "apostrophe": "O'Neil",
        "both names": "zoe grun", "address": "lukas.gruen@example.org", "address begun": "LUKAS.GRUEN@ex",
    }  # fmt: skip


@pytest.mark.parametrize(
    "what",
    [
        "form", "beginning", "task", "session", "intent", "event", "charge", "checkout", "mail", "message id", "receipt",
        "token", "link", "customer's link", "provider's task",
        "name", "without accents", "beginning of a name", "apostrophe",
        "both names", "address", "address begun",
    ],
)  # fmt: skip
def test_the_one_box_finds_it_by(known: dict[str, str], what: str) -> None:
    assert [row.form_id for row in in_database(find, known[what]).rows] == [known["form"]]


@pytest.mark.parametrize(
    "nothing",
    [
        "nobody at all",
        "form_1765898400000_ffffffffffff",
        "cs_test_none",
        "%",
        "_",
        "' OR 1=1 --",
        "\\",
        "a\0b",
        "!!!",
        "zoe & !x",
        "@",
    ],
)
def test_what_nobody_knows_finds_nothing_and_breaks_nothing(known: dict[str, str], nothing: str) -> None:
    assert in_database(find, nothing).rows == []


def test_filters_narrow_and_an_id_is_found_whatever_they_say(known: dict[str, str]) -> None:
    calls = a_form(attention="mail_failed", status="variations_ready")
    old = a_form(created_at=now() - timedelta(days=20))
    assert [row.form_id for row in in_database(find, attention=True).rows] == [calls]
    assert [row.form_id for row in in_database(find, status="variations_ready").rows] == [calls]
    week = {row.form_id for row in in_database(find, age="week").rows}
    assert calls in week
    assert old not in week
    assert [row.form_id for row in in_database(find, old, age="day", status="delivered").rows] == [old]


def test_an_older_systems_word_for_a_status_is_found_by_ours(known: dict[str, str]) -> None:
    older = a_form(status="payment_successful", adopted_at=now(), amount_paid=1, paid_at=now())
    ours = a_form(status="payment_completed", amount_paid=1, paid_at=now())
    found = in_database(find, status="payment_completed").rows
    assert [(row.form_id, row.status) for row in found] == [(ours, "payment_completed"), (older, "payment_completed")]


def test_pages_follow_one_another_without_a_gap_or_a_repeat(migrated: None) -> None:
    moment = now()
    made = {a_form(status="prompts_generated", created_at=moment) for _ in range(PAGE * 2 + 7)}  # all of the same moment
    seen: list[str] = []
    after: Any = None
    while True:
        page = in_database(lambda after=after: find(status="prompts_generated", after=after))
        seen += [row.form_id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert (len(seen), set(seen)) == (len(made), made)


def test_what_staff_try_out_is_in_no_list_but_can_be_found(migrated: None) -> None:
    form = a_form(purpose="preview", form_data={**example_form_data(), "senderName": "Rehearsal"})
    assert form not in {row.form_id for row in in_database(find).rows}
    assert [row.form_id for row in in_database(find, "rehearsal").rows] == [form]


def test_a_purged_order_is_found_by_its_id_alone(migrated: None) -> None:
    from jobs.privacy.retention import purge

    form = a_form(
        form_data={**example_form_data(), "senderName": "Vanishing"}, status="expired", guest_email="vanish@example.com"
    )
    in_database(purge, form)
    assert in_database(find, "vanishing").rows == []
    assert in_database(find, "vanish@example.com").rows == []
    assert [row.form_id for row in in_database(find, form).rows] == [form]
