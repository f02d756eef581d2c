"""The letters about money, and the receipt."""

from __future__ import annotations

from jobs import consent
from jobs.letter_frame import Words
from jobs.money import price
from models import CheckoutSession, ComposeForm, Email
from settings import settings

LATE = {
    "duplicate": "You had paid this order twice. The second payment goes back to you; your songs are yours as before.",
    "late": "Your payment arrived after the order was over, so we send it back.",
    "undelivered": "We promised you your songs in time and could not keep the promise. That is our fault, so you get everything"
    " back. We are sorry.",
}


def receipt(form: ComposeForm) -> list[str]:
    """The lines of the receipt, with the consent as it was given; empty for a form nobody paid."""
    row = CheckoutSession.select().where(CheckoutSession.form == form.id, CheckoutSession.fulfilled_at.is_null(False)).first()
    if row is None or form.paid_at is None:
        return []
    package = settings.packages[form.package_type]
    lines = [
        f"Receipt for order {row.id.removeprefix('checkout_')[:12]}",
        f"{package.label}, {form.song_count} song{'s' if form.song_count > 1 else ''}: {price(row.amount, row.currency)}",
    ]
    if row.amount_paid != row.amount:
        lines.append(f"Discount: {price(row.amount - (row.amount_paid or 0), row.currency)}")
    lines += [f"Paid: {price(row.amount_paid or 0, row.currency)} including tax, on {form.paid_at:%d %B %Y, %H:%M} UTC"]
    if row.consent_version:
        words = consent.words(row.consent_version)
        lines.append(f'On {row.consent_at:%d %B %Y, %H:%M} UTC you agreed: "{words}"')
    return lines


def refund(row: Email, form: ComposeForm) -> Words:
    """Money goes back, and why."""
    amount = price(row.facts["amount"], row.facts["currency"])
    over = " The links to the songs do not work any more." if _took_links(row) else ""
    on_its_way = f"{amount} is on its way back to you, by the way you paid. Banks take five to ten days to show it.{over}"
    reason = LATE.get(row.facts.get("why", ""), "")
    return _words(form, f"Your refund of {amount}", *([reason] if reason else []), on_its_way)


def _took_links(row: Email) -> bool:
    whole = row.facts.get("whole") and row.facts.get("why") not in ("duplicate", "late")
    return bool(whole and not settings.share_after_refund)


def payment_pending(row: Email, form: ComposeForm) -> Words:
    """A way to pay that takes days."""
    amount = price(row.facts["amount"], row.facts["currency"])
    return _words(
        form,
        "Your payment is on its way",
        f"Thank you. You chose a way to pay that takes a few days: we are waiting for {amount} from your bank.",
        "Your songs are kept for you meanwhile. As soon as the money is here you get your link, without doing anything.",
    )


def payment_failed(row: Email, form: ComposeForm) -> Words:
    """A delayed payment that did not come."""
    return Words(
        subject="Your payment did not arrive",
        greeting=_greeting(form),
        paragraphs=[
            "Your bank told us that the payment did not go through. Nothing was charged.",
            "Your songs are still there, and you can pay another way.",
        ],
        links=[("Back to your songs", f"{settings.public_url}/compose/variations?formId={row.form_id}")],
    )


def _words(form: ComposeForm, subject: str, *paragraphs: str) -> Words:
    return Words(subject=subject, greeting=_greeting(form), paragraphs=list(paragraphs))


def _greeting(form: ComposeForm) -> str:
    return f"Dear {form.form_data.get('senderName') or 'friend'},"
