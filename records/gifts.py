"""The gift: links, what the giver decides, photos, replies, and videos."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CharField, DateTimeField, FloatField, ForeignKeyField, IntegerField, TextField

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


class Photo(Table):
    """A photo that the giver added: ours, encoded anew. Without `song_index` it belongs to every song of the order; without
    `start_ms` it gets its moment by itself (jobs/gifts/photo_times.py)."""

    id = TextField(primary_key=True)  # also its folder in the storage
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    position = IntegerField()
    alt = TextField(default="")
    song_index = IntegerField(null=True)
    start_ms = IntegerField(null=True)
    key = TextField()
    width = IntegerField()
    height = IntegerField()
    bytes = IntegerField()
    created_at = DateTimeField(default=now)

    class Meta:
        table_name = "photos"


class Video(Table):
    """A video of one song: asked for, being made while `lease_until` runs, there once it has a `key`, given up with an
    `error_code`. `fingerprint` stands for all that it shows: where that is different by now, another one is made instead."""

    id = TextField(primary_key=True)  # also its folder in the storage
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    song_index = IntegerField()
    format = CharField(10)
    fingerprint = TextField()
    progress = IntegerField(default=0)
    attempt = IntegerField(default=0)
    error_code = CharField(20, null=True)
    key = TextField(null=True)
    bytes = BigIntegerField(null=True)
    lease_until = DateTimeField(null=True)
    next_try_at = DateTimeField(default=now)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    class Meta:
        table_name = "videos"
