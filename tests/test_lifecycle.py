"""Lifecycles: every step is in the table or refused and logged, the timeline replays, and the database holds the same rules."""

from __future__ import annotations

import logging
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import integers, sampled_from

from jobs.monitoring.timeline_check import contradictions
from models import (
    LIFECYCLES,
    STEP,
    CheckoutSession,
    ComposeForm,
    Email,
    ExtraPurchase,
    FormStatus,
    Table,
    Variation,
    database,
    in_database,
    move,
    move_steps,
    new_id,
    settle,
)
from tests.support.forms import a_form, a_variation, insert, sql

pytestmark = pytest.mark.usefixtures("migrated")
TABLES: dict[str, type[Table]] = {t.noun: t for t in (ComposeForm, Variation, CheckoutSession, ExtraPurchase, Email)} | {
    STEP: Variation
}


def column(noun: str) -> str:
    return "step" if noun == STEP else "status"


def moved(noun: str, row_id: str, to: Any, **more: Any) -> bool:
    """Move the row by the one move."""
    if noun != STEP:
        return bool(in_database(move, (TABLES[noun], row_id), to, by="test", **more))
    return bool(in_database(lambda: move_steps([Variation.find(row_id)], to, by="test", **more)))


def a_row(noun: str, status: str | None) -> tuple[str, str]:
    """(form id, row id) of a row of this noun, put into this status by SQL, with everything that any status demands."""
    form_id = a_form(amount_paid=999, paid_at="2026-01-01")
    match noun:
        case "form":
            row_id = form_id
        case "variation":
            row_id = a_variation(form_id, status=status)
        case "variation_step":
            row_id = a_variation(form_id, status="submitted")
        case "checkout_session":
            row_id = new_id("checkout")
            empty = {"selected_variations": {}, "selected_task_ids": {}, "expires_at": "2099-01-01"}
            row = {"id": row_id, "form_id": form_id, "attempt": 1, "idempotency_key": row_id, "amount": 999, "currency": "usd"}
            insert("checkout_sessions", {**row, **empty})
        case "extra_purchase":
            row_id = new_id("extra")
            extra = {"song_index": 0, "what": "versions", "expires_at": "2099-01-01"}
            insert(
                "extra_purchases",
                {"id": row_id, "form_id": form_id, "idempotency_key": row_id, "amount": 499, **extra, "currency": "usd"},
            )
        case _:
            row_id = new_id("mail")
            address = {"kind": "delivery", "to_address": "a@example.com", "message_id": row_id}
            insert("emails", {"id": row_id, "form_id": form_id, **address})
    sql(f'UPDATE "{TABLES[noun]._meta.table_name}" SET {column(noun)} = %s WHERE id = %s', status, row_id)
    return form_id, row_id


MOVES = [(noun, old, new) for noun, steps in LIFECYCLES.items() for old in steps for new in steps]


@pytest.mark.parametrize(("noun", "old", "new"), MOVES)
def test_a_status_moves_along_the_table_and_no_other_way(
    noun: str, old: str | None, new: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "serenade.database")
    _, row_id = a_row(noun, old)
    done = moved(noun, row_id, new)
    table = TABLES[noun]._meta.table_name
    is_now = sql(f'SELECT {column(noun)} FROM "{table}" WHERE id = %s', row_id)[0][0]
    assert done == (new in LIFECYCLES[noun][old])
    assert is_now == (new if done else old)
    recorded = sql("SELECT noun, from_status, to_status FROM form_events WHERE noun_id = %s AND moved_by = 'test'", row_id)
    assert recorded == ([(noun, old, new)] if done else [])
    if old != new:
        assert ("refused" in caplog.text) != done, "a refused move is logged"
    assert row_id not in caplog.text, "an id is a key: the log shows a part of it"


@pytest.mark.parametrize("to", ["ready", "failed", "queued"])
@pytest.mark.parametrize("step", [step for step in LIFECYCLES[STEP] if step])
def test_a_step_ends_with_the_status_that_it_belongs_to(step: str, to: str) -> None:
    form_id = a_form()
    row_id = a_variation(form_id)
    assert moved("variation", row_id, "submitted")
    before = {"submitting": [], "finishing": ["submitting", "waiting"]}
    for one in (*before.get(step, ["submitting"]), step):
        assert moved(STEP, row_id, one)
    assert in_database(contradictions, form_id) == []
    assert moved("variation", row_id, "generating")
    assert sql("SELECT step FROM variations WHERE id = %s", row_id) == [(step,)], "the provider says that it began: no end"
    assert moved("variation", row_id, to)
    assert sql("SELECT step FROM variations WHERE id = %s", row_id) == [(None,)]
    assert in_database(contradictions, form_id) == [], "the line of the status tells that the step is over"


def test_a_step_moves_for_the_attempt_that_was_read_and_no_later_one() -> None:
    _, row_id = a_row(STEP, None)
    row = in_database(Variation.find, row_id)
    sql("UPDATE variations SET attempt = 2 WHERE id = %s", row_id)
    assert in_database(move_steps, [row], "submitting", by="test") == set()
    assert sql("SELECT step FROM variations WHERE id = %s", row_id) == [(None,)]


def test_several_rows_move_in_one_commit_and_only_those_that_may() -> None:
    rows = [in_database(Variation.find, a_row(STEP, step)[1]) for step in (None, "waiting", None)]
    assert in_database(move_steps, rows, "submitting", by="test") == {rows[0].id, rows[2].id}
    recorded = sql("SELECT noun_id FROM form_events WHERE noun = %s AND noun_id IN %s", STEP, tuple(row.id for row in rows))
    assert {row_id for (row_id,) in recorded} == {rows[0].id, rows[2].id}


def test_the_timeline_check_sees_a_step_that_nobody_recorded() -> None:
    form_id, row_id = a_row(STEP, None)
    assert moved(STEP, row_id, "submitting")
    recorded = [line for line in in_database(contradictions, form_id) if line.startswith(STEP)]
    assert recorded == []
    sql("UPDATE variations SET step = 'waiting' WHERE id = %s", row_id)
    recorded = [line for line in in_database(contradictions, form_id) if line.startswith(STEP)]
    assert recorded == [f"{STEP} of {row_id[:24]} is waiting, its timeline says submitting"]


def test_every_status_of_the_code_is_known_to_the_database_and_the_other_way_round() -> None:
    old = {"composing", "payment_successful", "completed"}
    for noun, steps in LIFECYCLES.items():
        table = TABLES[noun]._meta.table_name
        rule = sql(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
            table,
            f"{table}_{column(noun)}_check",
        )[0][0]
        words = {word.partition("'")[0] for word in rule.split("'")[1::2]}
        assert words - old == set(steps) - {None}, table


@pytest.mark.parametrize(
    ("table", "assignment"),
    [
        ("compose_forms", "status = 'paid'"),
        ("compose_forms", "song_count = 0"),
        ("compose_forms", "amount_paid = -1"),
        ("compose_forms", "status = 'delivered', amount_paid = NULL"),
        ("compose_forms", "status = 'payment_completed', paid_at = NULL"),
        ("variations", "status = 'done'"),
        ("variations", "step = 'mixing'"),
        ("variations", "status = 'queued', step = 'waiting'"),
        ("variations", "status = 'ready', step = 'finishing'"),
        ("variations", "variation = 4"),
        ("variations", "song_index = 5"),
        ("variations", "progress = 101"),
        ("variations", "status = 'failed', error_code = NULL"),
        ("variations", "status = 'ready', master_key = NULL, outside_url = NULL"),
        ("variations", "outside_url = 'javascript:alert(1)'"),
        ("checkout_sessions", "amount = 0"),
        ("checkout_sessions", "status = 'won'"),
        ("extra_purchases", "amount = -1"),
        ("extra_purchases", "what = 'stems'"),
        ("extra_purchases", "fulfilled_at = localtimestamp"),
        ("emails", "status = 'lost'"),
    ],
)
def test_the_database_refuses_what_the_code_would_never_write(table: str, assignment: str) -> None:
    noun = next(noun for noun, one in TABLES.items() if one._meta.table_name == table)
    _, row_id = a_row(noun, next(iter(LIFECYCLES[noun])))
    with pytest.raises(psycopg2.errors.CheckViolation):
        sql(f'UPDATE "{table}" SET {assignment} WHERE id = %s', row_id)


class FormLifecycle(RuleBasedStateMachine):
    """The form's table against a model that knows only LIFECYCLES, with real rows and whatever order comes to mind."""

    def __init__(self) -> None:
        super().__init__()
        self.form_id = a_form(amount_paid=999, paid_at="2026-01-01")
        self.status: str = FormStatus.CREATED
        self.path: list[tuple[str | None, str]] = [(None, "created")]
        self.variations: dict[int, str] = {}
        self.version = 1

    @rule(to=sampled_from(sorted(LIFECYCLES["form"])))
    def move_form(self, to: str) -> None:
        allowed = to in LIFECYCLES["form"][self.status]
        assert in_database(move, (ComposeForm, self.form_id), to, by="test") == allowed
        if allowed:
            self.path.append((self.status, to))
            self.status = to

    @rule(number=integers(1, 3))
    @precondition(lambda self: len(self.variations) < 3)
    def begin(self, number: int) -> None:
        if number not in self.variations:
            a_variation(self.form_id, variation=number)
            self.variations[number] = "queued"

    @rule(number=integers(1, 3), to=sampled_from(sorted(LIFECYCLES["variation"])))
    def move_variation(self, number: int, to: str) -> None:
        if number in self.variations:
            row = in_database(lambda: Variation.get(Variation.form == self.form_id, Variation.variation == number))
            allowed = to in LIFECYCLES["variation"][self.variations[number]]
            assert in_database(move, row, to, by="test") == allowed
            if allowed:
                self.variations[number] = to

    @rule()
    def settle(self) -> None:
        unfinished = any(status in ("queued", "submitted", "generating") for status in self.variations.values())
        over = self.status == "variations_generating" and not unfinished and "ready" in self.variations.values()
        assert in_database(settle, self.form_id) == over
        if over:
            self.path.append((self.status, "variations_ready"))
            self.status = "variations_ready"

    @invariant()
    def the_row_is_where_the_model_is(self) -> None:
        ((status, version),) = sql("SELECT status, version FROM compose_forms WHERE id = %s", self.form_id)
        assert status == self.status
        assert version >= self.version, "a version never goes back"
        self.version = version

    @invariant()
    def the_timeline_tells_the_whole_path(self) -> None:
        events = sql(
            "SELECT from_status, to_status FROM form_events WHERE form_id = %s AND noun = 'form' ORDER BY id", self.form_id
        )
        assert [(None, "created"), *events] == self.path
        assert database.is_closed()


FormLifecycle.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestFormLifecycle: Any = FormLifecycle.TestCase
