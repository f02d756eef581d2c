"""The order report: songs and their cost, payments, e-mails, share links, queued jobs and the timeline of one order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from integrations.storage.signed_links import sign
from jobs.generation.sound_check import SoundCheck, sound_check_of
from jobs.payments.extras import EXTRA_KINDS, why_not
from jobs.queue_names import QUEUES
from jobs.staff.roles import actions_of
from jobs.views.form_types import FormView
from jobs.views.form_view import read_form
from models import (
    PAID,
    Alert,
    BonusClip,
    CheckoutSession,
    ComposeForm,
    Email,
    ExtraPurchase,
    FormEvent,
    RepeatedSubmit,
    Reply,
    ShareToken,
    User,
    Variation,
    VariationStatus,
    read_rows,
)
from pubsub import connection
from settings import settings

_LINES = 800  # of the timeline
MOST_JOBS = 100  # of each queue that are searched


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the timeline.

    `kind`: form, variation, variation_step, checkout_session, extra_purchase, email, gift, staff, alert, report.
    """

    at: datetime
    kind: str
    who: str
    what: str
    why: str = ""
    about: str = ""


@dataclass(frozen=True)
class ReportedVariation:
    """One recording of one variation. `submitted_to`: providers, in order; `cost` in mills, None where unknown."""

    row: Variation
    url: str | None
    sound_check: SoundCheck | None
    submitted_to: tuple[str, ...]
    cost: int | None


@dataclass(frozen=True)
class OrderReport:
    """One order as staff see it. Its rows are values for reading (`read_rows`): nobody moves or changes them here."""

    form: ComposeForm
    shown: FormView
    account: User | None
    recordings: list[ReportedVariation]
    bonuses: list[BonusClip]
    repeats: list[RepeatedSubmit]
    payments: list[CheckoutSession]
    extras: list[ExtraPurchase]
    to_give: list[tuple[str, str]]  # what staff may give: (song and kind, in words)
    mails: list[Email]
    links: list[ShareToken]
    timeline: list[TimelineEntry]
    jobs: list[str]


def read_order(form_id: str) -> OrderReport | None:
    """The report, in a dozen small queries; None for an unknown form."""
    form = next(iter(read_rows(ComposeForm, "id = %s", form_id)), None)
    shown = read_form(form_id)
    if form is None or shown is None:
        return None
    rows = read_rows(
        Variation, "form_id = %s ORDER BY song_index, variation, revision, take", form_id, without=("timed_lyrics", "clip")
    )
    events = read_rows(FormEvent, f"form_id = %s ORDER BY id DESC LIMIT {_LINES}", form_id)
    payments = read_rows(CheckoutSession, "form_id = %s ORDER BY attempt", form_id)
    extras = read_rows(ExtraPurchase, "form_id = %s ORDER BY created_at", form_id)
    mails = read_rows(Email, "form_id = %s ORDER BY created_at", form_id)
    return OrderReport(
        form=form,
        shown=shown,
        account=User.select().where(User.id == form.user_id).first() if form.user_id else None,
        recordings=_recordings(rows, events),
        bonuses=read_rows(BonusClip, "form_id = %s ORDER BY id", form_id),
        repeats=read_rows(RepeatedSubmit, "form_id = %s ORDER BY id", form_id),
        payments=payments,
        extras=extras,
        to_give=_to_give(form_id),
        mails=mails,
        links=read_rows(ShareToken, "form_id = %s ORDER BY song_index, created_at DESC", form_id),
        timeline=_timeline(form_id, events),
        jobs=_jobs({form_id, *(row.id for row in (*rows, *payments, *extras, *mails))}),
    )


def _to_give(form_id: str) -> list[tuple[str, str]]:
    form = ComposeForm.find(form_id)
    kinds = [(song, what) for song in range(form.song_count) for what in EXTRA_KINDS] if form.status in PAID else []
    free = [(song, what) for song, what in kinds if why_not(form, song, what, bought=False) is None]
    return [(f"{song}:{what}", f"song {song + 1}: {what}") for song, what in free]


def _recordings(rows: list[Variation], events: list[FormEvent]) -> list[ReportedVariation]:
    submits: dict[str, list[str]] = defaultdict(list)
    for event in reversed(events):
        if event.noun == "variation" and event.to_status == VariationStatus.SUBMITTED:
            submits[event.noun_id].append(event.why)
    return [
        ReportedVariation(row, _audio_url(row), sound_check_of(row), tuple(submits[row.id]), _cost(submits[row.id]))
        for row in rows
    ]


def _audio_url(row: Variation) -> str | None:
    if row.status != VariationStatus.READY:
        return None
    return sign(f"/media/staff/{row.id}.mp3") if row.master_key else row.outside_url


def _cost(submits: list[str]) -> int | None:
    """What these submits cost, in mills; several variations of one submit share it."""
    prices = [price_of(name) for name in submits]
    return None if None in prices else sum(filter(None, prices))


def price_of(provider: str) -> int | None:
    """Mills for one variation; 0 for the built-in studio, None where `<NAME>_COST_MILLS` is not set."""
    vendor = settings.vendors.get(provider)
    if vendor is None:
        return 0 if provider in ("studio", "older") else None
    return round(vendor.cost_mills / vendor.clips) or None


def _timeline(form_id: str, events: list[FormEvent]) -> list[TimelineEntry]:
    lines = [TimelineEntry(one.at, one.noun, one.moved_by, _move(one), one.why, one.noun_id) for one in events]
    for act in actions_of(form_id):
        outcome = act.outcome or "in progress"
        lines.append(TimelineEntry(act.at, "staff", act.staff, f"{act.action}: {outcome}", act.reason, act.about))
    for alert in Alert.select().where(Alert.form_id == form_id).limit(50):
        lines.append(TimelineEntry(alert.raised_at, "alert", "alert", alert.kind, alert.detail, alert.about))
    for one in Reply.select().where(Reply.form == form_id, Reply.kind == "report").order_by(Reply.created_at.desc()).limit(50):
        lines.append(TimelineEntry(one.created_at, "report", "visitor", "the gift page was reported", one.words or "", one.id))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _move(event: FormEvent) -> str:
    if event.from_status == event.to_status:
        return str(event.to_status)
    return f"{event.from_status} → {event.to_status or 'none'}" if event.from_status else f"created as {event.to_status}"


def _jobs(ids: set[str]) -> list[str]:
    """The queued jobs about this order (the first hundred of each queue are searched)."""
    found = []
    try:
        for name in QUEUES:
            for job in Queue(name, connection=connection(), serializer=JSONSerializer).get_jobs(0, MOST_JOBS):
                if ids & {str(one) for one in job.args}:
                    found.append(f"{job.func_name} queued in {name}")
    except redis.RedisError:
        return ["unknown: Redis is unreachable"]
    return found
