"""The gift: links, what the giver decides, and replies."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateTimeField, FloatField, ForeignKeyField, IntegerField, TextField

from records.database import now
from records.fields import Table
from records.forms import ComposeForm


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
    thanks = TextField(null=True)  # the giver's answer to the recipient's replies
    mail_on = TextField(null=True)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    class Meta:
        table_name = "gifts"


class Reply(Table):
    """What the recipient sent back: a heart at a moment, a text, a voice note, or a report of abuse."""

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
