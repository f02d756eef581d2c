"""Heading and lead by the status of an order, as its customer reads them and as staff see them."""

from __future__ import annotations

from i18n import _, n_
from jobs.views.form_types import FormView
from models import BEFORE_VARIATIONS, ENDED, OVER, CheckoutStatus, FormStatus, VariationStatus


def before_payment(form: FormView) -> tuple[str, str]:
    """While songs are made, heard and chosen."""
    cells = form.cells
    ready = sum(1 for cell in cells if cell.status == VariationStatus.READY)
    if form.status in OVER:
        return _("This order is over"), _("It was not paid in time, or it was refunded. You can always start a new one.")
    if not cells:
        return _("Your words are ready"), _("Press the button and we will make three versions of every song.")
    if form.status in BEFORE_VARIATIONS:
        return (
            _("We are writing your words"),
            _("The first version follows in a moment. You can close this page; the link brings you back."),
        )
    if ready < len(cells) and any(cell.status not in ENDED for cell in cells):
        heard = (
            n_(
                "{n} of {count} is ready: play it while the others are being made.",
                "{n} of {count} are ready: play them while the others are being made.",
                ready,
                count=len(cells),
            )
            if ready
            else ""
        )
        return (
            n_("Your song is being made", "Your songs are being made", form.song_count),
            heard or _("The first one plays in a moment. You can close this page; the link brings you back."),
        )
    return _("Listen, and choose"), _("The first 45 seconds of each version. After payment you get the whole song.")


def after_payment(form: FormView) -> tuple[str, str]:
    """From the payment page on."""
    match form.status:
        case FormStatus.DELIVERED:
            return (
                _("Here is your gift"),
                _(
                    "The link is also in your mail ({address}). Send it when the moment is right.",
                    address=form.guest_email,
                ),
            )
        case FormStatus.PAYMENT_COMPLETED if form.held:
            return (
                _("Thank you. Your payment has arrived"),
                _("We hear every song once more before it leaves. Then the link comes by mail."),
            )
        case FormStatus.PAYMENT_COMPLETED:
            return _("Thank you. Wrapping your gift"), _(
                "The payment has arrived. The link is below, and a mail is on its way."
            )
        case FormStatus.PAYMENT_INITIATED if form.payment_status == CheckoutStatus.PAYMENT_PENDING:
            return (
                _("Your payment is on its way"),
                _(
                    "Your bank takes a few days to send it. Your songs are kept for you, and as soon as the money is here "
                    "the link goes to {address} by itself. You can close this page.",
                    address=form.guest_email or "",
                ),
            )
        case FormStatus.PAYMENT_INITIATED:
            return _("One moment"), _("We are waiting for the payment to be confirmed. This page changes by itself.")
        case FormStatus.REFUNDED:
            return _("This order was refunded"), _("The money is on its way back to you.")
        case _ if form.payment_status == CheckoutStatus.PAYMENT_FAILED:
            return (
                _("The payment did not arrive"),
                _("Your bank did not send it, and nothing was charged. Your songs are still there."),
            )
        case _:
            return _("Not paid yet"), _("No payment has arrived for this order. Your songs are still there.")
