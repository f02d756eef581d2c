"""Settling: what staff do about mail, money, links and time. Each verb answers in a sentence, and twice is harmless."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from i18n import day
from integrations.payments import PaymentsError
from integrations.payments import refund as refund_at_stripe
from jobs.forms.form_data import email_address
from jobs.mail.sending import send_email
from jobs.outbox import queue_email
from jobs.payments import credits
from jobs.payments.refunds import look_at_refunds, pay_refund, refund_form
from jobs.prices import price
from jobs.privacy import retention
from jobs.privacy.retention import WEEK
from jobs.queue import enqueue
from models import (
    PAID,
    UNPAID,
    CheckoutSession,
    CheckoutStatus,
    ComposeForm,
    Email,
    EmailStatus,
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
    """The mail that brings the links, once more. Never to somebody who has not paid."""
    letter = in_database(_resend, request.form_id)
    if letter is None:
        raise WrongMomentError("there is no address to send to")
    enqueue(send_email, letter)
    return "The link is on its way again."


def _resend(form_id: str) -> str | None:
    """A letter that failed is tried anew, one that waits goes now, one that was sent is written again."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status not in PAID:
            raise WrongMomentError(f"the order is {form.status}: only what is paid for is sent")
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
    """The address was wrong: the order, and what still waits to be sent, goes to the right one."""
    try:
        address = email_address(str(request.values.get("address", "")).strip())
    except ValueError as error:
        raise WrongMomentError(str(error).rstrip(".")) from error
    paid = in_database(_readdress, request.form_id, address)
    if not paid:
        return "The address is corrected."
    return f"The address is corrected. {resend(request)}"


def _readdress(form_id: str, address: str) -> bool:
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).get()
        if form.status == FormStatus.EXPIRED or form.purged_at:
            raise WrongMomentError("the order is over")
        told = {**form.form_data, "senderEmail": address}
        ComposeForm.update(guest_email=address, form_data=told, updated_at=now()).where(ComposeForm.id == form_id).execute()
        Email.update(to_address=address).where(Email.form == form_id, Email.status != EmailStatus.SENT).execute()
        append_event(form_id, "form", form_id, form.status, form.status, by="staff", why="address_corrected")
        notify(form_id)
        return form.status in PAID


def refund(request: Request) -> str:
    """Money back: `amount` minor units, or all that is left. Stripe's own answer is what the rows follow."""
    amount = request.values.get("amount")
    given = refund_form(request.form_id, amount if isinstance(amount, int) else None)
    currency = in_database(
        lambda: CheckoutSession.select(CheckoutSession.currency).where(CheckoutSession.form == request.form_id).scalar()
    )
    return f"{price(given, currency)} is on its way back."


def give_payment_back(request: Request) -> str:
    """One payment that bought nothing goes back whole: a second one, or one that came too late."""
    row = in_database(CheckoutSession.find, request.about)
    if row.form_id != request.form_id or row.fulfilled_at is not None or not row.payment_intent_id:
        raise WrongMomentError("this payment bought the song; use Refund")
    if row.status == CheckoutStatus.REFUNDED:
        return "It went back already."
    if row.refund_due:
        pay_refund(row.id)
    else:
        refund_at_stripe(row.payment_intent_id, None, f"refund:dup:{row.payment_intent_id}")
        look_at_refunds(row.payment_intent_id)
    if in_database(CheckoutSession.find, row.id).status != CheckoutStatus.REFUNDED:
        raise PaymentsError("unavailable", "Stripe has taken the refund and not finished it yet; look again in a minute")
    return f"{price(row.amount_paid or row.amount, row.currency)} is on its way back."


def extend(request: Request) -> str:
    """Another week before it expires, however often the customer asked already."""

    def longer() -> str:
        with transaction():
            form = locked(ComposeForm.select().where(ComposeForm.id == request.form_id)).get()
            if form.status not in UNPAID:
                raise WrongMomentError(f"an order that is {form.status} does not run out")
            until = max(form.expires_at or now(), now()) + WEEK
            if until > now() + timedelta(days=60):
                raise WrongMomentError("it is kept for two months already")
            ComposeForm.update(expires_at=until, updated_at=now()).where(ComposeForm.id == form.id).execute()
            notify(form.id)
        return f"Kept until {day(until)}."

    return in_database(longer)


def rotate(request: Request) -> str:
    """A share link that fell into the wrong hands is replaced. `about` is the song's number, '0' first, or 'all'."""
    if not (request.about.isdigit() or request.about == "all"):
        raise WrongMomentError("say which song")
    song = None if request.about == "all" else int(request.about)
    this = ShareToken.song_index.is_null() if song is None else ShareToken.song_index == song

    def again() -> None:
        with transaction():
            form = locked(ComposeForm.select().where(ComposeForm.id == request.form_id)).get()
            live = (ShareToken.form == form.id) & this & ShareToken.revoked_at.is_null()
            if form.status not in PAID or not ShareToken.update(revoked_at=now()).where(live).execute():
                raise WrongMomentError("there is no link to replace")
            ShareToken.insert(token=secrets.token_urlsafe(22), form=form.id, song_index=song).execute()
            append_event(form.id, "form", form.id, form.status, form.status, by="staff", why="link_rotated")
            notify(form.id)

    in_database(again)
    return "The old link is dead; the new one is on this page. Send it with “Send the link again”."


def expire(request: Request) -> str:
    """Close an unpaid order now and remove what it holds."""
    if not in_database(lambda: retention.expire(request.form_id, by="staff", why="expired_by_hand")):
        raise WrongMomentError("it is paid, over, or money is on its way")
    gone = in_database(retention.purge, request.form_id)
    return "Expired; everything is deleted." if gone else "Expired; the rest goes as soon as a recording has ended."


def grant(request: Request) -> str:
    """Credits for the account of this order's address."""
    number = request.values.get("number", 1)
    form = in_database(ComposeForm.find, request.form_id)
    if not isinstance(number, int) or not 1 <= number <= 10:
        raise WrongMomentError("between 1 and 10 credits at a time")
    if not form.guest_email:
        raise WrongMomentError("there is no address on this order")
    left = in_database(credits.grant, form.guest_email, number)
    return f"{number} given; the account has {left} now."
