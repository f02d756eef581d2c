"""Remakes: a version whose sound check fails is made again, unseen and once, within the day's budget.

docs/decisions/0062. What fails by its own figures is another attempt before anybody can play it. What a recogniser does not
understand can be played by then: another recording is made out of sight and takes its place only while nobody has played,
chosen or paid for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from peewee import fn

from jobs.alerts import raise_alert
from jobs.generation.budget import afford_remake
from jobs.generation.selection import publish_song
from jobs.generation.sound_check import fault_of
from jobs.generation.variations import requeue
from jobs.queue import enqueue_once
from jobs.queue_names import DEMO_PROVIDER, DISPATCH
from jobs.rate_limits import TooManyError
from models import (
    LOGGED,
    UNDER_WAY,
    WITH_VARIATIONS,
    CheckoutSession,
    ComposeForm,
    Variation,
    append_event,
    database,
    locked,
    new_id,
    now,
    transaction,
)
from settings import settings

log = logging.getLogger("serenade.remakes")
BY_WORDS = "words"  # what a version failed by where the recogniser did not understand it
_REMAKES_LOCK = 7_301_012  # one at a time, so that the day's limit is kept to exactly
_DAY = timedelta(days=1)


def make_again(row: Variation, measured: Mapping[str, float]) -> bool:
    """Another attempt in place of a finished sound that nobody can play yet. False where it is to be kept as it is."""
    fault = fault_of(measured)
    if fault is None or row.remade_for is not None or row.provider == DEMO_PROVIDER:
        return False
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == row.form_id)).first()
        if form is None or form.status not in WITH_VARIATIONS or not _has_room():
            return False
        made = requeue(row, by="sound_check", why=fault, remade_for=fault, remade_at=now())
    if made:
        log.warning("variation %s fails its sound check (%s) and is made again", row.id[:LOGGED], fault)
        enqueue_once(DISPATCH, False)
    return made


def make_instead(row: Variation, form: ComposeForm) -> bool:
    """One more recording, out of sight, of a version whose words were not understood. Both rows are locked by the caller."""
    if row.remade_for is not None or not _is_unseen(row, form) or not _has_room():
        return False
    Variation.update(remade_for=BY_WORDS, remade_at=now()).where(Variation.id == row.id).execute()
    names = ("form", "song_index", "variation", "revision")
    place: dict[str, Any] = {name: getattr(row, name) for name in names}
    takes = Variation.select(fn.MAX(Variation.take)).where(*(getattr(Variation, name) == place[name] for name in names))
    same = {"asked_title": row.asked_title, "asked_lyrics": row.asked_lyrics, "softened": row.softened, "lyrics": row.lyrics}
    hidden = {"shown": False, "withheld": True, "replaces": row.id, "remade_for": BY_WORDS}
    Variation.create(id=new_id("task"), take=1 + takes.scalar(), **place, **same, **hidden)
    append_event(form.id, "variation", row.id, row.status, row.status, by="sound_check", why="words_not_heard")
    log.warning("variation %s: its words were not understood; another is made", row.id[:LOGGED])
    enqueue_once(DISPATCH, False)
    return True


def take_over(made: Variation, form: ComposeForm) -> bool:
    """The other recording takes the place of the one it was made for, if its words are understood better and nobody has
    met that one yet. Both rows are locked by the caller.
    """
    old = locked(Variation.select().where(Variation.id == made.replaces)).first()
    if old is None or not _is_unseen(old, form) or made.checks.get("words", 0.0) <= old.checks.get("words", 0.0):
        return False
    Variation.update(shown=False, withheld=True).where(Variation.id == old.id).execute()
    Variation.update(shown=True, withheld=False).where(Variation.id == made.id).execute()
    publish_song(form.id, made.song_index)
    append_event(form.id, "variation", made.id, made.status, made.status, by="sound_check", why="took_over")
    return True


def note_played(task_id: str) -> None:
    """Somebody fetched the preview of this version: from now on nothing takes its place."""
    Variation.update(played_at=now()).where(Variation.id == task_id, Variation.played_at.is_null()).execute()


def _is_unseen(row: Variation, form: ComposeForm) -> bool:
    """Nobody has played, judged, chosen or paid for it, and it is the current one of its place."""
    chosen = form.selected_variations.get(str(row.song_index)) == row.variation
    if not row.shown or row.played_at or row.verdict or chosen or form.status not in WITH_VARIATIONS:
        return False
    paying = CheckoutSession.select().where(CheckoutSession.form == form.id, CheckoutSession.status.in_(UNDER_WAY))
    return not paying.exists()


def _has_room() -> bool:
    """Take one version from what a day may cost. False beyond it: then the song stays as it is."""
    if not settings.remakes_per_day:
        return False
    database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_REMAKES_LOCK,))
    today = Variation.select().where(Variation.remade_at > now() - _DAY).count()
    if today >= settings.remakes_per_day:
        detail = f"{today} versions failed their sound check within a day and were made again; further ones stay as they are"
        raise_alert("remakes_used_up", f"{now():%Y-%m-%d}", detail)
        return False
    try:
        afford_remake()
    except TooManyError:
        return False
    return True
