"""What staff do to orders, as one does it from their page."""

from __future__ import annotations

import secrets
from typing import Any

from jobs.staff.actions import act
from jobs.staff.diagnosis import Diagnosis, diagnose
from jobs.staff.order_report import read_order
from models import ComposeForm, Variation, in_database, new_form_id, new_id
from tests.support.stack import example_form_data
from tests.support.staff import session_of


def do(name: str, form_id: str, who: str = "admin", **more: Any) -> str:
    return act(session_of(who), name, press=secrets.token_hex(8), form_id=form_id, reason="the customer called", **more)


def say(form_id: str) -> list[Diagnosis]:
    order = in_database(read_order, form_id)
    assert order is not None
    return in_database(diagnose, order)


def a_form(**columns: Any) -> str:
    """A form by rows, in the database of this module."""
    values = {
        "package_type": "solo-serenade",
        "song_count": 1,
        "form_data": example_form_data(),
        "guest_email": "dad@example.com",
        **columns,
    }
    form_id = new_form_id()
    change(ComposeForm.insert(id=form_id, **values))
    return form_id


def a_variation(form_id: str, **columns: Any) -> str:
    """Its first variation."""
    task = new_id("task")
    change(Variation.insert(id=task, form=form_id, song_index=0, variation=1, **columns))
    return task


def change(query: Any) -> None:
    in_database(query.execute)
