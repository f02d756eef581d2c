"""The nouns and their lifecycles; the only place a status moves.

Every move is one guarded UPDATE along `LIFECYCLES`; no row moved means somebody else was first, which is fine.
Each move is written to the timeline (`form_events`) in the same transaction, and the bell rings after the commit.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    DoesNotExist,
    FloatField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    TextField,
)
from playhouse.db_url import parse
from playhouse.pool import PooledPostgresqlDatabase
from psycopg2.extras import register_default_jsonb

from pubsub import publish
from settings import settings

log = logging.getLogger("serenade.models")
Row = TypeVar("Row", bound=Model)
T = TypeVar("T")

# A black-holed PostgreSQL must not hang a request for ever: every wait has an end.
LOGGED = 24  # characters of an id that a log line shows: enough to find the row, too few to be its key
LIMITS = "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000 -c timezone=UTC"


def _connect_options() -> dict[str, Any]:
    options = dict(parse(settings.database_url or "postgresql://postgres@/postgres", unquote_password=True, unquote_user=True))
    options.update(connect_timeout=3, tcp_user_timeout=5000, options=LIMITS)
    return options


_options = _connect_options()
register_default_jsonb(globally=True, loads=orjson.loads)  # a form with nine songs is 90 KB: a third of the time to read
database = PooledPostgresqlDatabase(_options.pop("database"), max_connections=12, timeout=10, stale_timeout=300, **_options)


class NotFoundError(Exception):
    """No such row; the message says which."""


class GoneError(NotFoundError):
    """The form expired or was deleted; only its id is left."""


class WrongMomentError(Exception):
    """The row's status does not allow this verb."""


# ---------------------------------------------------------------- lifecycles

LIFECYCLES: dict[str, dict[str, tuple[str, ...]]] = {
    "form": {
        "created": ("prompts_generated", "expired"),
        "prompts_generated": ("variations_generating", "expired"),
        "variations_generating": ("variations_ready", "payment_initiated", "expired"),
        "variations_ready": ("variations_generating", "payment_initiated", "expired"),
        "payment_initiated": ("variations_ready", "variations_generating", "payment_completed", "expired"),
        "payment_completed": ("delivered", "refunded"),
        "delivered": ("refunded",),
        "expired": (),
        "refunded": ("payment_completed", "delivered"),  # the refund failed at the bank: the song is theirs again
    },
    "variation": {
        "queued": ("submitted", "failed"),
        "submitted": ("generating", "ready", "failed", "queued"),
        "generating": ("ready", "failed", "queued"),
        "failed": ("queued",),
        "ready": (),
    },
    "checkout_session": {
        "open": ("paid", "payment_pending", "expired"),
        "payment_pending": ("paid", "payment_failed"),
        "paid": ("fulfilled", "partially_refunded", "refunded", "disputed"),
        "fulfilled": ("partially_refunded", "refunded", "disputed"),
        "partially_refunded": ("fulfilled", "refunded", "disputed", "paid"),
        "disputed": ("fulfilled", "partially_refunded", "refunded", "paid"),
        "expired": ("paid", "payment_pending"),  # Stripe's word wins: money that arrived is never ignored
        "payment_failed": ("paid",),
        "refunded": ("fulfilled", "partially_refunded", "disputed", "paid"),  # a refund can fail days later
    },
    "email": {
        "queued": ("sent", "failed", "cancelled"),
        "failed": ("queued",),
        "sent": (),
        "cancelled": ("sent",),  # it was on its way already
    },
}

UNFINISHED = ("queued", "submitted", "generating")
PAID = ("payment_completed", "delivered")
EDITABLE = ("created",)
# A form with money under way does not expire: whatever still arrives is delivered or given back.
MONEY_FIRST = """NOT EXISTS (SELECT 1 FROM checkout_sessions s WHERE s.form_id = %s
    AND (s.status IN ('open', 'payment_pending', 'paid') OR s.refund_due IS NOT NULL))"""
CHOOSING = ("variations_generating", "variations_ready", "payment_initiated")
OLD_WORDS = {"composing": "created", "payment_successful": "payment_completed", "completed": "delivered"}  # decision 0010
OLD_PACKAGES = {"single": "solo-serenade", "bundle": "holiday-hamper"}


# ---------------------------------------------------------------- transactions and the bell

_local = threading.local()


@contextmanager
def transaction() -> Iterator[None]:
    """One commit; what was rung inside is heard after it, so that nobody is told of news that cannot be read yet."""
    if getattr(_local, "bells", None) is not None:
        yield
        return
    _local.bells = set()
    try:
        with database.connection_context() if database.is_closed() else _already_open(), database.atomic():
            yield
        bells = _local.bells
    finally:
        _local.bells = None
    publish(*sorted(bells))


@contextmanager
def _already_open() -> Iterator[None]:
    yield


def ring(form_id: str) -> None:
    """Tell the open pages of this form to look again, after the commit."""
    if getattr(_local, "bells", None) is None:
        publish(form_id)
    else:
        _local.bells.add(form_id)


def in_database(work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run `work` with a connection of this thread; for threads that have none (pages, routes, jobs)."""
    if not database.is_closed():
        return work(*args, **kwargs)
    with database.connection_context():
        return work(*args, **kwargs)


def now() -> datetime:
    """UTC without a time zone, as the columns hold it."""
    return datetime.now(UTC).replace(tzinfo=None)


# ---------------------------------------------------------------- tables


class Table(Model):
    """A table whose rows have a lifecycle are never `.save()`d: see `move` and the verbs."""

    noun = ""
    if TYPE_CHECKING:  # every table with a lifecycle has these columns
        id: Any
        status: Any
        form: Any
        form_id: str
        user_id: str | None

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True

    @classmethod
    def find(cls: type[Row], row_id: str) -> Row:
        """The row, or NotFoundError."""
        try:
            return cls.get_by_id(row_id)
        except DoesNotExist:
            raise NotFoundError(f"no {cls.__name__} {row_id[:LOGGED]!r}") from None


class Shape(JSONField):
    """jsonb that is never None: rows of an older system may hold NULL where ours hold an empty list or object."""

    def python_value(self, value: Any) -> Any:
        """The stored value, or this field's empty one."""
        value = super().python_value(value)  # type: ignore[no-untyped-call]
        empty = self.default()
        return value if isinstance(value, type(empty)) else empty


class Told(Shape):
    """formData; the older shape of one song, its fields at the top, is read as the shape with `songs`."""

    def python_value(self, value: Any) -> Any:
        """`{senderName, ..., songs: [...]}` always."""
        told = super().python_value(value)
        if isinstance(told.get("songs"), list):
            return told
        ours = {name: text for name, text in told.items() if name.startswith("sender") or name == "deliverySpeed"}
        return {**ours, "songs": [{name: value for name, value in told.items() if name not in ours and name != "songs"}]}


class Choices(Shape):
    """{"0": 2}; an older system also wrote {"0": [2, 3]}, of which the first counts."""

    def python_value(self, value: Any) -> Any:
        """One number per song."""
        found = {song: one[0] if isinstance(one, list) and one else one for song, one in super().python_value(value).items()}
        return {song: one for song, one in found.items() if isinstance(one, int)}


class Spoken(CharField):
    """Words of an older system are read, and searched for, as ours; what we write is ours."""

    def __init__(self, length: int, words: dict[str, str], **more: Any) -> None:
        super().__init__(length, **more)
        self.words = words

    def python_value(self, value: Any) -> Any:
        """Our word."""
        return self.words.get(value, value)

    def in_(self, rhs: Any) -> Any:
        """Also the older words for any of these."""
        return super().in_(self._older(rhs))

    def not_in(self, rhs: Any) -> Any:
        """Neither these nor the older words for them."""
        return super().not_in(self._older(rhs))

    def _older(self, rhs: Any) -> Any:
        return [*rhs, *(old for old, ours in self.words.items() if ours in rhs)] if isinstance(rhs, list | tuple | set) else rhs

    def __eq__(self, rhs: Any) -> Any:
        return self.in_([rhs]) if isinstance(rhs, str) else super().__eq__(rhs)

    def __ne__(self, rhs: Any) -> Any:
        return self.not_in([rhs]) if isinstance(rhs, str) else super().__ne__(rhs)

    __hash__ = CharField.__hash__


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
    shown = BooleanField(default=True)  # stands in its place; all others are kept, one click away (jobs/showing.py)
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
    checks = JSONField(default=dict)  # what the provider sent, measured: see jobs/audio.py
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
    status = CharField(20, default="open")
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


class Login(Table):
    """One asked-for magic link. Only the hash of its token is kept; the token itself is derived when the mail is written."""

    id = TextField(primary_key=True)
    token_hash = TextField(unique=True)
    email = TextField()
    next_path = TextField(default="/library")
    message_id = TextField(unique=True)
    attempts = IntegerField(default=0)
    next_try_at = DateTimeField(default=now)
    mailed_at = DateTimeField(null=True)
    expires_at = DateTimeField()
    used_at = DateTimeField(null=True)
    created_at = DateTimeField(default=now)

    class Meta:
        table_name = "logins"


class LoginSession(Table):
    """One browser that is logged in. The cookie holds the token, the row only its hash."""

    token_hash = TextField(primary_key=True)
    user = ForeignKeyField(User, column_name="user_id")
    created_at = DateTimeField(default=now)
    expires_at = DateTimeField()

    class Meta:
        table_name = "login_sessions"


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


class FormEvent(Table):
    """The timeline: who moved what, when, why. Append-only."""

    id = BigAutoField()
    form_id = TextField()
    noun = CharField(20)
    noun_id = TextField()
    from_status = TextField(null=True)
    to_status = TextField(null=True)
    moved_by = TextField()
    why = TextField(default="")
    at = DateTimeField(default=now)

    class Meta:
        table_name = "form_events"


class Alert(Table):
    """Something staff must know. One row for each (kind, about), however often it is noticed."""

    id = BigAutoField()
    kind = CharField(40)
    about = TextField()
    form_id = TextField(null=True)  # type: ignore[assignment] # no foreign key: an alert outlives what it is about
    detail = TextField(default="")
    raised_at = DateTimeField(default=now)
    next_try_at = DateTimeField(default=now)
    sent_at = DateTimeField(null=True)

    class Meta:
        table_name = "alerts"


class StaffAction(Table):
    """What a member of staff did, and why. Append-only; `press` makes a double click one action."""

    id = BigAutoField()
    press = TextField(unique=True)
    at = DateTimeField(default=now)
    staff = TextField()
    role = CharField(20)
    action = CharField(40)
    form_id = TextField(null=True)  # type: ignore[assignment] # no foreign key: it outlives what it is about
    about = TextField(default="")  # which variation, mail, song
    reason = TextField(default="")  # free words, removed when the form is purged
    outcome = TextField(null=True)  # None while under way

    class Meta:
        table_name = "staff_actions"


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


class Mark(Table):
    """How far, or when last, a recurring piece of work got."""

    name = TextField(primary_key=True)
    at = DateTimeField()

    class Meta:
        table_name = "marks"


# ---------------------------------------------------------------- the one move


def move(
    row: Table | tuple[type[Table], str], to: str, *, by: str, why: str = "", where: Sequence[Any] = (), **changes: Any
) -> bool:
    """Move a row to status `to`, setting `changes` with it. True if this call moved it; False if it may not or `where` fails.

    `row` is a row or (table, id). `by` names who (a job, 'customer', 'stripe'); `why` a short machine word, never
    personal text.
    """
    table, row_id = (type(row), row.id) if isinstance(row, Table) else row
    allowed = [status for status, onward in LIFECYCLES[table.noun].items() if to in onward]
    if (table.noun, to) == ("form", "expired"):
        where = (*where, SQL(MONEY_FIRST, (row_id,)))
    with transaction():
        found = locked(table.select(*_identity(table)).where(table.id == row_id).tuples()).first()
        if found is None or found[0] not in allowed:
            if found is not None and found[0] != to:
                log.info("refused %s %s: %s -> %s (%s)", table.noun, row_id[:LOGGED], found[0], to, by)
            return False
        moved = table.update(status=to, updated_at=now(), **changes).where(table.id == row_id, *where).execute()
        if not moved:
            return False
        remember(found[1], table.noun, row_id, found[0], to, by=by, why=why)
        ring(found[1])
    log.info("%s %s: %s -> %s (%s)", table.noun, row_id[:LOGGED], found[0], to, by)
    return True


def locked(query: Any) -> Any:
    """Lock the rows of a query until commit. Rows that point to them (by foreign key) can still be inserted meanwhile."""
    return query.for_update("FOR NO KEY UPDATE")


def _identity(table: type[Table]) -> tuple[Any, Any]:
    return (table.status, table.id if table is ComposeForm else table.form)


def remember(
    form_id: str, noun: str, noun_id: str, from_status: str | None, to_status: str | None, *, by: str, why: str = ""
) -> None:
    """Append one line to the form's timeline."""
    FormEvent.insert(
        form_id=form_id, noun=noun, noun_id=noun_id, from_status=from_status, to_status=to_status, moved_by=by, why=why
    ).execute()


def take_lease(row: ComposeForm | Variation, seconds: float, *statuses: str) -> bool:
    """Claim a row for one job. The lease dies by itself, so a killed worker blocks nobody for longer than `seconds`."""
    table = type(row)
    free = table.lease_until.is_null() | (table.lease_until < now())
    return bool(
        table.update(lease_until=now() + timedelta(seconds=seconds))
        .where(table.id == row.id, table.status.in_(statuses), free)
        .execute()
    )


def read_rows(table: type[Table], where: str, *values: Any, without: tuple[str, ...] = ()) -> list[Any]:
    """The rows of `table` with `where` (our own SQL), as plain values under the names of its fields, older words as ours.

    For what is read on every request: building models and their SQL anew costs four times as much. `without` names
    fields that stay in the database.
    """
    columns, names, converted = _reading(table, without)
    found = []
    for row in database.execute_sql(f'SELECT {columns} FROM "{table._meta.table_name}" WHERE {where}', values):  # noqa: S608
        values_of = dict(zip(names, row, strict=True))
        for name, convert in converted:
            values_of[name] = convert(values_of[name])
        found.append(SimpleNamespace(**values_of))
    return found


@cache
def _reading(table: type[Table], without: tuple[str, ...]) -> tuple[str, list[Any], list[Any]]:
    fields = [field for field in table._meta.sorted_fields if field.name not in without]
    names = [field.object_id_name if isinstance(field, ForeignKeyField) else field.name for field in fields]
    converted = [(name, f.python_value) for name, f in zip(names, fields, strict=True) if isinstance(f, Shape | Spoken)]
    return ", ".join(f'"{field.column_name}"' for field in fields), names, converted


# ---------------------------------------------------------------- ids


def new_form_id() -> str:
    """`form_<ms>_<128 random bits>`: whoever holds it may read and edit the form until it is paid."""
    return f"form_{time.time_ns() // 1_000_000}_{secrets.token_hex(16)}"


def new_id(kind: str) -> str:
    """An unguessable id, e.g. `task_...` (128 bits)."""
    return f"{kind}_{secrets.token_hex(16)}"


# ---------------------------------------------------------------- the read model of the spec


def show_cell(form_id: str, song_index: int, variation: int, only_if: Any = True, **values: str | None) -> None:
    """Write one cell of the jsonb columns that the spec publishes: per cell, so that nine that finish together lose nothing.

    `only_if` is a condition on the form's row. `values` maps column names (variation_audio_urls, variation_titles,
    variation_lyrics) to the cell's text.
    """
    song, cell = str(int(song_index)), str(int(variation))
    changes: dict[str, Any] = {}
    for column, text in values.items():
        name = ComposeForm._meta.fields[column].column_name
        merged = SQL(
            f"jsonb_set(coalesce({name}, '{{}}'), ARRAY[%s], coalesce({name} -> %s, '{{}}') || %s::jsonb)",
            (song, song, json.dumps({cell: text})),
        )
        changes[column] = merged
    ComposeForm.update(updated_at=now(), **changes).where(ComposeForm.id == form_id, only_if).execute()
    ring(form_id)


def settle(form_id: str) -> bool:
    """The last variation out turns off the light: generating -> ready once nothing is unfinished and every song has one."""
    unfinished = "SELECT 1 FROM variations WHERE form_id = %s AND shown AND status IN %s"
    nothing_unfinished = SQL(f"NOT EXISTS ({unfinished})", (form_id, UNFINISHED))
    ready = "SELECT count(DISTINCT song_index) FROM variations WHERE form_id = %s AND shown AND status = 'ready'"
    every_song_has_one = SQL(f"song_count = ({ready})", (form_id,))
    if status_of(form_id) != "variations_generating":
        return False
    return move((ComposeForm, form_id), "variations_ready", by="settle", where=(nothing_unfinished, every_song_has_one))


def status_of(form_id: str) -> str | None:
    """The form's status now, or None where there is no such form."""
    return ComposeForm.select(ComposeForm.status).where(ComposeForm.id == form_id).scalar()  # type: ignore[no-any-return]
