"""The texts of all kinds of e-mail. None means that the e-mail is no longer needed; it is cancelled.

All are in the giver's language, also those to the recipient, whose language is unknown.
"""

from __future__ import annotations

from collections.abc import Callable

from customer_texts import moment_in_words
from i18n import _, n_, speaking
from integrations.mail import Message
from integrations.storage.signed_links import sign
from jobs.gifts.gift import OpenedGift, find_gift
from jobs.gifts.replies import replies_since
from jobs.gifts.share_links import live_tokens
from jobs.mail.extra_templates import extra_receipt
from jobs.mail.layout import EmailText, as_message, greeting
from jobs.mail.payment_templates import payment_failed, payment_pending, receipt, receipt_lines, refund_message
from jobs.mail.unsubscribe import address_key
from models import PAID, UNPAID, ComposeForm, Email, FormStatus
from settings import settings

_YEAR = 365 * 86400


def message_for(row: Email) -> Message | None:
    """The e-mail of an outbox row, with the current facts. Raises KeyError for an unknown kind."""
    form = ComposeForm.find(row.form_id)
    with speaking(form.locale):
        text = KINDS[row.kind](row, form)
        return None if text is None else as_message(text, row.to_address, row.message_id)


def delivery(row: Email, form: ComposeForm) -> EmailText | None:
    """To the giver, right after payment: the links to give."""
    gifts = _gifts(form)
    if not gifts:
        return None
    count, names = form.song_count, gifts[0].names
    after = [_("Change the words, set a date it opens on, have it mailed, print a card: all on your page of this order.")]
    if count > 1:
        after.insert(0, _("The first link holds all songs; the others one song each."))
    return EmailText(
        subject=n_("Your song for {names} is ready", "Your songs for {names} are ready", count, names=names),
        greeting=greeting(form),
        paragraphs=[
            n_(
                "thank you. Here is your link to give. Whoever opens it hears the whole song; "
                "send it whenever the moment is right.",
                "thank you. Here are your links to give. Whoever opens one hears the whole song; "
                "send them whenever the moment is right.",
                count,
            )
        ],
        links=[(_label(gift), gift.url) for gift in gifts] + [(_("Your page of this order"), _page("success", form))],
        after=after,
        small=receipt_lines(form),
    )


def gift(row: Email, form: ComposeForm) -> EmailText | None:
    """To the recipient, at the time the giver chose. No story, no price, no link to the order."""
    gifts = _gifts(form)
    if not gifts:
        return None
    opened, sender = gifts[0], form.form_data["senderName"]
    made = n_("{sender} made you a song", "{sender} made you {n} songs", len(opened.songs), sender=sender)
    waits = []
    if opened.sealed and opened.opens_at:
        waits = [_("It opens on {moment}.", moment=moment_in_words(opened.opens_at, opened.zone))]
    return EmailText(
        subject=made,
        greeting=_("Dear {name},", name=opened.names),
        paragraphs=[_("{made}. Find a quiet minute, turn up the sound, and open it.", made=made), *waits],
        links=[(_("Open your gift"), opened.url)],
        after=[
            _("You get this one e-mail because {sender} gave us your address for it. We will not write again.", sender=sender)
        ],
    )


def reply(row: Email, form: ComposeForm) -> EmailText | None:
    """To the giver: replies of the recipient."""
    replies = replies_since(row)
    if not replies or form.status not in PAID:
        return None
    hearts = sum(one.kind == "heart" for one in replies)
    quotes = [_("“{words}”", words=one.words) for one in replies if one.kind == "text"]
    voices = sum(one.kind == "voice" for one in replies)
    lines = [n_("{n} heart.", "{n} hearts.", hearts)] if hearts else []
    lines += [n_("{n} voice note: listen on your page.", "{n} voice notes: listen on your page.", voices)] if voices else []
    return EmailText(
        subject=_("Something came back for you"),
        greeting=greeting(form),
        paragraphs=[_("your gift was answered."), *quotes, *lines],
        links=[(_("See everything on your page"), _page("success", form))],
    )


def song_ready(row: Email, form: ComposeForm) -> EmailText | None:
    """To a customer who left while the songs were being recorded."""
    if form.status != FormStatus.VARIATIONS_READY:
        return None
    return _reminder(
        row,
        form,
        n_("Your song is ready to hear", "Your songs are ready to hear", form.song_count),
        _("three versions of every song are ready. Listen, and choose the one you love; you pay only then."),
    )


def expiry(row: Email, form: ComposeForm) -> EmailText | None:
    """One day before an unpaid order is deleted."""
    if form.status not in UNPAID or form.expires_at is None:
        return None
    return _reminder(
        row,
        form,
        _("Your songs will be deleted tomorrow"),
        _(
            "what you told us and what was made of it will be deleted on {moment}. "
            "If you want to keep it, now is the time. If not, there is nothing to do.",
            moment=moment_in_words(form.expires_at, "UTC"),
        ),
    )


def _reminder(row: Email, form: ComposeForm, subject: str, sentence: str) -> EmailText:
    stop = settings.public_url + sign(f"/mail/stop/{address_key(row.to_address)}", _YEAR)
    return EmailText(
        subject=subject,
        greeting=greeting(form),
        paragraphs=[sentence],
        links=[(_("Go on where you were"), _page("variations", form))],
        unsubscribe_url=stop,
    )


def _gifts(form: ComposeForm) -> list[OpenedGift]:
    return [find_gift(row.token) for row in live_tokens(form.id)] if form.status in PAID else []


def _label(gift: OpenedGift) -> str:
    if len(gift.songs) > 1:
        return _("All songs, for {names}", names=gift.names)
    return _("The song for {names}", names=gift.names)


def _page(name: str, form: ComposeForm) -> str:
    return f"{settings.public_url}/compose/{name}?formId={form.id}"


KINDS: dict[str, Callable[[Email, ComposeForm], EmailText | None]] = {
    "delivery": delivery,
    "gift": gift,
    "reply": reply,
    "song_ready": song_ready,
    "expiry": expiry,
    "receipt": receipt,
    "extra_receipt": extra_receipt,
    "refund": refund_message,
    "payment_pending": payment_pending,
    "payment_failed": payment_failed,
}
