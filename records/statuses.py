"""Lifecycles: which status may follow which, for every noun. `moving.move` keeps to them, the database's CHECKs too."""

from __future__ import annotations

LIFECYCLES: dict[str, dict[str, tuple[str, ...]]] = {
    "form": {
        "created": ("prompts_generated", "expired"),
        "prompts_generated": ("variations_generating", "expired"),
        "variations_generating": ("variations_ready", "payment_initiated", "expired"),
        "variations_ready": ("variations_generating", "payment_initiated", "expired"),
        "payment_initiated": ("variations_ready", "variations_generating", "payment_completed", "expired"),
        "payment_completed": ("delivered", "refunded"),
        "delivered": ("refunded",),
        "expired": (),
        "refunded": ("payment_completed", "delivered"),  # the refund failed at the bank: the song is theirs again
    },
    "variation": {
        "queued": ("submitted", "failed"),
        "submitted": ("generating", "ready", "failed", "queued"),
        "generating": ("ready", "failed", "queued"),
        "failed": ("queued",),
        "ready": (),
    },
    "checkout_session": {
        "open": ("paid", "payment_pending", "expired"),
        "payment_pending": ("paid", "payment_failed"),
        "paid": ("fulfilled", "partially_refunded", "refunded", "disputed"),
        "fulfilled": ("partially_refunded", "refunded", "disputed"),
        "partially_refunded": ("fulfilled", "refunded", "disputed", "paid"),
        "disputed": ("fulfilled", "partially_refunded", "refunded", "paid"),
        "expired": ("paid", "payment_pending"),  # Stripe's word wins: money that arrived is never ignored
        "payment_failed": ("paid",),
        "refunded": ("fulfilled", "partially_refunded", "disputed", "paid"),  # a refund can fail days later
    },
    "email": {
        "queued": ("sent", "failed", "cancelled"),
        "failed": ("queued",),
        "sent": (),
        "cancelled": ("sent",),  # it was on its way already
    },
}
UNFINISHED = ("queued", "submitted", "generating")
PAID = ("payment_completed", "delivered")
EDITABLE = ("created",)
# A form with money under way does not expire: whatever still arrives is delivered or given back.
MONEY_FIRST = """NOT EXISTS (SELECT 1 FROM checkout_sessions s WHERE s.form_id = %s
    AND (s.status IN ('open', 'payment_pending', 'paid') OR s.refund_due IS NOT NULL))"""
CHOOSING = ("variations_generating", "variations_ready", "payment_initiated")
OLD_WORDS = {"composing": "created", "payment_successful": "payment_completed", "completed": "delivered"}  # decision 0010
OLD_PACKAGES = {"single": "solo-serenade", "bundle": "holiday-hamper"}
