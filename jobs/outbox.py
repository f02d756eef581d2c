"""The outbox: a letter is written down in the transaction that gives the reason for it, and sent afterwards."""

from __future__ import annotations

import secrets
from typing import Any

from peewee import fn

from models import ComposeForm, Email, ShareToken, new_id
from settings import settings


def give_links(form: ComposeForm, **facts: Any) -> str | None:
    """What every way of paying ends in: a share link for each song, and the letter that brings them; the letter's id."""
    for song_index in range(form.song_count):
        ShareToken.insert(token=secrets.token_urlsafe(22), form=form.id, song_index=song_index).execute()
    return write_letter(form, "delivery", **facts)


def write_letter(form: ComposeForm, kind: str, **facts: Any) -> str | None:
    """A letter of this kind to the giver; its id, or None where there is no address. The form's row is locked by the caller."""
    if not form.guest_email:
        return None
    last = Email.select(fn.MAX(Email.sequence)).where(Email.form == form.id, Email.kind == kind).scalar() or 0
    letter = new_id("mail")
    domain = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"
    Email.insert(
        id=letter,
        form=form.id,
        kind=kind,
        sequence=last + 1,
        to_address=form.guest_email,
        message_id=f"<{letter}@{domain}>",
        facts=facts,
    ).execute()
    return letter
