"""Stripe's events about a payment, found by it: charges, refunds and disputes hold names and addresses too."""

STATEMENTS = """
CREATE INDEX events_by_payment ON stripe_events ((payload -> 'data' -> 'object' ->> 'payment_intent'))
    WHERE payload -> 'data' -> 'object' ->> 'payment_intent' IS NOT NULL
"""


def up(migrator, db):
    """Run by `main.py migrate`, in one transaction, under an advisory lock."""
    db.execute_sql(STATEMENTS)
