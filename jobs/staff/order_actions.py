"""Staff actions on an order: e-mail, refunds, share links, expiry. Each returns a sentence; doing it twice is harmless."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from customer_texts import refusal_in_words
from i18n import day
from integrations.payments import PaymentsError
from integrations.payments import refund_at_stripe as refund_at_stripe
from jobs.addresses import BadAddressError, normal_address
from jobs.gifts.share_links import new_token
from jobs.mail.sending import send_email
from jobs.outbox import queue_email
from jobs.payments import credits
from jobs.payments.extra_fulfilment import give_extra
from jobs.payments.extras import EXTRA_KINDS
from jobs.payments.refunds import look_at_refunds, pay_refund, refund_extra, refund_form
from jobs.price_text import price
from jobs.privacy import retention
from jobs.privacy.expiry import expire as expire_form
from jobs.queue import enqueue
from models import (
    KEPT_UNPAID,
    PAID,
    UNPAID,
    CheckoutSession,
    CheckoutStatus,
    ComposeForm,
    Email,
    EmailStatus,
    ExtraPurchase,
    FormStatus,
    ShareToken,
    WrongMomentError,
    append_event,
    in_database,
    locked,
    move,
    notify,
    now,
    transaction,
)

if TYPE_CHECKING:
    from jobs.staff.action_request import Request


def resend(request: Request) -> str:
    """Send the delivery e-mail again. Only for paid orders."""
    email_id = in_database(_resend, request.form_id)
    if email_id is None:
        raise WrongMomentError("the order has no e-mail address")
    enqueue(send_email, email_id)
    return "The delivery e-mail is queued again."


def _resend(form_id: str) -> str | None:
    """A failed e-mail is retried, a queued one is sent now, a sent one is written again."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status not in PAID:
            raise WrongMomentError(f"the order is {form.status}: only paid orders are sent")
        ComposeForm.update(attention=None).where(ComposeForm.id == form_id, ComposeForm.attention == "mail_failed").execute()
        last = Email.select().where(Email.form == form_id, Email.kind == "delivery").order_by(Email.sequence.desc()).first()
        if last is None or last.status == EmailStatus.SENT:
            return queue_email(form, "delivery")
        move(last, EmailStatus.QUEUED, by="staff", why="resend")
        Email.update(to_address=form.guest_email or last.to_address, attempts=0, next_try_at=now(), error=None).where(
            Email.id == last.id
        ).execute()
        notify(form_id)
        return str(last.id)


def readdress(request: Request) -> str:
    """Correct the e-mail address of the order and of its e-mails that are not sent yet."""
    try:
        address = normal_address(str(request.values.get("address", "")))
    except BadAddressError as error:
        raise WrongMomentError(refusal_in_words(error).rstrip(".")) from error
    paid = in_database(_readdress, request.form_id, address)
    if not paid:
        return "The e-mail address is corrected."
    return f"The e-mail address is corrected. {resend(request)}"


def _readdress(form_id: str, address: str) -> bool:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status == FormStatus.EXPIRED or form.purged_at:
            raise WrongMomentError("the order is closed")
        answers = {**form.form_data, "senderEmail": address}
        ComposeForm.update(guest_email=address, form_data=answers, updated_at=now()).where(ComposeForm.id == form_id).execute()
        Email.update(to_address=address).where(Email.form == form_id, Email.status != EmailStatus.SENT).execute()
        append_event(form_id, "form", form_id, form.status, form.status, by="staff", why="address_corrected")
        notify(form_id)
        return form.status in PAID


def refund_as_staff(request: Request) -> str:
    """Refund `amount` minor units, or all that is left. The rows follow Stripe's response."""
    amount = request.values.get("amount")
    given = refund_form(request.form_id, amount if isinstance(amount, int) else None)
    currency = in_database(
        lambda: CheckoutSession.select(CheckoutSession.currency).where(CheckoutSession.form == request.form_id).scalar()
    )
    return f"Refund of {price(given, currency)} sent."


def refund_payment(request: Request) -> str:
    """Refund in full one payment that bought nothing: a duplicate, or one that came too late."""
    row = in_database(CheckoutSession.find, request.about)
    if row.form_id != request.form_id or row.fulfilled_at is not None or not row.payment_intent_id:
        raise WrongMomentError("this payment bought the order; use Refund")
    if row.status == CheckoutStatus.REFUNDED:
        return "Already refunded."
    if row.refund_due:
        pay_refund(row.id)
    else:
        refund_at_stripe(row.payment_intent_id, None, f"refund:dup:{row.payment_intent_id}")
        look_at_refunds(row.payment_intent_id)
    if in_database(CheckoutSession.find, row.id).status != CheckoutStatus.REFUNDED:
        raise PaymentsError("unavailable", "Stripe accepted the refund but has not completed it yet; check again in a minute")
    return f"Refund of {price(row.amount_paid or row.amount, row.currency)} sent."


def give_more(request: Request) -> str:
    """Give something of the order for nothing. `about`: the song's number from 0 and the kind, `0:versions`."""
    song, _, what = request.about.partition(":")
    if not song.isdigit() or what not in EXTRA_KINDS:
        raise WrongMomentError("choose a song and what to give of it")
    for email_id in in_database(give_extra, request.form_id, int(song), what):
        enqueue(send_email, email_id)
    return "Given; the giver has it on the order page, and an e-mail is queued."


def refund_more(request: Request) -> str:
    """Refund in full what was bought beside the order, or take back what was given; it is withdrawn from the giver's page."""
    row = in_database(ExtraPurchase.find, request.about)
    given = refund_extra(request.form_id, row.id)
    return f"Refund of {price(given, row.currency)} sent." if given else "Taken back; there was nothing to refund."


def extend_order(request: Request) -> str:
    """Extend the expiry by a week, however often the customer did so already."""

    def extended() -> str:
        with transaction():
            form = locked(ComposeForm.select().where(ComposeForm.id == request.form_id)).get()
            if form.status not in UNPAID:
                raise WrongMomentError(f"an order that is {form.status} does not expire")
            until = max(form.expires_at or now(), now()) + KEPT_UNPAID
            if until > now() + timedelta(days=60):
                raise WrongMomentError("it is already kept for two months")
            ComposeForm.update(expires_at=until, updated_at=now()).where(ComposeForm.id == form.id).execute()
            notify(form.id)
        return f"Expires on {day(until)}."

    return in_database(extended)


def rotate(request: Request) -> str:
    """Revoke a share link and create a new one. `about`: the song's number from '0', or 'all'."""
    if not (request.about.isdigit() or request.about == "all"):
        raise WrongMomentError("choose the link of one song or of all songs")
    song = None if request.about == "all" else int(request.about)
    this = ShareToken.song_index.is_null() if song is None else ShareToken.song_index == song

    def replace_link() -> None:
        with transaction():
            form = locked(ComposeForm.select().where(ComposeForm.id == request.form_id)).get()
            live = (ShareToken.form == form.id) & this & ShareToken.revoked_at.is_null()
            if form.status not in PAID or not ShareToken.update(revoked_at=now()).where(live).execute():
                raise WrongMomentError("there is no active link to replace")
            new_token(form.id, song)
            append_event(form.id, "form", form.id, form.status, form.status, by="staff", why="link_rotated")
            notify(form.id)

    in_database(replace_link)
    return "The old link is revoked; the new one is on this page. Send it with “Resend delivery e-mail”."


def expire_order(request: Request) -> str:
    """Close an unpaid order now and remove what it holds."""
    if not in_database(lambda: expire_form(request.form_id, by="staff", why="expired_by_hand")):
        raise WrongMomentError("it is paid, closed, or a payment is pending")
    gone = in_database(retention.purge, request.form_id)
    return "Expired; all data is deleted." if gone else "Expired; the rest is deleted when its running recordings have ended."


def grant_as_staff(request: Request) -> str:
    """Add credits to the account of this order's e-mail address."""
    number = request.values.get("number", 1)
    form = in_database(ComposeForm.find, request.form_id)
    if not isinstance(number, int) or not 1 <= number <= 10:
        raise WrongMomentError("between 1 and 10 credits at a time")
    if not form.guest_email:
        raise WrongMomentError("the order has no e-mail address")
    left = in_database(credits.grant_credits, form.guest_email, number)
    return f"{number} granted; the account has {left} now."
