"""Events as Stripe spells them, of a test's own making."""

from __future__ import annotations

import secrets
from typing import Any


def an_event(kind: str, object_id: str, **changes: Any) -> dict[str, Any]:
    """A Stripe event about an object, as Stripe spells it."""
    return {
        "id": f"evt_{secrets.token_hex(8)}",
        "object": "event",
        "type": kind,
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "created": 1_800_000_000,
        "data": {"object": {"id": object_id, "object": kind.rpartition(".")[0]}},
        **changes,
    }
