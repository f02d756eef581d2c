"""Diagnosis: what is wrong with an order, in one sentence, and what would help. It looks; it never acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from i18n import day
from jobs.generation.eta import measured
from jobs.generation.providers import paused_providers
from jobs.gifts.gift import is_held
from jobs.prices import price
from jobs.staff.order_report import Dossier
from models import (
    AT_PROVIDER,
    OVER,
    PAID,
    UNFINISHED,
    CheckoutStatus,
    EmailStatus,
    FormStatus,
    VariationStatus,
    VariationStep,
    now,
)
from settings import settings

PATIENCE = timedelta(minutes=5)  # with a recording, before it counts as stuck
REASONS = {
    "moderation": "the provider would not sing these words",
    "out_of_credit": "our account there has no credit left",
    "auth": "the provider refuses our key",
    "lost": "the provider lost it, or took far too long",
    "bad_request": "the words did not fit the provider",
    "submit_uncertain": "nobody knows whether the provider ever began",
    "provider_bug": "what came back was no usable sound",
    "transient": "the provider was not reachable",
}
CALLS = {
    "mail_failed": "a mail could not be delivered",
    "flagged": "a member of staff flagged a recording",
    "audio_host_refused": "the file lies on a host that <NAME>_AUDIO_HOSTS does not name",
    "provider_auth": "a provider refused our key",
    "provider_out_of_credit": "a provider's account has no credit left",
    "generation_failed": "no song could be made",
    "reported": "somebody reported the gift page; what they wrote is in the timeline",
    "refund_failed": "the bank sent a refund back",
}


@dataclass(frozen=True)
class Verdict:
    """One sentence and, where something helps, the action (with what it is about) that would. `mood`: good, wait, bad."""

    mood: str
    sentence: str
    action: str = ""
    about: str = ""


def diagnose(order: Dossier) -> list[Verdict]:
    """Everything that is worth saying, worst first; never empty."""
    said = list(chain.from_iterable(rule(order) for rule in RULES))
    order_of = {"bad": 0, "wait": 1, "good": 2}
    return sorted(said, key=lambda one: order_of[one.mood]) or [Verdict("good", _fine(order))]


def _money(order: Dossier) -> Iterator[Verdict]:
    for row in order.payments:
        amount = price(row.amount_paid or row.amount, row.currency)
        if row.dispute_status in ("needs_response", "under_review"):
            yield Verdict("bad", f"The buyer's bank disputes {amount} ({row.dispute_status}): answer it at Stripe.")
        if row.fulfilled_at is not None or not row.amount_paid:
            continue
        twice = "Paid twice" if row.refund_due == "duplicate" or _is_bought(order) else "Paid too late"
        if row.status == CheckoutStatus.REFUNDED:
            yield Verdict(
                "good", f"{twice}: the {amount} that bought nothing went back by itself. Banks show it in 5 to 10 days."
            )
        else:
            yield Verdict("bad", f"{twice}, and the {amount} that bought nothing is still here.", "give_back", row.id)
    last = order.payments[-1] if order.payments else None
    if last is not None and order.form.status == FormStatus.PAYMENT_INITIATED:
        if last.status == CheckoutStatus.PAYMENT_PENDING:
            yield Verdict("wait", f"The bank is sending {price(last.amount, last.currency)}; that takes days.")
        elif last.status == CheckoutStatus.OPEN:
            yield Verdict("wait", f"At the payment page for {_lasting(last.created_at)}; nothing has been paid.")
    if last is not None and last.status == CheckoutStatus.PAYMENT_FAILED and order.form.status == FormStatus.VARIATIONS_READY:
        yield Verdict("wait", "The bank did not send the money; the buyer may pay another way.")


def _is_bought(order: Dossier) -> bool:
    return any(row.fulfilled_at is not None for row in order.payments)


def _delivery(order: Dossier) -> Iterator[Verdict]:
    form = order.form
    if form.status not in PAID:
        return
    if is_held(form):
        yield Verdict("bad", "Paid, and waits for a person: listen to what was bought, then release it.", "release")
        return
    for song in _missing(order):
        yield Verdict("bad", f"Song {song + 1} is paid for and its recording is missing.", *_remedy(order, song))
    if not form.guest_email:
        yield Verdict("bad", "Paid, and there is no address to send the link to.", "readdress")
    mails = [mail for mail in order.mails if mail.kind == "delivery"]
    last = mails[-1] if mails else None
    if last is not None and last.status == EmailStatus.FAILED:
        yield Verdict("bad", f"The mail with the link could not be delivered to {last.to_address}.", "readdress")
    elif last is not None and last.status == EmailStatus.QUEUED and last.error:
        yield Verdict("bad", f"The mail with the link waits for its next try ({last.error}).", "resend")
    elif last is not None and last.to_address != form.guest_email:
        yield Verdict("bad", f"The link went to {last.to_address}, the order says {form.guest_email}.", "resend")
    if not any(link.revoked_at is None for link in order.links):
        yield Verdict("bad", "Paid, and no share link works.")


def _missing(order: Dossier) -> list[int]:
    ready = {(one.row.song_index, one.row.variation) for one in order.recordings if one.row.status == VariationStatus.READY}
    chosen = order.form.selected_variations
    return [song for song in range(order.form.song_count) if (song, chosen.get(str(song))) not in ready]


def _remedy(order: Dossier, song: int) -> tuple[str, str]:
    chosen = order.form.selected_variations.get(str(song))
    rows = [one.row for one in order.recordings if (one.row.song_index, one.row.variation) == (song, chosen)]
    return ("retry", rows[-1].id) if rows else ("refund", "")


def _making(order: Dossier) -> Iterator[Verdict]:
    form, newest = order.form, _newest(order)
    if form.status in OVER:
        return
    if form.submitted_at and not form.generated_lyrics and form.submitted_at < now() - timedelta(minutes=1):
        yield Verdict("wait", f"Submitted {_lasting(form.submitted_at)} ago, and not written yet; the sweep asks again.")
    paused = paused_providers() & set(settings.music_providers)
    for row in newest:
        name = f"Version {row.variation} of song {row.song_index + 1}"
        if row.status == VariationStatus.FAILED:
            why = REASONS.get(row.error_code or "", row.error_code)
            yield Verdict("bad", f"{name} failed: {why}.", _elsewhere(row), row.id)
        elif row.step == VariationStep.UNCERTAIN:
            yield Verdict("wait", f"{name}: nobody knows whether {row.provider} began; we look for it before we ask again.")
        elif row.status in AT_PROVIDER and _is_stuck(row):
            usual = measured(row.provider)
            often = f"; nine of ten take {round(usual[1])} s" if usual else ""
            yield Verdict(
                "bad", f"{name} has been with {row.provider} for {_lasting(row.submitted_at)}{often}.", _elsewhere(row), row.id
            )
        elif row.status == VariationStatus.QUEUED and paused >= set(settings.music_providers):
            yield Verdict("bad", f"{name} waits because every provider is paused: {', '.join(sorted(paused))}.")
    working = [row for row in newest if row.status in UNFINISHED and not _is_stuck(row)]
    if working:
        yield Verdict("wait", f"{len(working)} of {len(newest)} recordings are being made.")


def _newest(order: Dossier) -> list[Any]:
    """The row of every cell that counts: its last revision."""
    cells = {(one.row.song_index, one.row.variation): one.row for one in order.recordings}
    return list(cells.values())


def _is_stuck(row: Any) -> bool:
    if row.status not in AT_PROVIDER or row.submitted_at is None:
        return False
    usual = measured(row.provider) if row.provider else None
    return bool(now() - row.submitted_at > max(PATIENCE, timedelta(seconds=3 * usual[1] if usual else 0)))


def _elsewhere(row: Any) -> str:
    """Another provider where there is one that was not asked to death yet; else the same again."""
    others = [name for name in settings.music_providers if name != row.provider and not row.failures.get(name)]
    return "other_provider" if others and row.error_code != "moderation" else "retry"


def _calls(order: Dossier) -> Iterator[Verdict]:
    call = order.form.attention
    if call and call not in ("to_release", "mail_failed", "generation_failed"):
        yield Verdict("bad", f"It asks for attention: {CALLS.get(call, call.replace('_', ' '))}.", "seen")


RULES: tuple[Callable[[Dossier], Iterator[Verdict]], ...] = (_delivery, _money, _making, _calls)


def _fine(order: Dossier) -> str:
    form = order.form
    match form.status:
        case FormStatus.CREATED:
            return "A draft; the customer is still writing." if form.submitted_at is None else "The words are being written."
        case FormStatus.PROMPTS_GENERATED:
            return "The words are written; nobody has asked for recordings yet."
        case FormStatus.VARIATIONS_READY | FormStatus.PAYMENT_INITIATED:
            chosen = len(form.selected_variations)
            return f"Nothing is wrong: {chosen} of {form.song_count} chosen, not paid. Kept until {day(form.expires_at)}."
        case FormStatus.DELIVERED:
            return "Nothing is wrong: paid, and delivered."
        case FormStatus.PAYMENT_COMPLETED:
            return "Paid a moment ago; the mail is on its way."
        case FormStatus.REFUNDED:
            return "The money went back; the order is over."
        case FormStatus.EXPIRED:
            return "It was not paid in time, or it was deleted; nothing is left but its id."
    return "Nothing is wrong."


def _lasting(moment: datetime) -> str:
    seconds = (now() - moment).total_seconds()
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "a moment"
