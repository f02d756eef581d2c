"""Share links: unguessable tokens, one for each song and one for all songs, and what begins with them."""

from __future__ import annotations

import secrets
from typing import Any

from jobs.outbox import queue_email
from models import ComposeForm, Gift, ShareToken, now


def give_links(form: ComposeForm, **facts: Any) -> str | None:
    """What every payment method ends in: a share link for each song, and the delivery e-mail; returns the e-mail's id."""
    for song_index in range(form.song_count):
        ShareToken.insert(token=secrets.token_urlsafe(22), form=form.id, song_index=song_index).execute()
    begin_gift(form.id, form.song_count)
    return queue_email(form, "delivery", **facts)


def begin_gift(form_id: str, song_count: int) -> Gift:
    """Create the gift of a paid form, and a link for all songs where there are several. Twice is harmless."""
    Gift.insert(form=form_id).on_conflict_ignore().execute()
    if song_count > 1:
        live = ShareToken.select().where(ShareToken.form == form_id, ShareToken.revoked_at.is_null())
        if live.exists():  # otherwise the giver revoked them
            new_token(form_id, None)
    return Gift.get_by_id(form_id)


def new_token(form_id: str, song_index: int | None) -> None:
    """Create an active link for one song (or all), unless there is one."""
    ShareToken.insert(token=secrets.token_urlsafe(22), form=form_id, song_index=song_index).on_conflict_ignore().execute()


def revoke_links(form_id: str) -> None:
    """Revoke all links of a form: they show that the gift is gone."""
    ShareToken.update(revoked_at=now()).where(ShareToken.form == form_id, ShareToken.revoked_at.is_null()).execute()


def live_tokens(form_id: str) -> list[ShareToken]:
    """The active links, the one for all songs first."""
    rows = ShareToken.select().where(ShareToken.form == form_id, ShareToken.revoked_at.is_null())
    return sorted(rows, key=lambda row: -1 if row.song_index is None else row.song_index)
