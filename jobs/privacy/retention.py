"""Retention: unpaid orders are deleted after they expire, stories of paid songs after 90 days; ids and accounting stay.

The order makes a crash harmless: first the row becomes `expired` (no more access), then the files are deleted, then the
texts in the row, and `purged_at` marks the end. The sweep repeats whatever was interrupted.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from peewee import SQL

from integrations.storage import StorageError, storage
from jobs.forms.drafts import find_form
from jobs.generation.providers import forget_task
from jobs.payments.dispute_evidence import forget_emails
from jobs.privacy.expiry import expire
from jobs.registry import job
from models import (
    LOGGED,
    BonusClip,
    CheckoutSession,
    ComposeForm,
    Email,
    ExtraPurchase,
    FormStatus,
    Gift,
    Photo,
    Reply,
    ShareToken,
    StaffAction,
    StripeEvent,
    Variation,
    Video,
    WrongMomentError,
    append_event,
    in_database,
    locked,
    notify,
    now,
    transaction,
)

log = logging.getLogger("serenade.retention")
STORY_DAYS = 90  # days after payment; see /privacy
LOOKED_UP = 500  # folders that are looked up in one query
_WITH_FILES = (Variation, Reply, Photo, Video)  # the id of such a row is its folder in the storage
_FOLDERS = (*_WITH_FILES, ExtraPurchase)  # likewise; its row stays, as those of all payments
_AT_ONCE = 50  # rows of one sweep step, so that the other steps get their turn
EMPTIED: dict[str, Any] = {
    "form_data": {},
    "generated_prompts": [],
    "generated_titles": [],
    "generated_lyrics": [],
    "lyric_sources": [],
    "lyric_kept": [],
    "lyric_drafts": [],
    "music_styles": [],
    "variation_styles": [],
    "variation_task_ids": {},
    "variation_audio_urls": {},
    "variation_lyrics": {},
    "variation_titles": {},
    "guest_email": None,
    "user": None,
    "lease_until": None,
}


def purge_expired() -> None:
    """Sweep step: purge expired forms."""
    rows = ComposeForm.select(ComposeForm.id).where(ComposeForm.status == FormStatus.EXPIRED, ComposeForm.purged_at.is_null())
    for form_id in [row.id for row in rows.limit(_AT_ONCE)]:
        purge_or_wait(form_id)


def purge_or_wait(form_id: str) -> bool:
    """As `purge`; False too while the storage keeps a file: the sweep comes again, and other forms do not wait for it."""
    try:
        return purge(form_id)
    except StorageError as error:
        log.error("form %s: not purged: %s", form_id[:LOGGED], error)
        return False


def purge(form_id: str) -> bool:
    """Remove audio, photos, videos, texts and addresses of a closed form; its id, status and accounting stay.

    False while a worker holds a lease on any part of it, or a file came in meanwhile: it would otherwise be left behind.
    Raises StorageError when a file cannot be removed; the form does not count as purged then.
    """
    if _is_leased(form_id):
        return False
    folders = _folders_of(form_id)
    for folder in folders:
        storage().remove(folder)
    rows = list(Variation.select().where(Variation.form == form_id, Variation.id.in_(folders)))
    for row in rows:
        for attempt in range(1, row.attempt + 1):
            forget_task(f"{row.id}-{attempt}")
    with transaction():
        status = locked(ComposeForm.select(ComposeForm.status).where(ComposeForm.id == form_id)).scalar()
        if _folders_of(form_id) - folders:
            return False
        BonusClip.delete().where(BonusClip.form_id == form_id).execute()
        for table in (*_WITH_FILES, Gift):
            table.delete().where(table.form == form_id).execute()
        ExtraPurchase.update(key=None, bytes=None, peaks=[]).where(ExtraPurchase.form == form_id).execute()
        forget_emails(Email.form == form_id)
        ShareToken.update(revoked_at=now()).where(ShareToken.form == form_id, ShareToken.revoked_at.is_null()).execute()
        _forget_payer(form_id)
        StaffAction.update(reason="").where(StaffAction.form_id == form_id).execute()
        ComposeForm.update(purged_at=now(), updated_at=now(), **EMPTIED).where(ComposeForm.id == form_id).execute()
        append_event(form_id, "form", form_id, status, status, by="retention", why="purged")
        notify(form_id)
    log.info("form %s: purged", form_id[:LOGGED])
    return True


def _is_leased(form_id: str) -> bool:
    held = Variation.select().where(Variation.form == form_id, Variation.lease_until > now())
    written = ComposeForm.select().where(ComposeForm.id == form_id, ComposeForm.lease_until > now())
    filmed = Video.select().where(Video.form == form_id, Video.lease_until > now())
    return bool(held.exists() or written.exists() or filmed.exists())


def _folders_of(form_id: str) -> set[str]:
    return {row.id for table in _FOLDERS for row in table.select(table.id).where(table.form == form_id)}


def _forget_payer(form_id: str) -> None:
    """Stripe's events hold names and addresses; we keep only that they arrived and what they were about."""
    tables = (CheckoutSession, ExtraPurchase)
    sessions = [row for table in tables for row in table.select().where(table.form == form_id)]
    intents = [row.payment_intent_id for row in sessions if row.payment_intent_id]
    about = StripeEvent.object_id.in_([row.stripe_session_id for row in sessions if row.stripe_session_id] + intents)
    if intents:  # of charges, refunds and disputes too
        about |= SQL("payload -> 'data' -> 'object' ->> 'payment_intent' IN %s", (tuple(intents),))
    over = StripeEvent.handled_at.is_null(False) | StripeEvent.given_up_at.is_null(False)
    StripeEvent.update(payload={}).where(about, over).execute()
    for table in tables:
        table.update(url=None).where(table.form == form_id).execute()


def remove_old_stories() -> None:
    """Sweep step: 90 days after payment the answers are removed; the song stays."""
    old = ComposeForm.select().where(
        ComposeForm.paid_at < now() - timedelta(days=STORY_DAYS),
        ComposeForm.story_removed_at.is_null(),
        ComposeForm.purged_at.is_null(),
    )
    for form in old.limit(_AT_ONCE):
        ComposeForm.update(
            form_data=gift_texts(form.form_data), generated_prompts=[], story_removed_at=now(), updated_at=now()
        ).where(ComposeForm.id == form.id, ComposeForm.story_removed_at.is_null()).execute()
        append_event(form.id, "form", form.id, form.status, form.status, by="retention", why="story_removed")
        notify(form.id)


def gift_texts(form_data: dict[str, Any]) -> dict[str, Any]:
    """What the gift page and the receipt need of the answers: names, language, address and the personal note."""
    kept: dict[str, Any] = {
        name: form_data[name] for name in ("senderName", "senderEmail", "senderMessage") if name in form_data
    }
    songs = form_data.get("songs") or []
    of_song = ("recipientName", "language", "theme", "relationship")
    return {**kept, "songs": [{name: song[name] for name in of_song if name in song} for song in songs]}


@job("remove_unowned_files", connect=False)
def remove_unowned_files(older_than: float = 3600.0) -> int:
    """Job: remove folders without a row that are older than an hour, such as a killed worker's files for a purged form."""
    old = [folder for folder, age in storage().folders() if age > older_than]
    gone = 0
    for start in range(0, len(old), LOOKED_UP):
        for folder in in_database(_unowned, old[start : start + LOOKED_UP]):
            gone += _is_removed(folder)
    return gone


def _is_removed(folder: str) -> bool:
    try:
        storage().remove(folder)
    except StorageError as error:  # the others do not wait for it; tomorrow it is tried again
        log.error("a folder without a row stays: %s", error)
        return False
    return True


def _unowned(folders: list[str]) -> list[str]:
    owned = {row.id for table in _FOLDERS for row in table.select(table.id).where(table.id.in_(folders))}
    return [folder for folder in folders if folder not in owned]


def delete_now(form_id: str) -> None:
    """Delete an order on the customer's request. What a worker still holds is removed by the sweep, seconds later.

    Raises WrongMomentError once paid, and while a payment is pending.
    """
    find_form(form_id)
    if not expire(form_id, by="customer", why="deleted"):
        raise WrongMomentError("not_deletable")
    purge_or_wait(form_id)
