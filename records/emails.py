"""E-mails to send, and addresses that want no reminders."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, JSONField, TextField

from records.database import now
from records.fields import Table
from records.forms import ComposeForm
from records.statuses import EmailStatus


class Unsubscribed(Table):
    """An address that wants no reminders; only its hash is kept."""

    address_sha256 = TextField(primary_key=True)
    at = DateTimeField(default=now)

    class Meta:
        table_name = "unsubscribed"


class Email(Table):
    """One message to send. Its Message-ID is fixed before the first try, so that a repeat is recognised."""

    noun = "email"
    id = TextField(primary_key=True)
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    kind = CharField(40)
    sequence = IntegerField(default=1)
    to_address = TextField()
    message_id = TextField(unique=True)
    facts = JSONField(default=dict)  # amounts and codes that the e-mail needs, never personal text
    status = CharField(20, default=EmailStatus.QUEUED)
    attempts = IntegerField(default=0)
    next_try_at = DateTimeField(default=now)
    sent_at = DateTimeField(null=True)
    error = TextField(null=True)
    bounced_at = DateTimeField(null=True)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    class Meta:
        table_name = "emails"
