"""What we hold about one person: `export` gives them all of it, `forget` removes it. Both are identified by e-mail address."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from peewee import SQL, IntegrityError, fn

from integrations.storage import storage
from jobs.accounts.login import user_of
from jobs.payments.dispute_evidence import forget_emails, private_zip
from jobs.privacy.expiry import expire
from jobs.privacy.retention import purge_or_wait
from models import (
    UNPAID,
    BonusClip,
    BonusState,
    CheckoutSession,
    ComposeForm,
    CreditMove,
    Email,
    ExtraPurchase,
    FormEvent,
    Gift,
    Login,
    LoginSession,
    Photo,
    Reply,
    ShareToken,
    StaffAction,
    User,
    Variation,
    VariationStatus,
    Video,
    database,
    transaction,
)

log = logging.getLogger("serenade.personal_data")


def forms_of(email: str) -> list[ComposeForm]:
    """Every form that carries this address or belongs to the account of this address, oldest first."""
    address = email.strip().lower()
    user = user_of(address)
    mine = (fn.LOWER(ComposeForm.guest_email) == address) | SQL("lower(form_data ->> 'senderEmail') = %s", (address,))
    if user is not None:
        mine |= ComposeForm.user == user.id
    with transaction():
        database.execute_sql("SET LOCAL statement_timeout = '120s'")  # senderEmail has no index: this scans all forms
        return list(ComposeForm.select().where(mine, ComposeForm.purged_at.is_null()).order_by(ComposeForm.created_at))


def forget_person(email: str) -> tuple[int, int]:
    """Remove what we hold: (forms removed, forms that must wait because a payment, a worker or the storage holds them).

    Accounting data of payments stays: ids, amounts, times, Stripe's ids. Stripe keeps its own record of a payment
    and must be asked separately (Dashboard, or its Redaction Jobs).
    """
    removed = waiting = 0
    for form in forms_of(email):
        if form.status in UNPAID and not expire(form.id, by="forget", why="forget"):
            waiting += 1
        elif purge_or_wait(form.id):
            removed += 1
        else:
            waiting += 1
    if not waiting:
        _forget_account(email.strip().lower())
        _forget_recipient(email.strip().lower())
    log.info("forget: %s forms removed, %s wait", removed, waiting)
    return removed, waiting


def _forget_recipient(address: str) -> None:
    """A gift's recipient: the gift belongs to the giver and stays, the address is removed."""
    Gift.update(recipient_email=None).where(fn.LOWER(Gift.recipient_email) == address).execute()
    forget_emails((fn.LOWER(Email.to_address) == address) & (Email.kind == "gift"))


def _forget_account(address: str) -> None:
    Login.delete().where(Login.email == address).execute()
    user = user_of(address)
    if user is None:
        return
    LoginSession.delete().where(LoginSession.user == user.id).execute()
    ComposeForm.update(user=None).where(ComposeForm.user == user.id).execute()
    try:
        with database.atomic():
            User.delete().where(User.id == user.id).execute()
    except IntegrityError:  # rows of an older system point to it: anonymised instead
        User.update(name="Deleted", email=f"deleted-{user.id}@invalid").where(User.id == user.id).execute()


def export_person(email: str, target: Path) -> int:
    """Write a zip with `data.json` and every recording, photo and video of this person to `target`; how many forms it holds."""
    forms = forms_of(email)
    user = user_of(email)
    data = {
        "email": email.strip().lower(),
        "account": user and user.__data__,
        "credits": [m.__data__ for m in CreditMove.select().where(CreditMove.user_id == user.id)] if user else [],
        "forms": [_form(form) for form in forms],
    }
    with private_zip(target) as archive:
        archive.writestr("data.json", json.dumps(data, indent=2, ensure_ascii=False, default=str))
        for row in Variation.select().where(
            Variation.form.in_([form.id for form in forms]), Variation.status == VariationStatus.READY
        ):
            for kind, key in (("whole", row.master_key), ("preview", row.preview_key)):
                if key:
                    name = f"media/{row.form_id}/song-{row.song_index + 1}-version-{row.variation}-{row.id[-8:]}-{kind}.mp3"
                    archive.writestr(name, storage().get(key))
        for clip in BonusClip.select().where(
            BonusClip.form.in_([form.id for form in forms]), BonusClip.state == BonusState.KEPT
        ):
            name = f"media/{clip.form_id}/song-{clip.song_index + 1}-one-more-{clip.id}-whole.mp3"
            archive.writestr(name, storage().get(str(clip.master_key)))
        for reply in Reply.select().where(Reply.form.in_([form.id for form in forms]), Reply.audio_key.is_null(False)):
            archive.writestr(f"media/{reply.form_id}/{reply.id}.mp3", storage().get(str(reply.audio_key)))
        kept = ExtraPurchase.select().where(
            ExtraPurchase.form.in_([form.id for form in forms]), ExtraPurchase.key.is_null(False)
        )
        for extra in kept:
            name = f"media/{extra.form_id}/song-{extra.song_index + 1}-{extra.what}-{extra.id[-8:]}.mp3"
            archive.writestr(name, storage().get(str(extra.key)))
        for photo in Photo.select().where(Photo.form.in_([form.id for form in forms])):
            archive.writestr(f"media/{photo.form_id}/photo-{photo.position}-{photo.id[-8:]}.jpg", storage().get(photo.key))
        for video in Video.select().where(Video.form.in_([form.id for form in forms]), Video.key.is_null(False)):
            name = f"media/{video.form_id}/song-{video.song_index + 1}-{video.format}.mp4"
            archive.writestr(name, storage().get(str(video.key)))
    return len(forms)


def _form(form: ComposeForm) -> dict[str, Any]:
    """The form and all rows that belong to it, column by column."""

    def rows(table: Any, condition: Any) -> list[dict[str, Any]]:
        return [row.__data__ for row in table.select().where(condition)]

    return {
        **form.__data__,
        "variations": rows(Variation, Variation.form == form.id),
        "checkoutSessions": rows(CheckoutSession, CheckoutSession.form == form.id),
        "extraPurchases": rows(ExtraPurchase, ExtraPurchase.form == form.id),
        "emails": rows(Email, Email.form == form.id),
        "gift": rows(Gift, Gift.form == form.id),
        "photos": rows(Photo, Photo.form == form.id),
        "videos": rows(Video, Video.form == form.id),
        "replies": rows(Reply, (Reply.form == form.id) & (Reply.kind != "report")),  # a report is confidential
        "shareTokens": rows(ShareToken, ShareToken.form == form.id),
        "staff": [
            {name: one[name] for name in ("at", "action", "reason", "outcome")}
            for one in rows(StaffAction, StaffAction.form_id == form.id)
        ],
        "timeline": rows(FormEvent, FormEvent.form_id == form.id),
    }
