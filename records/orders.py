"""The order: a person, a form, its variations, and where they are made."""

from __future__ import annotations

from datetime import timedelta

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    TextField,
)

from records.database import now
from records.fields import Choices, Shape, Spoken, Table, Told
from records.statuses import OLD_PACKAGES, OLD_WORDS


class User(Table):
    """An account. The table may belong to an older deployment and is never altered."""

    id = TextField(primary_key=True)
    name = TextField()
    email = TextField(unique=True)
    email_verified = BooleanField(default=False)
    credits = IntegerField(default=0)

    class Meta:
        table_name = "user"


class ComposeForm(Table):
    """One order in the making. Columns and names are the spec's."""

    noun = "form"
    id = TextField(primary_key=True)
    package_type = Spoken(50, OLD_PACKAGES)
    song_count = IntegerField()
    form_data = Told(default=dict)
    generated_prompts = Shape(default=list)
    generated_titles = Shape(default=list)
    generated_lyrics = Shape(default=list)
    lyric_sources = Shape(default=list)  # per song and line: the answer that it came from, '' for the writer's own
    lyric_kept = Shape(default=list)  # per song: the numbers of the lines that must stay
    lyric_drafts = Shape(default=list)  # per song: title and lyrics as far as they stand, while they are being written
    music_styles = Shape(default=list)
    variation_styles = Shape(default=list)
    variation_task_ids = Shape(default=dict)
    variation_audio_urls = Shape(default=dict)
    variation_lyrics = Shape(default=dict)
    variation_titles = Shape(default=dict)
    selected_variations = Choices(default=dict)
    status = Spoken(50, OLD_WORDS, default="created")
    stripe_session_id = TextField(null=True)
    stripe_payment_intent_id = TextField(null=True)
    amount_paid = IntegerField(null=True)
    paid_at = DateTimeField(null=True)
    user = ForeignKeyField(User, column_name="user_id", null=True)
    guest_email = TextField(null=True)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)
    expires_at = DateTimeField(default=lambda: now() + timedelta(days=7))
    submitted_at = DateTimeField(null=True)
    lease_until = DateTimeField(null=True)
    attention = TextField(null=True)
    adopted_at = DateTimeField(null=True)  # the row was an older system's
    version = IntegerField(default=1)  # counted by the database with every change that a customer can see
    mail_asked_at = DateTimeField(null=True)  # "mail me, I'm leaving"
    extended_count = IntegerField(default=0)
    purged_at = DateTimeField(null=True)
    story_removed_at = DateTimeField(null=True)
    purpose = CharField(20, null=True)  # None: a customer's order; 'preview': staff try something out
    released_at = DateTimeField(null=True)  # a person heard it and let it go, where RELEASE_BY_HAND asks for one
    locale = CharField(8, null=True)  # the language that the giver reads; None: nobody said, so English
    demo = BooleanField(default=False)  # only shows how it works: no money, no mail, no figure counts it

    class Meta:
        table_name = "compose_forms"


class Demo(Table):
    """What a demo form is shown as: whose browser it belongs to (a hash), which scene, and how fast it waits."""

    form = ForeignKeyField(ComposeForm, column_name="form_id", primary_key=True)
    visitor_sha256 = TextField()
    scene = CharField(40)
    told = JSONField(default=dict)  # the scene's parameters, to begin it anew
    speed = FloatField()
    rushed = BooleanField(default=False)  # the presenter jumped ahead: nothing is held back any more
    events_received = IntegerField(default=0)  # signed events that reached the demo's own webhook
    created_at = DateTimeField(default=now)

    class Meta:
        table_name = "demos"


class Variation(Table):
    """One of the three versions of one song. `id` is our task id; `attempt` fences off workers that finish too late."""

    noun = "variation"
    id = TextField(primary_key=True)
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    song_index = IntegerField()
    variation = IntegerField()
    revision = IntegerField(default=1)  # which words of this song: a new text is a new revision
    take = IntegerField(default=1)  # one more recording of the same words in the same place
    shown = BooleanField(default=True)  # stands in its place; all others are kept (jobs/generation/selection.py)
    asked_title = TextField(null=True)  # the words of this revision, once there is more than one
    asked_lyrics = TextField(null=True)
    attempt = IntegerField(default=1)
    status = CharField(20, default="queued")
    provider = TextField(null=True)
    provider_task_id = TextField(null=True)
    clip_index = IntegerField(default=0)  # which of the task's clips is this one
    clip = JSONField(null=True)  # the finished clip as the provider described it
    submit_leader = TextField(null=True)  # the row whose submit this one rides on (itself, when alone)
    callback_hash = TextField(null=True)
    deadline_at = DateTimeField(null=True)
    next_poll_at = DateTimeField(null=True)
    not_before = DateTimeField(null=True)
    uncertain_at = DateTimeField(null=True)  # a submit whose outcome nobody knows: listed apart, never repeated blindly
    failures = JSONField(default=dict)  # provider -> how often it failed this variation
    collect_tries = IntegerField(default=0)
    softened = BooleanField(default=False)  # `lyrics` were rewritten after moderation
    progress = IntegerField(null=True)
    stage = TextField(null=True)
    eta_seconds = FloatField(null=True)
    error_code = TextField(null=True)
    lease_until = DateTimeField(null=True)
    title = TextField(null=True)
    lyrics = TextField(null=True)
    style = TextField(null=True)
    timed_lyrics = JSONField(default=list)
    sections = JSONField(default=list)
    peaks = JSONField(default=dict)  # {'preview': [0..100, ...], 'master': [...]}
    master_key = TextField(null=True)
    preview_key = TextField(null=True)
    outside_url = TextField(null=True)  # audio that is not ours to keep: a trusted server or an older system named it
    master_bytes = BigIntegerField(null=True)
    master_sha256 = TextField(null=True)
    duration_ms = IntegerField(null=True)
    preview_ms = IntegerField(null=True)
    loudness_lufs = FloatField(null=True)
    checks = JSONField(default=dict)  # what the provider sent, measured: see jobs/generation/audio.py
    verdict = CharField(20, null=True)  # what staff said who heard it: approved, flagged
    queued_at = DateTimeField(default=now)
    submitted_at = DateTimeField(null=True)
    ready_at = DateTimeField(null=True)
    created_at = DateTimeField(default=now)
    updated_at = DateTimeField(default=now)

    class Meta:
        table_name = "variations"


class ProviderPause(Table):
    """A provider that gets no work until then: wrong key, or no credit."""

    provider = TextField(primary_key=True)
    reason = TextField()
    since = DateTimeField(default=now)
    until = DateTimeField()

    class Meta:
        table_name = "provider_pauses"


class BonusClip(Table):
    """Audio that was paid for and came too late, or came on top: kept, never thrown away."""

    id = BigAutoField()
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    song_index = IntegerField()
    variation_id = TextField()
    provider = TextField()
    provider_task_id = TextField()
    clip_index = IntegerField()
    why = CharField(20)
    state = CharField(20, default="waiting")
    master_key = TextField(null=True)
    preview_key = TextField(null=True)
    duration_ms = IntegerField(null=True)
    next_poll_at = DateTimeField(default=now)
    created_at = DateTimeField(default=now)

    class Meta:
        table_name = "bonus_clips"


class Preset(Table):
    """A brief with its providers and styles, kept for marketing."""

    id = TextField(primary_key=True)
    name = TextField(unique=True)
    form_data = JSONField()
    columns = JSONField()  # [{"provider": ..., "style": ...}, ...]
    made_by = TextField()
    at = DateTimeField(default=now)

    class Meta:
        table_name = "presets"
