"""What a form looks like from outside: one reading for the pages and for the REST contract. Ids in, typed values out."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urljoin

from integrations.storage.signed_links import sign
from jobs.generation.dispatching import LINE
from jobs.generation.eta import eta_seconds, is_late
from jobs.generation.providers import keeps_tune
from jobs.generation.selection import is_chosen
from jobs.generation.sound_check import sound_check_of
from jobs.gifts.gift import is_held
from jobs.privacy.expiry import MOST_EXTENSIONS
from jobs.views.form_types import CellView, FormView, LyricDraftView, SongView, TaskView
from models import (
    PAID,
    UNPAID,
    CheckoutSession,
    ComposeForm,
    ShareToken,
    Variation,
    VariationStatus,
    VariationStep,
    database,
    read_rows,
)
from settings import settings

PLACES = f"SELECT id, place FROM (SELECT id, form_id, row_number() OVER () AS place FROM ({LINE}) l) p WHERE form_id = %s"  # noqa: S608 our own text
FOLLOWING = ("sections", "timed_lyrics")  # to follow a song while it plays
UNSEEN = (  # of a variation: what our own work on it needs. A third of what a read costs is paid per column
    "attempt", "callback_hash", "clip", "clip_index", "collect_tries", "deadline_at", "lease_until",
    "hear_at", "hear_tries", "master_bytes", "master_sha256", "may_repeat", "next_poll_at", "not_before", "played_at",
    "provider_task_id", "queued_at", "ready_at", "remade_at", "remade_for", "softened", "submit_leader", "tune",
    "uncertain_at", "updated_at", "verdict",
)  # fmt: skip

COMPUTED = (
    "selected_task_ids",
    "songs",
    "share_urls",
    "held",
    "may_be_extended",
    "payment_status",
    "amount",
    "currency",
    "read_at",
)
_COLUMNS = tuple(field.name for field in fields(FormView) if field.name not in COMPUTED)  # as they stand in the row


def read_form(form_id: str, without: tuple[str, ...] = ()) -> FormView | None:
    """A form with its songs and links; None where there is no such form.

    `without` (see FOLLOWING) leaves out of every cell what only a player needs: nine tenths of all bytes.
    """
    read_at = time.monotonic()
    form = next(iter(read_rows(ComposeForm, "id = %s", form_id)), None)
    if form is None:
        return None
    package = settings.packages.get(form.package_type) or settings.packages["solo-serenade"]
    rows = read_rows(
        Variation, "form_id = %s ORDER BY song_index, variation, revision, take", form_id, without=(*UNSEEN, *without)
    )
    held = is_held(form)
    return FormView(
        **{name: getattr(form, name) for name in _COLUMNS},
        selected_task_ids={str(row.song_index): row.id for row in rows if is_chosen(form, row)},
        songs=_songs(form, rows, held),
        share_urls=_share_urls(form) if form.status in PAID and not held else {},
        held=held,
        may_be_extended=form.status in UNPAID and form.extended_count < MOST_EXTENSIONS,
        payment_status=_payment_status(form),
        amount=package.amount,
        currency=package.currency,
        read_at=read_at,
    )


def _payment_status(form: ComposeForm) -> str | None:
    """Where the latest payment is; the one that counts, once there is one."""
    if form.stripe_session_id is None:
        return None  # no checkout session was ever opened
    rows = CheckoutSession.select(CheckoutSession.status).where(CheckoutSession.form == form.id)
    order = (CheckoutSession.fulfilled_at.is_null(), CheckoutSession.attempt.desc())
    return rows.order_by(*order).limit(1).scalar()  # type: ignore[no-any-return]


def _songs(form: ComposeForm, rows: list[Variation], held: bool) -> list[SongView]:
    places = _places(form.id, form.demo) if any(row.status == VariationStatus.QUEUED for row in rows) else {}
    cells = {row.id: _cell(form, row, places, held) for row in rows}
    return [_song(form, index, [row for row in rows if row.song_index == index], cells) for index in range(form.song_count)]


def _song(form: ComposeForm, index: int, rows: list[Variation], cells: dict[str, CellView]) -> SongView:
    earlier = sorted(
        (row for row in rows if not row.shown and not row.withheld), key=lambda row: (-row.revision, -row.take, row.variation)
    )
    return SongView(
        index=index,
        recipient_name=_answers(form, index).get("recipientName", ""),
        title=_at(form.generated_titles, index),
        lyrics=_at(form.generated_lyrics, index),
        lyric_draft=_draft(form, index),
        lyric_sources=_at(form.lyric_sources, index) or [],
        lyric_kept=_at(form.lyric_kept, index) or [],
        selected=form.selected_variations.get(str(index)),
        revision=next((row.revision for row in rows if row.shown), 1),
        variations=[cells[row.id] for row in rows if row.shown],
        earlier=[cells[row.id] for row in earlier],
        changes_left=max(0, settings.max_revisions - max((row.revision for row in rows), default=1)),
        more_left=max(0, settings.max_more_versions - sum(row.take > 1 and not row.replaces for row in rows)),
        keeps_tune=all(keeps_tune(row.provider) for row in rows if row.shown),
    )


def _draft(form: ComposeForm, index: int) -> LyricDraftView | None:
    draft = None if form.generated_lyrics else _at(form.lyric_drafts, index)
    return LyricDraftView(draft["done"], draft["title"], draft["lyrics"]) if draft else None


def _answers(form: ComposeForm, index: int) -> dict[str, Any]:
    """The form data of one song."""
    return _at(form.form_data.get("songs", []), index) or {}


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _cell(form: ComposeForm, row: Variation, places: dict[str, int], held: bool) -> CellView:
    """One cell of the grid. The master is signed in only for what was paid for."""
    paid = form.status in PAID and is_chosen(form, row) and not held
    ready = row.status == VariationStatus.READY
    place = places.get(row.id)
    title = row.title or row.asked_title or _at(form.generated_titles, row.song_index)
    return CellView(
        task_id=row.id,
        variation=row.variation,
        revision=row.revision,
        take=row.take,
        status=row.status,
        place=place,
        progress=row.progress,
        stage=row.stage,
        is_being_stored=row.step == VariationStep.FINISHING,
        eta_seconds=eta_seconds(row, place, form.demo),
        title=title,
        late=is_late(row),
        lyrics=row.lyrics or row.asked_lyrics or _at(form.generated_lyrics, row.song_index),
        style=row.style or _at(_at(form.variation_styles, row.song_index) or [], row.variation - 1),
        preview_url=_preview_url(row) if ready else None,
        audio_url=_master_url(row) if ready and paid else None,
        download_url=_download_url(row) if ready and paid else None,
        duration_ms=row.duration_ms,
        preview_ms=row.preview_ms,
        peaks=row.peaks.get("master" if paid else "preview", []),
        error_code=str(row.error_code) if row.status == VariationStatus.FAILED else None,
        untitled_for=_answers(form, row.song_index).get("recipientName") or "" if form.adopted_at and not title else None,
        sections=getattr(row, "sections", ()),
        timed_lyrics=getattr(row, "timed_lyrics", ()),
        sound_check=sound_check_of(row) if ready else None,
        asked_lyrics=row.asked_lyrics or _at(form.generated_lyrics, row.song_index),
        asked_title=row.asked_title or _at(form.generated_titles, row.song_index),
        asked_by=row.asked_by,
        asked_at=row.created_at,
        revised_from=row.revised_from,
    )


def whole_version(form: ComposeForm, row: Variation) -> CellView:
    """A version that is kept beside the chosen one: the whole of it, as the chosen one is shown."""
    cell = _cell(form, row, {}, held=False)
    return replace(cell, audio_url=_master_url(row), download_url=_download_url(row), peaks=row.peaks.get("master", []))


def _preview_url(row: Variation) -> str:
    return f"/media/preview/{row.id}.mp3" if row.preview_key else str(row.outside_url)


def _master_url(row: Variation) -> str:
    return sign(f"/media/master/{row.id}.mp3") if row.master_key else str(row.outside_url)


def _download_url(row: Variation) -> str:
    return _master_url(row) + ("&download=1" if row.master_key else "")


def _places(form_id: str, demo: bool) -> dict[str, int]:
    """The place in line (1 is next) of every queued variation of this form."""
    return dict(database.execute_sql(PLACES, (demo, form_id)).fetchall())


def _share_urls(form: ComposeForm) -> dict[str, str]:
    tokens = read_rows(ShareToken, "form_id = %s AND revoked_at IS NULL AND song_index IS NOT NULL", form.id)
    return {str(row.song_index): f"{settings.public_url}/s/{row.token}" for row in tokens}


def read_task(task_id: str, trusted: bool = False) -> TaskView | None:
    """The answer of GET /api/status/{taskId}.

    A task id is passed on with the song: it stands in links to a bucket, and an older system's stood in its players. So it
    leads to its form, which is the giver's, only until that is paid, and never to the whole song (docs/decisions/0014).
    """
    row = next(iter(read_rows(Variation, "id = %s", task_id, without=(*UNSEEN, *FOLLOWING))), None)
    if row is None:
        return None
    form = read_rows(ComposeForm, "id = %s", row.form_id)[0]
    places = _places(form.id, form.demo) if row.status == VariationStatus.QUEUED else {}
    cell = _cell(form, row, places, is_held(form))
    open_to_all = form.status in UNPAID and row.provider != "older"
    heard = (cell.audio_url if trusted else None) or cell.preview_url
    return TaskView(
        form_id=row.form_id if trusted or open_to_all else None,
        song_index=row.song_index,
        audio_url=urljoin(settings.public_url, heard) if heard else None,
        cell=cell,
    )


def form_of_session(stripe_session_id: str) -> str | None:
    """The id of the form that this Stripe session was opened for."""
    by_session = CheckoutSession.select(CheckoutSession.form).where(CheckoutSession.stripe_session_id == stripe_session_id)
    by_form = ComposeForm.select(ComposeForm.id).where(ComposeForm.stripe_session_id == stripe_session_id)
    found = by_session.tuples().first() or by_form.tuples().first()
    return None if found is None else str(found[0])
