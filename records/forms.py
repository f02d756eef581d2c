"""The form: one order in the making, and how a demo form is presented."""

from __future__ import annotations

from datetime import timedelta

from peewee import BooleanField, CharField, DateTimeField, FloatField, ForeignKeyField, IntegerField, JSONField, TextField

from records.accounts import User
from records.database import now
from records.fields import AliasedField, FormDataField, NeverNullField, SelectionField, Table
from records.statuses import OLD_PACKAGES, OLD_WORDS, FormStatus

KEPT_UNPAID = timedelta(days=7)  # from its beginning, and as long again with each extension (jobs/privacy/expiry.py)


class ComposeForm(Table):
    """One order in the making. Columns and names are the published ones (docs/api.md, Published columns)."""

    noun = "form"
    id = TextField(primary_key=True)
    package_type = AliasedField(50, OLD_PACKAGES)
    song_count = IntegerField()
    form_data = FormDataField(default=dict)
    generated_prompts = NeverNullField(default=list)
    generated_titles = NeverNullField(default=list)
    generated_lyrics = NeverNullField(default=list)
    lyric_sources = NeverNullField(default=list)  # per song and line: the answer that it came from, '' for the writer's own
    lyric_kept = NeverNullField(default=list)  # per song: the numbers of the lines that must stay
    lyric_drafts = NeverNullField(default=list)  # per song: title and lyrics so far, while they are being written
    lyric_authors = NeverNullField(default=list)  # per song: `by` (model or lyricist), and `why` the lyricist, for staff
    music_styles = NeverNullField(default=list)
    variation_styles = NeverNullField(default=list)
    variation_task_ids = NeverNullField(default=dict)
    variation_audio_urls = NeverNullField(default=dict)
    variation_lyrics = NeverNullField(default=dict)
    variation_titles = NeverNullField(default=dict)
    selected_variations = SelectionField(default=dict)
    status = AliasedField(50, OLD_WORDS, default=FormStatus.CREATED)
    stripe_session_id = TextField(null=True)
    stripe_payment_intent_id = TextField(null=True)
    amount_paid = IntegerField(null=True)
    paid_at = DateTimeField(null=True)
    user = ForeignKeyField(User, column_name="user_id", null=True)
    guest_email = TextField(null=True)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)
    expires_at = DateTimeField(default=lambda: now() + KEPT_UNPAID)
    submitted_at = DateTimeField(null=True)
    lease_until = DateTimeField(null=True)
    attention = TextField(null=True)
    adopted_at = DateTimeField(null=True)  # the row was an older system's
    version = IntegerField(default=1)  # counted by the database with every change that a customer can see
    mail_asked_at = DateTimeField(null=True)  # the customer asked for an e-mail once the songs are ready
    extended_count = IntegerField(default=0)
    purged_at = DateTimeField(null=True)
    story_removed_at = DateTimeField(null=True)
    purpose = CharField(20, null=True)  # None: a customer's order; 'preview': staff try something out
    released_at = DateTimeField(null=True)  # a member of staff released it, where RELEASE_BY_HAND asks for that
    locale = CharField(8, null=True)  # the language that the giver reads; None: unknown, so English
    demo = BooleanField(default=False)  # only shows how it works: no money, no e-mail, counted in no figure

    class Meta:
        table_name = "compose_forms"


class Demo(Table):
    """How a demo form is presented: whose browser it belongs to (a hash), which scene, and how fast it runs."""

    form = ForeignKeyField(ComposeForm, column_name="form_id", primary_key=True)
    visitor_sha256 = TextField()
    scene = CharField(40)
    told = JSONField(default=dict)  # the scene's parameters, to begin it anew
    speed = FloatField()
    rushed = BooleanField(default=False)  # the presenter jumped ahead: nothing is delayed any more
    events_received = IntegerField(default=0)  # signed events that reached the demo's own webhook
    created_at = DateTimeField(default=now)

    class Meta:
        table_name = "demos"
