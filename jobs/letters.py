"""Letters: what each kind of mail says. None means there is nothing to say any more, and the letter is taken back."""

from __future__ import annotations

from collections.abc import Callable

from integrations.mail import Letter
from integrations.storage.signing import sign
from jobs.gifts import OpenedGift, find_gift
from jobs.giving import live_tokens
from jobs.letter_frame import Words, as_letter
from jobs.money_letters import payment_failed, payment_pending, receipt, refund
from jobs.outbox import address_key
from jobs.replies import replies_since
from jobs.wall_clock import in_words
from models import PAID, ComposeForm, Email, Login
from settings import settings

YEAR = 365 * 86400


def letter_for(row: Email) -> Letter | None:
    """The letter of an outbox row, as things stand now. Raises KeyError for a kind that nobody wrote."""
    form = ComposeForm.find(row.form_id)
    words = KINDS[row.kind](row, form)
    return None if words is None else as_letter(words, row.to_address, row.message_id)


def login_letter(row: Login, link: str) -> Letter:
    """To whoever asked to sign in: one link, good once, for a quarter of an hour."""
    words = Words(
        subject=f"Your link to {settings.brand_name}",
        greeting="Hello,",
        paragraphs=["open this link to see your songs. It works once, for 15 minutes, on any device."],
        links=[("See my songs", link)],
        after=["If you did not ask for it, do nothing: nobody gets in without it."],
    )
    return as_letter(words, row.email, row.message_id)


def delivery(row: Email, form: ComposeForm) -> Words | None:
    """To the giver, at once: the songs are theirs, here are the links to give."""
    gifts = _gifts(form)
    if not gifts:
        return None
    several = form.song_count > 1
    songs = f"Your songs for {gifts[0].names} are" if several else f"Your song for {gifts[0].names} is"
    after = ["Change the words, set a date it opens on, have it mailed, print a card: all on your page of this order."]
    if several:
        after.insert(0, "The first link holds all songs; the others one song each.")
    return Words(
        subject=f"{songs} ready",
        greeting=f"Dear {form.form_data['senderName']},",
        paragraphs=[
            f"thank you. Here {'are your links' if several else 'is your link'} to give. "
            "Whoever opens it hears the whole song; send it whenever the moment is right."
        ],
        links=[(_label(gift), gift.url) for gift in gifts] + [("Your page of this order", _page("success", form))],
        after=after,
        small=receipt(form),
    )


def gift(row: Email, form: ComposeForm) -> Words | None:
    """To the recipient, at the minute the giver chose. No story, no price, no way back to the order."""
    gifts = _gifts(form)
    if not gifts:
        return None
    opened, sender = gifts[0], form.form_data["senderName"]
    made = "you a song" if len(opened.songs) == 1 else f"you {len(opened.songs)} songs"
    waits = [f"It opens on {in_words(opened.opens_at, opened.zone)}."] if opened.sealed and opened.opens_at else []
    return Words(
        subject=f"{sender} made {made}",
        greeting=f"Dear {opened.names},",
        paragraphs=[f"{sender} made {made}. Find a quiet minute, turn up the sound, and open it.", *waits],
        links=[("Open your gift", opened.url)],
        after=[f"You get this one letter because {sender} gave us your address for it. We will not write again."],
    )


def reply(row: Email, form: ComposeForm) -> Words | None:
    """To the giver: what came back."""
    came = replies_since(row)
    if not came or form.status not in PAID:
        return None
    hearts = sum(one.kind == "heart" for one in came)
    said = [f"“{one.words}”" for one in came if one.kind == "text"]
    voices = sum(one.kind == "voice" for one in came)
    lines = [f"{hearts} heart{'s' if hearts > 1 else ''}."] if hearts else []
    lines += [f"{voices} voice note{'s' if voices > 1 else ''}: listen on your page."] if voices else []
    return Words(
        subject="Something came back for you",
        greeting=f"Dear {form.form_data['senderName']},",
        paragraphs=["your gift was answered.", *said, *lines],
        links=[("See everything on your page", _page("success", form))],
    )


def song_ready(row: Email, form: ComposeForm) -> Words | None:
    """To a customer who left while the songs were being made."""
    if form.status != "variations_ready":
        return None
    return _reminder(
        row,
        form,
        "Your song is ready to hear" if form.song_count == 1 else "Your songs are ready to hear",
        "three versions of every song are ready. Listen, and choose the one you love; you pay only then.",
    )


def expiry(row: Email, form: ComposeForm) -> Words | None:
    """One day before an unpaid order is deleted."""
    if form.status in (*PAID, "expired", "refunded") or form.expires_at is None:
        return None
    return _reminder(
        row,
        form,
        "Your songs will be deleted tomorrow",
        f"what you told us and what was made of it will be deleted on {in_words(form.expires_at, 'UTC')}. "
        "If you want to keep it, now is the time. If not, there is nothing to do.",
    )


def _reminder(row: Email, form: ComposeForm, subject: str, sentence: str) -> Words:
    stop = settings.public_url + sign(f"/mail/stop/{address_key(row.to_address)}", YEAR)
    return Words(
        subject=subject,
        greeting=f"Dear {form.form_data.get('senderName') or 'you'},",
        paragraphs=[sentence],
        links=[("Go on where you were", _page("variations", form))],
        unsubscribe_url=stop,
    )


def _gifts(form: ComposeForm) -> list[OpenedGift]:
    return [find_gift(row.token) for row in live_tokens(form.id)] if form.status in PAID else []


def _label(gift: OpenedGift) -> str:
    return f"All songs, for {gift.names}" if len(gift.songs) > 1 else f"The song for {gift.names}"


def _page(name: str, form: ComposeForm) -> str:
    return f"{settings.public_url}/compose/{name}?formId={form.id}"


KINDS: dict[str, Callable[[Email, ComposeForm], Words | None]] = {
    "delivery": delivery,
    "gift": gift,
    "reply": reply,
    "song_ready": song_ready,
    "expiry": expiry,
    "refund": refund,
    "payment_pending": payment_pending,
    "payment_failed": payment_failed,
}
