"""Credits: staff give them, a customer pays with one per song instead of a card. Composing never asks for any."""

from __future__ import annotations

import logging

from jobs.accounts.login import account_of
from jobs.forms.drafts import find_form
from jobs.generation.selection import chosen_rows
from jobs.gifts.share_links import give_links
from jobs.queue import enqueue
from jobs.queue_names import SEND_EMAIL
from models import (
    CHOOSING,
    LOGGED,
    UNDER_WAY,
    CheckoutSession,
    ComposeForm,
    CreditMove,
    FormStatus,
    User,
    WrongMomentError,
    locked,
    move,
    now,
    transaction,
)

log = logging.getLogger("serenade.credits")


class TooFewCreditsError(Exception):
    """The account has fewer credits than the form has songs."""


def grant_credits(email: str, amount: int) -> int:
    """Staff give (or take back) credits; the new balance. The account is made if there is none; never below zero."""
    with transaction():
        user = account_of(email.strip().lower())
        changed = User.update(credits=User.credits + amount).where(User.id == user.id, User.credits + amount >= 0).execute()
        if not changed:
            raise TooFewCreditsError(email)
        CreditMove.insert(user_id=user.id, amount=amount, why="granted").execute()
    log.info("user %s: %+d credits granted", user.id[:LOGGED], amount)
    return int(User.get_by_id(user.id).credits)


def pay_with_credits(form_id: str, user_id: str) -> None:
    """One credit per song pays for the form. The guarded UPDATE decides: credits are never spent twice, nor a form paid twice.

    Raises NotFoundError, WrongMomentError (not everything chosen, paid, or a card payment is open), TooFewCreditsError.
    """
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == find_form(form_id).id)).get()
        if form.demo:
            raise WrongMomentError("no_credits_in_a_demo")
        if form.status not in CHOOSING:
            raise WrongMomentError("not_for_sale", status=form.status)
        if CheckoutSession.select().where(CheckoutSession.form == form_id, CheckoutSession.status.in_(UNDER_WAY)):
            raise WrongMomentError("payment_under_way")
        if len(chosen_rows(form)) < form.song_count:
            raise WrongMomentError("not_all_chosen")
        spent = User.update(credits=User.credits - form.song_count).where(User.id == user_id, User.credits >= form.song_count)
        if not spent.execute():
            raise TooFewCreditsError(user_id)
        CreditMove.insert(user_id=user_id, form_id=form.id, amount=-form.song_count, why="paid").execute()
        email_id = _give(form, user_id)
    if email_id:
        enqueue(SEND_EMAIL, email_id)


def _give(form: ComposeForm, user_id: str) -> str | None:
    """Mark as paid, make the share links and queue their e-mail; its id."""
    if form.status != FormStatus.PAYMENT_INITIATED:
        move(form, FormStatus.PAYMENT_INITIATED, by="customer", why="credits")
    owner = {} if form.user_id else {"user": user_id}
    move(form, FormStatus.PAYMENT_COMPLETED, by="credits", amount_paid=0, paid_at=now(), attention=None, **owner)
    return give_links(form)
