"""The letters about money, and which letter an outbox row is. Plain and HTML; names are hostile text and stay inert."""

from __future__ import annotations

from html import escape

from integrations.mail import Letter
from jobs import consent
from jobs.leaving import ready_letter
from jobs.letters import delivery_letter
from jobs.money import price
from models import CheckoutSession, ComposeForm, Email
from settings import settings

LATE = {
    "duplicate": "You had paid this order twice. The second payment goes back to you; your songs are yours as before.",
    "late": "Your payment arrived after the order was over, so we send it back.",
    "undelivered": "We promised you your songs in time and could not keep the promise. That is our fault, so you get everything"
    " back. We are sorry.",
}


def letter_for(row: Email) -> Letter:
    """The letter that a row of the outbox stands for. Raises KeyError for a kind nobody writes."""
    return WRITERS[row.kind](row)


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


def _delivery(row: Email) -> Letter:
    return delivery_letter(row, receipt(ComposeForm.find(row.form_id)))


def _refund(row: Email) -> Letter:
    amount = price(row.facts["amount"], row.facts["currency"])
    reason = LATE.get(row.facts.get("why", ""), "")
    over = " The links to the songs do not work any more." if _took_links(row) else ""
    return _plain(
        row,
        f"Your refund of {amount}",
        [
            reason,
            f"{amount} is on its way back to you, by the way you paid. Banks take five to ten days to show it.{over}",
        ],
    )


def _took_links(row: Email) -> bool:
    whole = row.facts.get("whole") and row.facts.get("why") not in ("duplicate", "late")
    return bool(whole and not settings.share_after_refund)


def _pending(row: Email) -> Letter:
    amount = price(row.facts["amount"], row.facts["currency"])
    return _plain(
        row,
        "Your payment is on its way",
        [
            f"Thank you. You chose a way to pay that takes a few days: we are waiting for {amount} from your bank.",
            "Your songs are kept for you meanwhile. As soon as the money is here you get your link, without doing anything.",
        ],
    )


def _failed(row: Email) -> Letter:
    link = f"{settings.public_url}/compose/variations?formId={row.form_id}"
    return _plain(
        row,
        "Your payment did not arrive",
        [
            "Your bank told us that the payment did not go through. Nothing was charged.",
            f"Your songs are still there, and you can pay another way: {link}",
        ],
    )


def _plain(row: Email, subject: str, paragraphs: list[str]) -> Letter:
    form = ComposeForm.find(row.form_id)
    lines = [f"Dear {form.form_data.get('senderName') or 'friend'},", *filter(None, paragraphs), settings.brand_name]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return Letter(
        to_address=row.to_address,
        subject=subject,
        text="\n\n".join(lines) + "\n",
        html='<!doctype html><html lang="en">'
        f'<body style="font:17px/1.6 Georgia,serif;color:#2b2320;background:#fbf6ef;padding:24px">{html}</body></html>',
        message_id=row.message_id,
    )


WRITERS = {
    "delivery": _delivery,
    "refund": _refund,
    "payment_pending": _pending,
    "payment_failed": _failed,
    "song_ready": ready_letter,
}
