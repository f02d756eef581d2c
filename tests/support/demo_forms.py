"""Forms of the demo, by rows."""

from __future__ import annotations

from typing import Any

from jobs.demo import forms
from models import CheckoutSession, ComposeForm, new_id, now

VISITOR, STRANGER = "v" * 32, "s" * 32


def a_demo(**columns: Any) -> str:
    form_id = forms.begin_demo("birthday", VISITOR, address="127.0.0.1", name="Mia").id
    if columns:
        ComposeForm.update(**columns).where(ComposeForm.id == form_id).execute()
    return form_id


def paid(form_id: str, **columns: Any) -> str:
    """A counted payment whose figures do not fit: of an order, every alarm would go off."""
    row = new_id("checkout")
    CheckoutSession.create(
        id=row, form=form_id, stripe_session_id=f"cs_test_{row}", attempt=1, idempotency_key=row, amount=999, currency="usd",
        selected_variations={}, selected_task_ids={}, status="fulfilled", amount_paid=1, fulfilled_at=now(), expires_at=now(),
        payment_intent_id=f"pi_{row}", **columns,
    )  # fmt: skip
    return row
