"""E-mails about payments and refunds, and the receipt."""

from __future__ import annotations

from i18n import N_, _, n_
from jobs.mail.extra_templates import extra_lines, refund_of_extra
from jobs.mail.layout import EmailText, greeting, utc_moment
from jobs.payments import consent
from jobs.price_text import price
from models import CheckoutSession, ComposeForm, Email, ExtraPurchase, FormStatus
from settings import settings

LATE = {
    "duplicate": N_("You had paid this order twice. The second payment goes back to you; your songs are yours as before."),
    "late": N_("Your payment arrived after the order was over, so we send it back."),
    "undelivered": N_(
        "We promised you your songs in time and could not keep the promise. That is our fault, so you get everything"
        " back. We are sorry."
    ),
}


def receipt(row: Email, form: ComposeForm) -> EmailText | None:
    """To the payer, where paid songs wait for staff or for a recording that is missing; not once they are delivered."""
    if form.status != FormStatus.PAYMENT_COMPLETED:
        return None
    return EmailText(
        subject=_("Thank you: your payment is here"),
        greeting=greeting(form),
        paragraphs=[
            _("thank you. Your payment has arrived."),
            n_(
                "We look your song over once more before it leaves us. As soon as that is done you get your link by e-mail; "
                "there is nothing to do until then.",
                "We look your songs over once more before they leave us. As soon as that is done you get your links by e-mail; "
                "there is nothing to do until then.",
                form.song_count,
            ),
        ],
        links=[(_("Your page of this order"), f"{settings.public_url}/compose/success?formId={form.id}")],
        small=receipt_lines(form),
    )


def receipt_lines(form: ComposeForm) -> list[str]:
    """The lines of the receipt, with the consent as it was given; empty for an unpaid form."""
    row = CheckoutSession.select().where(CheckoutSession.form == form.id, CheckoutSession.fulfilled_at.is_null(False)).first()
    if row is None or form.paid_at is None:
        return []
    package = settings.packages[form.package_type]
    lines = [
        _("Receipt for order {number}", number=row.id.removeprefix("checkout_")[:12]),
        n_(
            "{package}, {n} song: {price}",
            "{package}, {n} songs: {price}",
            form.song_count,
            package=_(package.label),
            price=price(row.amount, row.currency),
        ),
    ]
    if row.amount_paid != row.amount:
        lines.append(_("Discount: {price}", price=price(row.amount - (row.amount_paid or 0), row.currency)))
    paid = price(row.amount_paid or 0, row.currency)
    lines.append(_("Paid: {price} including tax, on {moment}", price=paid, moment=utc_moment(form.paid_at)))
    if row.amount_refunded:
        lines.append(_("Given back: {price}", price=price(row.amount_refunded, row.currency)))
    if row.consent_version:
        agreed = _(consent.consent_text(row.consent_version))
        lines.append(_("On {moment} you agreed: “{words}”", moment=utc_moment(row.consent_at), words=agreed))
    return lines


def all_receipt_lines(form: ComposeForm) -> list[str]:
    """The lines of the order's receipt, and of everything that was bought beside it."""
    bought = (ExtraPurchase.form == form.id, ExtraPurchase.fulfilled_at.is_null(False))
    extras = ExtraPurchase.select().where(*bought).order_by(ExtraPurchase.fulfilled_at)
    return [*receipt_lines(form), *(line for row in extras for line in extra_lines(row, form))]


def refund_message(row: Email, form: ComposeForm) -> EmailText:
    """A refund and its reason."""
    amount = price(row.facts["amount"], row.facts["currency"])
    code = LATE.get(row.facts.get("why", ""))
    after: list[str] = []
    reason = _(code) if code else None
    if "extra" in row.facts:
        reason, after = refund_of_extra(row)
    elif _revokes_links(row):
        after = [_("The links to the songs do not work any more.")]
    paragraphs = [reason] if reason else []
    paragraphs.append(
        _("{amount} is on its way back to you, by the way you paid. Banks take five to ten days to show it.", amount=amount)
    )
    return _text(form, _("Your refund of {amount}", amount=amount), *paragraphs, *after)


def _revokes_links(row: Email) -> bool:
    whole = row.facts.get("whole") and row.facts.get("why") not in ("duplicate", "late")
    return bool(whole and not settings.share_after_refund)


def payment_pending(row: Email, form: ComposeForm) -> EmailText:
    """A delayed payment method was chosen; the money takes days."""
    amount = price(row.facts["amount"], row.facts["currency"])
    return _text(
        form,
        _("Your payment is on its way"),
        _(
            "Thank you. You chose a way to pay that takes a few days: we are waiting for {amount} from your bank.",
            amount=amount,
        ),
        _("Your songs are kept for you meanwhile. As soon as the money is here you get your link, without doing anything."),
    )


def payment_failed(row: Email, form: ComposeForm) -> EmailText:
    """A delayed payment failed."""
    return EmailText(
        subject=_("Your payment did not arrive"),
        greeting=greeting(form),
        paragraphs=[
            _("Your bank told us that the payment did not go through. Nothing was charged."),
            _("Your songs are still there, and you can pay another way."),
        ],
        links=[(_("Back to your songs"), f"{settings.public_url}/compose/variations?formId={row.form_id}")],
    )


def _text(form: ComposeForm, subject: str, *paragraphs: str) -> EmailText:
    return EmailText(subject=subject, greeting=greeting(form), paragraphs=list(paragraphs))
