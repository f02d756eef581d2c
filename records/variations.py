"""Variations: the three versions of one song, clips on top, and pauses of providers."""

from __future__ import annotations

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
from records.fields import Table
from records.forms import ComposeForm
from records.statuses import BonusState, VariationStatus


class Variation(Table):
    """One of the three versions of one song. `id` is our task id; `attempt` keeps out workers that finish too late."""

    noun = "variation"
    id = TextField(primary_key=True)
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    song_index = IntegerField()
    variation = IntegerField()
    revision = IntegerField(default=1)  # which lyrics of this song: a new text is a new revision
    take = IntegerField(default=1)  # one more recording of the same lyrics in the same place
    shown = BooleanField(default=True)  # current in its place; all others are kept (jobs/generation/selection.py)
    asked_title = TextField(null=True)  # title and lyrics of this revision, once there is more than one
    asked_lyrics = TextField(null=True)
    asked_by = CharField(20, null=True)  # who wanted this revision or take: customer, staff; nobody: the first of the song
    revised_from = IntegerField(null=True)  # the revision that these lyrics were changed from
    tune = JSONField(null=True)  # only lines changed: {lyrics, take} that the tune was made for, and that is kept
    attempt = IntegerField(default=1)
    status = CharField(20, default=VariationStatus.QUEUED)
    step = CharField(20, null=True)  # where our own work on this attempt is (VariationStep); moved by `move_steps` alone
    provider = TextField(null=True)
    provider_task_id = TextField(null=True)
    clip_index = IntegerField(default=0)  # which of the task's clips is this one
    clip = JSONField(null=True)  # the finished clip as the provider described it
    submit_leader = TextField(null=True)  # the row whose submit this one shares (itself, when alone)
    callback_hash = TextField(null=True)
    deadline_at = DateTimeField(null=True)
    next_poll_at = DateTimeField(null=True)
    not_before = DateTimeField(null=True)
    uncertain_at = DateTimeField(null=True)  # a submit whose outcome is unknown
    may_repeat = BooleanField(default=True)  # by itself, should it stay unknown: once, until somebody presses Retry
    failures = JSONField(default=dict)  # provider -> how often it failed this variation
    collect_tries = IntegerField(default=0)
    softened = BooleanField(default=False)  # `lyrics` were rewritten after moderation
    progress = IntegerField(null=True)
    stage = TextField(null=True)  # what the provider says it is doing: displayed, and nothing follows from it
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
    checks = JSONField(default=dict)  # its sound check, as figures: see jobs/generation/sound_check.py
    hear_at = DateTimeField(null=True)  # when the recogniser is to hear it; the lease of whoever does is `lease_until`
    hear_tries = IntegerField(default=0)
    played_at = DateTimeField(null=True)  # when somebody first fetched its preview
    remade_for = CharField(20, null=True)  # what its sound check failed by, where it was made again: once
    remade_at = DateTimeField(null=True)
    replaces = TextField(null=True)  # the version whose words were not understood and that this one was made instead of
    withheld = BooleanField(default=False)  # no customer sees it: it failed, or it was made instead of one that stayed
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
    state = CharField(20, default=BonusState.WAITING)
    master_key = TextField(null=True)
    preview_key = TextField(null=True)
    duration_ms = IntegerField(null=True)
    next_poll_at = DateTimeField(default=now)
    created_at = DateTimeField(default=now)

    class Meta:
        table_name = "bonus_clips"


class RepeatedSubmit(Table):
    """A submit whose answer was lost and that was sent once more by itself: possibly bought twice. Never removed."""

    id = BigAutoField()
    form = ForeignKeyField(ComposeForm, column_name="form_id")
    leader = TextField()  # the variation that stood for it, in this attempt
    attempt = IntegerField()
    variations = IntegerField()
    provider = TextField()
    callback_hash = TextField(null=True)  # of the first submit: its answer may still come this way
    task_id = TextField(null=True)  # the first submit's, where it came after all
    at = DateTimeField(default=now)

    class Meta:
        table_name = "repeated_submits"
