"""Money: sessions at Stripe, what was bought on top, Stripe's events, and credits."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    TextField,
)

from records.database import now
from records.fields import Table
from records.forms import ComposeForm
from records.statuses import CheckoutStatus


class Payment(Table):
    """What every payment by Stripe has, whatever it buys. No table of its own."""

    id = TextField(primary_key=True)
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    stripe_session_id = TextField(null=True, unique=True)
    idempotency_key = TextField(unique=True)
    amount = IntegerField()
    currency = CharField(3)
    status = CharField(20, default=CheckoutStatus.OPEN)
    url = TextField(null=True)
    payment_intent_id = TextField(null=True, unique=True)
    livemode = BooleanField(default=False)
    amount_paid = IntegerField(null=True)
    amount_refunded = IntegerField(default=0)
    refund_due = CharField(20, null=True)  # why this payment goes back: duplicate, late, undelivered, order_refunded
    dispute_status = CharField(40, null=True)
    fulfilled_at = DateTimeField(null=True)  # set on the one payment that counts
    looked_at = DateTimeField(null=True)
    consent_version = TextField(null=True)
    consent_at = DateTimeField(null=True)
    expires_at = DateTimeField()
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)


class CheckoutSession(Payment):
    """One attempt to pay for an order: what was selected and what it costs are frozen here."""

    noun = "checkout_session"
    attempt = IntegerField()
    selected_variations = JSONField()
    selected_task_ids = JSONField()

    class Meta:
        table_name = "checkout_sessions"


class ExtraPurchase(Payment):
    """Something more of a song that was paid for: bought by its giver, or given by staff (its amount is 0 then).

    At most one of a kind is open, and one is kept, for each song: the database's own indexes.
    """

    noun = "extra_purchase"
    song_index = IntegerField()
    what = CharField(20)  # versions, instrumental
    task_ids = JSONField(default=list)  # the recordings that are kept, or the one that the instrumental is of
    key = TextField(null=True)  # of the instrumental, once it is made; its folder is this row's id
    bytes = BigIntegerField(null=True)
    duration_ms = IntegerField(null=True)
    peaks = JSONField(default=list)
    tries = IntegerField(default=0)

    class Meta:
        table_name = "extra_purchases"


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
