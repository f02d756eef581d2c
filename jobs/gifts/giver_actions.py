"""The giver's actions on a paid gift: message, opening time, links, e-mails. Each notifies all open pages."""

from __future__ import annotations

from typing import Any

from jobs import outbox
from jobs.addresses import BadAddressError, normal_address
from jobs.forms.drafts import find_form
from jobs.forms.form_data import clean_answer
from jobs.gifts.local_time import checked_zone, moment_of
from jobs.gifts.share_links import begin_gift, live_tokens, new_token, revoke_links
from jobs.gifts.video_rows import videos_changed
from models import (
    PAID,
    CodedError,
    ComposeForm,
    Gift,
    Reply,
    WrongMomentError,
    append_event,
    notify,
    now,
    transaction,
)

MESSAGE_MOST = 500


class NotPossibleError(CodedError):
    """The input cannot be used."""


def _paid(form_id: str) -> ComposeForm:
    form = find_form(form_id)
    if form.status not in PAID:
        raise WrongMomentError("gift_not_paid")
    return form


def _change(form_id: str, **changes: Any) -> None:
    form = _paid(form_id)
    with transaction():
        begin_gift(form.id, form.song_count)
        Gift.update(updated_at=now(), **changes).where(Gift.form == form.id).execute()
        notify(form.id)


def change_message(form_id: str, message: str, *, downloads: bool, name_in_preview: bool) -> None:
    """The personal message on the gift page, whether it may be downloaded, and whether link previews show the name."""
    cleaned = str(clean_answer(message))
    if len(cleaned) > MESSAGE_MOST:
        raise NotPossibleError("too_long", most=MESSAGE_MOST)
    _change(form_id, message=cleaned, downloads=downloads, name_in_preview=name_in_preview)
    videos_changed(form_id)


def write_back(form_id: str, words: str) -> None:
    """The giver's answer to the recipient's replies, on the gift page: once, and once there is something to answer.

    Raises NotPossibleError.
    """
    cleaned = str(clean_answer(words))
    if not cleaned:
        raise NotPossibleError("no_words")
    if len(cleaned) > MESSAGE_MOST:
        raise NotPossibleError("too_long", most=MESSAGE_MOST)
    form = _paid(form_id)
    with transaction():
        if not Reply.select().where(Reply.form == form.id, Reply.kind != "report").exists():
            raise NotPossibleError("nothing_to_answer")
        first = Gift.update(thanks=cleaned, updated_at=now()).where(Gift.form == form.id, Gift.thanks.is_null()).execute()
        if not first:
            raise NotPossibleError("answered_already")
        notify(form.id)


def seal(form_id: str, on: str, zone: str) -> None:
    """Seal the gift until a local date and time in the recipient's zone; an empty `on` opens it.

    Raises NoSuchMomentError.
    """
    if not on:
        _change(form_id, opens_on=None, opens_at=None)
        return
    _change(form_id, opens_on=on, opens_at=moment_of(on, zone), zone=checked_zone(zone))


def send_gift(form_id: str, address: str, on: str, zone: str) -> None:
    """E-mail the gift to its recipient, at a local date and time or at once (empty `on`). An empty address cancels it."""
    form = _paid(form_id)
    if not address.strip():
        outbox.cancel_emails(form.id, "gift")
        _change(form.id, recipient_email=None, mail_on=None)
        return
    to_address = checked_address(address)
    at = moment_of(on, zone) if on else None
    if at is not None and at < now():
        raise NotPossibleError("moment_is_over")
    if live_tokens(form.id) == []:
        raise NotPossibleError("links_are_off")
    outbox.check_resend(form.id)
    with transaction():  # a crash in the middle cancels no e-mail without its replacement
        outbox.cancel_emails(form.id, "gift")
        _change(form.id, recipient_email=to_address, mail_on=on or None, **({"zone": checked_zone(zone)} if on else {}))
        outbox.put(form.id, "gift", to_address, at=at)


def resend_link(form_id: str, address: str = "") -> None:
    """Resend the delivery e-mail, to the same or a corrected address. Raises ResendTooSoonError, NotPossibleError."""
    form = _paid(form_id)
    to_address = checked_address(address) if address.strip() else form.guest_email
    outbox.check_resend(form.id)
    with transaction():
        outbox.cancel_emails(form.id, "delivery")
        if to_address != form.guest_email:
            ComposeForm.update(guest_email=to_address, updated_at=now()).where(ComposeForm.id == form.id).execute()
        ComposeForm.update(attention=None).where(ComposeForm.id == form.id, ComposeForm.attention == "mail_failed").execute()
        outbox.put(form.id, "delivery", str(to_address))


def checked_address(address: str) -> str:
    """One e-mail address, normalised. Raises NotPossibleError."""
    try:
        return normal_address(address)
    except BadAddressError as error:
        raise NotPossibleError(error.code) from None


def rotate_link(form_id: str) -> None:
    """Replace all share links; the old ones show that the gift is gone."""
    form = _paid(form_id)
    with transaction():
        revoke_links(form.id)
        for song_index in range(form.song_count):
            new_token(form.id, song_index)
        begin_gift(form.id, form.song_count)
        append_event(form.id, "form", form.id, None, None, by="customer", why="new_links")
        notify(form.id)


def switch_off(form_id: str) -> None:
    """Revoke all share links; a scheduled e-mail to the recipient is cancelled."""
    form = _paid(form_id)
    with transaction():
        outbox.cancel_emails(form.id, "gift")
        revoke_links(form.id)
        append_event(form.id, "form", form.id, None, None, by="customer", why="links_off")
        notify(form.id)
