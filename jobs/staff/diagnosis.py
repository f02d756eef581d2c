"""Diagnosis: what is wrong with an order, in sentences, and which action helps. It reads and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from i18n import day
from jobs.generation.eta import measured
from jobs.generation.providers import able_providers, language_of_song, paused_providers
from jobs.gifts.gift import is_held
from jobs.price_text import price
from jobs.staff.order_report import OrderReport
from models import (
    AT_PROVIDER,
    OVER,
    PAID,
    UNFINISHED,
    CheckoutStatus,
    EmailStatus,
    FormStatus,
    Variation,
    VariationStatus,
    VariationStep,
    now,
)

_STUCK_AFTER = timedelta(minutes=5)  # at least; three times the provider's p90 where that is longer
REASONS = {
    "moderation": "moderation: the provider rejected these lyrics",
    "out_of_credit": "our account at the provider has no credit left",
    "auth": "the provider rejects our API key",
    "lost": "the provider lost the task, or exceeded the time limit",
    "bad_request": "the provider rejected the request",
    "submit_uncertain": "uncertain submit: unknown whether the provider started",
    "provider_bug": "the provider returned no usable audio",
    "no_audio": "the provider sent an empty file, or a page of text",
    "audio_format": "the provider sent a kind of file that is not decoded here (M4A, AAC, WMA, …)",
    "audio_broken": "the provider's file is cut short or damaged",
    "no_song": "the provider's file is silent, or too short for its lyrics",
    "transient": "the provider was unreachable",
}
ATTENTION = {
    "mail_failed": "an e-mail could not be delivered",
    "flagged": "a member of staff flagged a recording",
    "audio_host_refused": "the audio file is on a host that <NAME>_AUDIO_HOSTS does not list",
    "provider_auth": "a provider rejects our API key",
    "provider_out_of_credit": "a provider's account has no credit left",
    "generation_failed": "a recording failed at every provider",
    "reported": "a visitor reported the gift page; their message is in the timeline",
    "refund_failed": "the bank returned a refund",
}


@dataclass(frozen=True)
class Diagnosis:
    """One sentence and, where one helps, an action with what it is about (`about`). `mood`: good, wait or bad."""

    mood: str
    sentence: str
    action: str = ""
    about: str = ""


def diagnose(order: OrderReport) -> list[Diagnosis]:
    """All findings, worst first; never empty."""
    found = list(chain.from_iterable(rule(order) for rule in _RULES))
    order_of = {"bad": 0, "wait": 1, "good": 2}
    return sorted(found, key=lambda one: order_of[one.mood]) or [Diagnosis("good", _fine(order))]


def _money(order: OrderReport) -> Iterator[Diagnosis]:
    for row in order.payments:
        amount = price(row.amount_paid or row.amount, row.currency)
        if row.dispute_status in ("needs_response", "under_review"):
            yield Diagnosis("bad", f"The buyer disputes {amount} ({row.dispute_status}): respond in Stripe's dashboard.")
        if row.fulfilled_at is not None or not row.amount_paid:
            continue
        what = "Duplicate payment" if row.refund_due == "duplicate" or _is_bought(order) else "Late payment"
        if row.status == CheckoutStatus.REFUNDED:
            yield Diagnosis("good", f"{what}: {amount} was refunded automatically. Banks show it in 5 to 10 days.")
        else:
            yield Diagnosis("bad", f"{what}: {amount} has not been refunded yet.", "refund_payment", row.id)
    last = order.payments[-1] if order.payments else None
    if last is not None and order.form.status == FormStatus.PAYMENT_INITIATED:
        if last.status == CheckoutStatus.PAYMENT_PENDING:
            yield Diagnosis("wait", f"Bank transfer of {price(last.amount, last.currency)} pending; this takes days.")
        elif last.status == CheckoutStatus.OPEN:
            yield Diagnosis("wait", f"Payment page open for {_lasting(last.created_at)}; nothing is paid yet.")
    if last is not None and last.status == CheckoutStatus.PAYMENT_FAILED and order.form.status == FormStatus.VARIATIONS_READY:
        yield Diagnosis("wait", "The bank payment failed; the buyer can pay with another method.")


def _extras(order: OrderReport) -> Iterator[Diagnosis]:
    for row in order.extras:
        amount = price(row.amount_paid or row.amount, row.currency)
        if row.dispute_status in ("needs_response", "under_review"):
            yield Diagnosis("bad", f"The buyer disputes {amount} ({row.dispute_status}): respond in Stripe's dashboard.")
        elif row.amount_paid and row.fulfilled_at is None and row.status != CheckoutStatus.REFUNDED:
            yield Diagnosis("bad", f"A payment of {amount} bought nothing and is not refunded yet.", "refund_more", row.id)


def _is_bought(order: OrderReport) -> bool:
    return any(row.fulfilled_at is not None for row in order.payments)


def _delivery(order: OrderReport) -> Iterator[Diagnosis]:
    form = order.form
    if form.status not in PAID:
        return
    if is_held(form):
        yield Diagnosis("bad", "Paid, and held for a manual release: listen to what was chosen, then release it.", "release")
        return
    for song in _missing(order):
        yield Diagnosis("bad", f"Song {song + 1} is paid for, but its recording is missing.", *_remedy(order, song))
    if not form.guest_email:
        yield Diagnosis("bad", "Paid, but the order has no e-mail address for the link.", "readdress")
    mails = [mail for mail in order.mails if mail.kind == "delivery"]
    last = mails[-1] if mails else None
    if last is not None and last.status == EmailStatus.FAILED:
        yield Diagnosis("bad", f"The delivery e-mail could not be delivered to {last.to_address}.", "readdress")
    elif last is not None and last.status == EmailStatus.QUEUED and last.error:
        yield Diagnosis("bad", f"The delivery e-mail waits for its next retry ({last.error}).", "resend")
    elif last is not None and last.to_address != form.guest_email:
        yield Diagnosis(
            "bad", f"The delivery e-mail went to {last.to_address}, but the order has {form.guest_email}.", "resend"
        )
    if not any(link.revoked_at is None for link in order.links):
        yield Diagnosis("bad", "Paid, but no share link is active.")


def _missing(order: OrderReport) -> list[int]:
    ready = {(one.row.song_index, one.row.variation) for one in order.recordings if one.row.status == VariationStatus.READY}
    chosen = order.form.selected_variations
    return [song for song in range(order.form.song_count) if (song, chosen.get(str(song))) not in ready]


def _remedy(order: OrderReport, song: int) -> tuple[str, str]:
    chosen = order.form.selected_variations.get(str(song))
    rows = [one.row for one in order.recordings if (one.row.song_index, one.row.variation) == (song, chosen)]
    return ("retry", rows[-1].id) if rows else ("refund", "")


def _making(order: OrderReport) -> Iterator[Diagnosis]:
    form, newest = order.form, _newest(order)
    if form.status in OVER:
        return
    if form.submitted_at and not form.generated_lyrics and form.submitted_at < now() - timedelta(minutes=1):
        yield Diagnosis("wait", f"Submitted {_lasting(form.submitted_at)} ago, lyrics not written yet; the sweep retries.")
    paused = paused_providers()
    for row in newest:
        able = able_providers(language_of_song(form.form_data, row.song_index))
        name = f"Version {row.variation} of song {row.song_index + 1}"
        if row.status == VariationStatus.FAILED:
            why = REASONS.get(row.error_code or "", row.error_code)
            yield Diagnosis("bad", f"{name} failed: {why}.", _elsewhere(row, able), row.id)
        elif row.step == VariationStep.UNCERTAIN:
            yield Diagnosis("wait", f"{name}: uncertain submit at {row.provider}; we look for the task before we retry.")
        elif row.status in AT_PROVIDER and _is_stuck(row):
            usual = measured(row.provider or "")
            often = f"; p90 is {round(usual[1])} s" if usual else ""
            yield Diagnosis(
                "bad",
                f"{name} is stuck: at {row.provider} for {_lasting(row.submitted_at or now())}{often}.",
                _elsewhere(row, able),
                row.id,
            )
        elif row.status == VariationStatus.QUEUED and paused >= set(able):
            yield Diagnosis(
                "bad", f"{name} waits: every provider that sings its language is paused: {', '.join(sorted(able))}."
            )
    working = [row for row in newest if row.status in UNFINISHED and not _is_stuck(row)]
    if working:
        yield Diagnosis("wait", f"{len(working)} of {len(newest)} recordings are being made.")


def _repeats(order: OrderReport) -> Iterator[Diagnosis]:
    for one in order.repeats:
        answer = "its answer came late; what it made is among the bonus clips" if one.task_id else "its answer never came"
        what = f"{one.variations} recording{'s' if one.variations > 1 else ''}"
        sentence = f"Possibly bought twice: a submit of {what} to {one.provider} was repeated {_lasting(one.at)} ago; {answer}."
        yield Diagnosis("good", sentence)


def _newest(order: OrderReport) -> list[Variation]:
    """The row of every cell that counts: its last revision."""
    cells = {(one.row.song_index, one.row.variation): one.row for one in order.recordings}
    return list(cells.values())


def _is_stuck(row: Variation) -> bool:
    if row.status not in AT_PROVIDER or row.submitted_at is None:
        return False
    usual = measured(row.provider) if row.provider else None
    return bool(now() - row.submitted_at > max(_STUCK_AFTER, timedelta(seconds=3 * usual[1] if usual else 0)))


def _elsewhere(row: Variation, able: Sequence[str]) -> str:
    """Another of those that sing the language, where one is left that has not failed here; otherwise a retry."""
    others = [name for name in able if name != row.provider and not row.failures.get(name)]
    return "other_provider" if others and row.error_code != "moderation" else "retry"


def _attention(order: OrderReport) -> Iterator[Diagnosis]:
    kind = order.form.attention
    if kind and kind not in ("to_release", "mail_failed", "generation_failed"):
        yield Diagnosis("bad", f"Needs attention: {ATTENTION.get(kind, kind.replace('_', ' '))}.", "seen")


_RULES: tuple[Callable[[OrderReport], Iterator[Diagnosis]], ...] = (_delivery, _money, _extras, _making, _repeats, _attention)


def _fine(order: OrderReport) -> str:
    form = order.form
    match form.status:
        case FormStatus.CREATED:
            return "Draft; not submitted yet." if form.submitted_at is None else "The lyrics are being written."
        case FormStatus.PROMPTS_GENERATED:
            return "The lyrics are written; the customer has not started the recordings yet."
        case FormStatus.VARIATIONS_READY | FormStatus.PAYMENT_INITIATED:
            chosen = len(form.selected_variations)
            return f"No problems: {chosen} of {form.song_count} chosen, not paid. Expires on {day(form.expires_at)}."
        case FormStatus.DELIVERED:
            return "No problems: paid and delivered."
        case FormStatus.PAYMENT_COMPLETED:
            return "Just paid; the delivery e-mail is queued."
        case FormStatus.REFUNDED:
            return "Refunded; the order is closed."
        case FormStatus.EXPIRED:
            return "Expired unpaid, or deleted; only its id is kept."
    return "No problems."


def _lasting(moment: datetime) -> str:
    seconds = (now() - moment).total_seconds()
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "a moment"
