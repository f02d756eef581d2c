"""The gift: links, what the giver decides, what comes back, and letters."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateTimeField, FloatField, ForeignKeyField, IntegerField, JSONField, TextField

from records.database import now
from records.fields import Table
from records.orders import ComposeForm


class ShareToken(Table):
    """The unguessable part of a share link. It never leads back to the form."""

    token = TextField(primary_key=True)
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    song_index = IntegerField(null=True)  # null: all songs of the form
    created_at = DateTimeField(default=now)
    revoked_at = DateTimeField(null=True)
    opened_count = IntegerField(default=0)
    opened_at = DateTimeField(null=True)
    played_count = IntegerField(default=0)
    played_at = DateTimeField(null=True)

    class Meta:
        table_name = "share_tokens"


class Gift(Table):
    """What the giver decides about the gift of a paid form. `*_on` is the wall clock in `zone`; `*_at` the same in UTC."""

    form = ForeignKeyField(ComposeForm, column_name="form_id", primary_key=True)
    message = TextField(null=True)  # null: the form's own
    downloads = BooleanField(default=True)
    name_in_preview = BooleanField(default=False)
    zone = TextField(null=True)
    opens_on = TextField(null=True)
    opens_at = DateTimeField(null=True)
    recipient_email = TextField(null=True)
    mail_on = TextField(null=True)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    class Meta:
        table_name = "gifts"


class Reply(Table):
    """What the recipient sent back: a heart at a moment, words, a voice note, or a report of abuse."""

    id = TextField(primary_key=True)
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    token = TextField()
    song_index = IntegerField(null=True)
    kind = CharField(10)
    words = TextField(null=True)
    at_ms = IntegerField(null=True)
    audio_key = TextField(null=True)
    seconds = FloatField(null=True)
    created_at = DateTimeField(default=now)

    class Meta:
        table_name = "replies"


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
    facts = JSONField(default=dict)  # amounts and machine words that the letter needs, never personal text
    status = CharField(20, default="queued")
    attempts = IntegerField(default=0)
    next_try_at = DateTimeField(default=now)
    sent_at = DateTimeField(null=True)
    error = TextField(null=True)
    bounced_at = DateTimeField(null=True)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    class Meta:
        table_name = "emails"
