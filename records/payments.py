"""Money: sessions at Stripe, its events, and credits."""

from __future__ import annotations

from peewee import BigAutoField, BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, JSONField, TextField

from records.database import now
from records.fields import Table
from records.forms import ComposeForm
from records.statuses import CheckoutStatus


class CheckoutSession(Table):
    """One attempt to pay: what was selected and what it costs are frozen here."""

    noun = "checkout_session"
    id = TextField(primary_key=True)
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    stripe_session_id = TextField(null=True, unique=True)
    attempt = IntegerField()
    idempotency_key = TextField(unique=True)
    amount = IntegerField()
    currency = CharField(3)
    selected_variations = JSONField()
    selected_task_ids = JSONField()
    status = CharField(20, default=CheckoutStatus.OPEN)
    url = TextField(null=True)
    payment_intent_id = TextField(null=True, unique=True)
    livemode = BooleanField(default=False)
    amount_paid = IntegerField(null=True)
    amount_refunded = IntegerField(default=0)
    refund_due = CharField(20, null=True)  # why this payment goes back: duplicate, late, undelivered
    dispute_status = CharField(40, null=True)
    fulfilled_at = DateTimeField(null=True)  # set on the one payment that counts, for ever
    looked_at = DateTimeField(null=True)
    consent_version = TextField(null=True)
    consent_at = DateTimeField(null=True)
    expires_at = DateTimeField()
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    class Meta:
        table_name = "checkout_sessions"


class StripeEvent(Table):
    """One event as received; the primary key is Stripe's own event id."""

    id = TextField(primary_key=True)
    type = TextField()
    livemode = BooleanField()
    api_version = TextField(null=True)
    object_id = TextField(null=True)
    payload = JSONField()
    received_at = DateTimeField(default=now)
    handled_at = DateTimeField(null=True)
    attempts = IntegerField(default=0)
    next_try_at = DateTimeField(default=now)
    given_up_at = DateTimeField(null=True)
    error = TextField(null=True)

    class Meta:
        table_name = "stripe_events"


class CreditMove(Table):
    """Credits given (positive) or spent (negative). Append-only; one form is paid with credits at most once."""

    id = BigAutoField()
    user_id = TextField()
    form_id = TextField(null=True)  # type: ignore[assignment] # plain columns: they outlive what they name
    amount = IntegerField()
    why = TextField()
    at = DateTimeField(default=now)

    class Meta:
        table_name = "credit_moves"
