"""What tests of payments look up and change: alerts, sessions, charges, what stands at Stripe."""

from __future__ import annotations

from models import database
from tests.support.shop import Shop


def alerts() -> list[str]:
    with database.connection_context():
        return [kind for (kind,) in database.execute_sql("SELECT kind FROM alerts ORDER BY id").fetchall()]


def session_status(shop: Shop, form_id: str) -> list[str]:
    return [row.status for row in shop.sessions(form_id)]


def charge_of(shop: Shop, session_id: str) -> str:
    intent = shop.stripe(f"checkout/sessions/{session_id}")["payment_intent"]
    return str(shop.stripe(f"payment_intents/{intent}")["latest_charge"])
