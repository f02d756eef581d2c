"""Who is next: free places at the providers go to queued variations, fairly between customers."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from peewee import SQL, Case, fn

from i18n import SOURCE
from integrations.music import MusicProvider
from jobs.generation.providers import paused_providers, provider, provider_for
from jobs.generation.submitting import SUBMIT_LEASE, SYNCHRONOUS_LEASE, TIME_SLICE, submit_next, submit_one
from jobs.queue import begun, enqueue, enqueue_once
from jobs.queue_names import DEMO_PROVIDER, DISPATCH, queue_for
from jobs.registry import job
from models import AT_PROVIDER, Variation, VariationStatus, VariationStep, database, locked, move_all, notify, now, transaction
from settings import settings

DISPATCH_LOCK = 7_301_001
# Who is in line, of real orders or of demo forms (the one parameter): they never wait for each other.
# Fair between customers: the turn of a variation is how many of its own form go before it, then who came first.
LINE = """
SELECT v.id, v.form_id, ARRAY[v.song_index, v.revision, v.softened::integer] AS lyrics_key, v.failures,
       row_number() OVER (PARTITION BY v.form_id ORDER BY v.queued_at, v.song_index, v.variation)
       + (SELECT count(*) FROM variations o WHERE o.form_id = v.form_id AND o.status IN ('submitted', 'generating')) AS turn,
       f.form_data->'songs'->v.song_index->>'language' AS language
FROM variations v JOIN compose_forms f ON f.id = v.form_id
WHERE v.status = 'queued' AND f.demo = %s AND f.generated_lyrics <> '[]'::jsonb
      AND (v.not_before IS NULL OR v.not_before <= now() AT TIME ZONE 'utc')
ORDER BY turn, v.queued_at, v.song_index, v.variation
"""


@job(DISPATCH)
def dispatch(demo: bool = False) -> None:
    """Job: give free places at the providers to those who are next in line, and start them, until nobody is left."""
    begun(dispatch, demo)
    until = time.monotonic() + TIME_SLICE
    while _dispatch(demo):
        while submit_one(demo):
            if time.monotonic() > until:
                enqueue_once(dispatch, demo, queue=queue_for(demo))
                return


def _dispatch(demo: bool = False) -> int:
    """How many tasks were given a place."""
    with transaction():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (DISPATCH_LOCK + demo,))
        free, paused = _free_places(demo), paused_providers()
        line = [_Waiting(*row) for row in database.execute_sql(LINE + " LIMIT 200", (demo,)).fetchall()]
        started = 0
        for first in line:
            music = provider_for(first.failures, paused, demo, first.language)
            if first.placed or music is None or free[music.name] <= 0:
                continue
            group = _together(first, line, music, paused, demo)
            if _give_place(group, music):
                free[music.name] -= 1
                started += 1
        if started:
            for form_id in {row.form_id for row in line}:
                notify(form_id)  # everybody in line moved up
    for _ in range(min(started, 1 if demo else settings.workers) - 1):  # this job starts them too
        enqueue(submit_next, demo, queue=queue_for(demo))
    return started


class _Waiting:
    """One variation in line; those with the same `lyrics_key` sing the same lyrics."""

    def __init__(  # as LINE selects it
        self, row_id: str, form_id: str, lyrics_key: list[int], failures: dict[str, int], turn: int, language: str | None = None
    ) -> None:
        self.row_id, self.form_id, self.lyrics_key, self.failures = row_id, form_id, lyrics_key, failures
        self.language = language or SOURCE
        self.placed = False


def _together(first: _Waiting, line: list[_Waiting], music: MusicProvider, paused: set[str], demo: bool) -> list[_Waiting]:
    """Variations of the same lyrics whose turn it is at the same provider share one submit, as far as it serves several."""
    same = [
        row
        for row in line
        if (row.form_id, row.lyrics_key) == (first.form_id, first.lyrics_key)
        and not row.placed
        and provider_for(row.failures, paused, demo, row.language) is music
    ]
    return same[: music.capabilities.max_n]


def _free_places(demo: bool = False) -> dict[str, int]:
    """Places per provider; the demo has only one while real songs are made on this machine.

    A task that the provider has finished holds none, though we may still be collecting it.
    """
    busy: dict[str | None, int] = dict(
        Variation.select(Variation.provider, fn.COUNT(SQL("DISTINCT coalesce(submit_leader, id)")))
        .where(Variation.status.in_(AT_PROVIDER), Variation.step.is_null() | (Variation.step != VariationStep.FINISHING))
        .group_by(Variation.provider)
        .tuples()
        .execute()
    )
    if demo:
        most = 1 if busy.get("studio") else provider(DEMO_PROVIDER).capabilities.max_parallel
        return {DEMO_PROVIDER: most - busy.get(DEMO_PROVIDER, 0)}
    return {name: provider(name).capabilities.max_parallel - busy.get(name, 0) for name in settings.music_providers}


def _give_place(group: list[_Waiting], music: MusicProvider) -> bool:
    lease = SYNCHRONOUS_LEASE if music.capabilities.synchronous else SUBMIT_LEASE
    for row in group:
        row.placed = True
    mine = Variation.select(Variation.id).where(Variation.id.in_([row.row_id for row in group])).order_by(Variation.id)
    in_line = {row.id for row in locked(mine.where(Variation.status == VariationStatus.QUEUED))}  # one may have ended since
    ids = [row.row_id for row in group if row.row_id in in_line]
    if not ids:
        return False
    changes: dict[str, Any] = {"provider": music.name, "submitted_at": now(), "submit_leader": ids[0]}
    changes |= {"clip_index": Case(Variation.id, [(row_id, clip) for clip, row_id in enumerate(ids)])}
    changes |= {"lease_until": now() + timedelta(seconds=lease)}
    return bool(move_all(Variation, ids, VariationStatus.SUBMITTED, by="dispatch", why=music.name, **changes))
