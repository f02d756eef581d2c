"""From the Pay button to Stripe and back: open a session, take in Stripe's events. Fulfilling is a job."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, timedelta
from typing import Any, TypeVar

from peewee import fn

from i18n import _, speaking
from integrations.payments import BadEvent, OpenedSession, Payments, PaymentsError, SessionRequest, account_for, read_event
from jobs.crash_points import crash_at
from jobs.forms.drafts import find_form, keep_form_language
from jobs.generation.selection import chosen_rows
from jobs.generation.variations import choose_variation
from jobs.payments import consent as consent_texts
from jobs.payments.fulfilment import back_to_choosing, close_session, fulfil
from jobs.payments.payment_rows import find_payment
from jobs.payments.refusals import note_refusal
from jobs.payments.stripe_events import ask_to_handle, store_event
from jobs.queue_names import is_demo
from models import (
    CHOOSING,
    CheckoutSession,
    CheckoutStatus,
    ComposeForm,
    FormStatus,
    Payment,
    WrongMomentError,
    in_database,
    locked,
    move,
    new_id,
    now,
    transaction,
)
from settings import settings

log = logging.getLogger("serenade.checkout")
_T = TypeVar("_T")
SESSION_MINUTES = 60  # Stripe allows 30 minutes to 24 hours
# A Stripe that hangs holds a thread for up to 26 s: these threads serve nothing else, so everything else goes on.
_threads = ThreadPoolExecutor(8, "payments")

__all__ = [
    "BadEvent",
    "ConsentMissingError",
    "PaymentsError",
    "apart",
    "cancel_checkout",
    "end_open_session",
    "fulfil",
    "start_checkout",
    "take_event",
    "without_open_session",
]


class ConsentMissingError(Exception):
    """The customer has not agreed to immediate supply."""


async def apart(work: Callable[..., _T], *args: Any, **kwargs: Any) -> _T:
    """Run something that asks Stripe in the threads kept for that."""
    context = copy_context()  # new threads would not know the customer's language
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: context.run(work, *args, **kwargs))


def start_checkout(form_id: str, selected: dict[str, int] | None = None, *, consent: bool | None = None) -> OpenedSession:
    """Where the customer pays for what is chosen. The same open session however often and from how many tabs.

    `consent`: agreed to immediate supply; False is refused, None (an older client) only where REQUIRE_CONSENT says so.
    Raises NotFoundError, ConsentMissingError, WrongMomentError (not everything chosen, paid already), PaymentsError.
    """
    if consent is False or (consent is None and settings.require_consent):
        raise ConsentMissingError
    for song_index, variation in (selected or {}).items():
        in_database(choose_variation, form_id, int(song_index), variation)
    row = _claimed(form_id)
    crash_at("checkout_claimed")
    if consent:
        in_database(note_consent, row)
    try:
        payments = account_for(in_database(is_demo, form_id))
        opened = kept_session(row, payments) or payments.open_session(_request(row))
    except PaymentsError as error:
        end_refused(row, error)
        raise
    if row.url:
        return opened
    crash_at("checkout_created")
    wanted = in_database(_opened, row, opened)
    crash_at("checkout_stored")
    if not wanted:  # another tab changed the lyrics, or the choice, while Stripe was being asked
        give_up_session(in_database(CheckoutSession.find, row.id))
        raise WrongMomentError("form_has_changed")
    return opened


def end_refused(row: Payment, error: PaymentsError) -> None:
    """Stripe opened no session for this row: the next press begins with a fresh key, where the same one would not help."""
    log.error("checkout %s: %s", row.id, error)
    in_database(note_refusal, row.form_id, error)
    if error.reason in ("rejected", "auth"):
        in_database(close_session, row, by="checkout", why=error.reason)
    elif error.reason == "page_refused":
        give_up_session(row, why=error.reason)


def kept_session(row: Payment, payments: Payments) -> OpenedSession | None:
    """The session that was opened before, if there is one. Raises PaymentsError where its page is one that we refuse by now."""
    if not row.url:
        return None
    payments.check_page(row.url)
    expires_at = int(row.expires_at.replace(tzinfo=UTC).timestamp())
    return OpenedSession(str(row.stripe_session_id), row.url, expires_at, row.livemode)


def _claimed(form_id: str) -> CheckoutSession:
    """The session row for what is chosen now; one that was opened for another choice is ended first."""
    for _look in range(3):
        row, stale = in_database(_claim_session, form_id)
        if stale is None:
            return row
        give_up_session(stale)
    raise WrongMomentError("form_has_changed")  # other tabs changed it each time


def _claim_session(form_id: str) -> tuple[CheckoutSession, CheckoutSession | None]:
    """(the session row to use, None), or (row, row) where that row was opened for another choice and must end first."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == find_form(form_id).id)).get()
        if form.status not in CHOOSING:
            raise WrongMomentError("not_for_sale", status=form.status)
        if _is_settling(form):
            raise WrongMomentError("payment_on_its_way")
        selected, tasks = _chosen(form)
        row = (
            CheckoutSession.select()
            .where(CheckoutSession.form == form.id, CheckoutSession.status == CheckoutStatus.OPEN)
            .first()
        )
        if row is not None:
            over = row.expires_at < now() + timedelta(minutes=2)
            if over or row.selected_task_ids != tasks:  # the same number may stand for other lyrics by now
                return row, row
            move(
                form, FormStatus.PAYMENT_INITIATED, by="customer", why="checkout"
            )  # a customer who had cancelled gets the same session again
            return row, None
        keep_form_language(form.id)  # with a new session only: the same key at Stripe must mean the same texts
        package = settings.packages[form.package_type]
        attempt = 1 + (
            CheckoutSession.select(fn.MAX(CheckoutSession.attempt)).where(CheckoutSession.form == form.id).scalar() or 0
        )
        row = CheckoutSession.create(
            id=new_id("checkout"),
            form=form.id,
            attempt=attempt,
            idempotency_key=f"checkout:{form.id}:{attempt}",
            amount=package.amount,
            currency=package.currency,
            selected_variations=selected,
            selected_task_ids=tasks,
            expires_at=now() + timedelta(minutes=SESSION_MINUTES),
        )
        move(form, FormStatus.PAYMENT_INITIATED, by="customer", why="checkout")
        return row, None


def _is_settling(form: ComposeForm) -> bool:
    """Whether a payment by a slow method is under way: a second one would have to be given back."""
    rows = CheckoutSession.select().where(
        CheckoutSession.form == form.id, CheckoutSession.status == CheckoutStatus.PAYMENT_PENDING
    )
    return bool(rows.exists())


def note_consent(row: Payment) -> None:
    """When, and to which version of the text, the customer agreed first."""
    table = type(row)
    first = table.update(consent_version=consent_texts.CURRENT, consent_at=now())
    first.where(table.id == row.id, table.consent_at.is_null()).execute()


def _chosen(form: ComposeForm) -> tuple[dict[str, int], dict[str, str]]:
    """What is chosen for every song, and the task ids behind it; WrongMomentError while a song has no ready choice."""
    rows = chosen_rows(form)
    if len(rows) < form.song_count:
        raise WrongMomentError("not_all_chosen")
    return {song: row.variation for song, row in rows.items()}, {song: row.id for song, row in rows.items()}


def _request(row: CheckoutSession) -> SessionRequest:
    form = in_database(ComposeForm.find, row.form_id)
    page = f"{settings.public_url}/compose"
    return session_request(
        row,
        form,
        settings.packages[form.package_type].label,
        package_type=form.package_type,
        selected_task_ids=row.selected_task_ids,
        success_url=f"{page}/success?formId={form.id}&session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{page}/variations?formId={form.id}&canceled=1",
    )


def session_request(row: Payment, form: ComposeForm, label: str, **sold: Any) -> SessionRequest:
    """What we ask Stripe to open for a row, whatever it sells. `label`: a text of ours, translated here; `sold`: the package,
    the recordings, and the addresses to come back to.
    """
    with speaking(form.locale):
        translated = _(label)
    return SessionRequest(
        **sold,
        form_id=form.id,
        label=translated,
        amount=row.amount,
        currency=row.currency,
        customer_email=form.guest_email,
        expires_at=int(row.expires_at.replace(tzinfo=UTC).timestamp()),
        idempotency_key=row.idempotency_key,
        checkout_id=row.id,
        locale=form.locale,
        automatic_tax=settings.stripe_automatic_tax,
        promotion_codes=settings.stripe_promotion_codes,
    )


def _opened(row: CheckoutSession, opened: OpenedSession) -> bool:
    """Store Stripe's id and address of the session; False if ours was closed meanwhile."""
    with transaction():
        form = ComposeForm.select(ComposeForm.id).where(ComposeForm.id == row.form_id)
        locked(form).execute()
        ComposeForm.update(stripe_session_id=opened.session_id, updated_at=now()).where(
            ComposeForm.id == row.form_id, ComposeForm.status == FormStatus.PAYMENT_INITIATED
        ).execute()
        return store_opened(row, opened)


def store_opened(row: Payment, opened: OpenedSession) -> bool:
    """Write the session's id and address into its row; False if that was closed meanwhile."""
    table = type(row)
    changes = {"stripe_session_id": opened.session_id, "url": opened.url, "livemode": opened.livemode, "updated_at": now()}
    table.update(**changes).where(table.id == row.id).execute()
    return bool(table.select().where(table.id == row.id, table.status != CheckoutStatus.EXPIRED).exists())


def give_up_session(row: Payment, why: str = "choice_changed") -> None:
    """End a session at Stripe before another is opened; when it turns out to be paid, fulfil it instead."""
    if row.stripe_session_id:
        try:
            account_for(in_database(is_demo, row.form_id)).expire_session(row.stripe_session_id)
        except PaymentsError as error:
            if error.reason not in ("not_open", "missing"):
                raise
            if fulfil(row.stripe_session_id):
                raise WrongMomentError("paid_already") from error
    in_database(close_session, row, by="checkout", why=why)
    if not row.stripe_session_id:  # it may have been opened there between our looking and our closing
        now_there = in_database(find_payment, row.id)
        if now_there.stripe_session_id:
            give_up_session(now_there, why)


def end_open_session(form_id: str) -> None:
    """Close what may still be paid by card, before the form is paid otherwise or deleted.

    Raises WrongMomentError when it turns out to be paid, PaymentsError when Stripe cannot be asked.
    """
    sessions = CheckoutSession.select().where(CheckoutSession.form == form_id, CheckoutSession.status == CheckoutStatus.OPEN)
    row = in_database(sessions.first)
    if row is not None:
        give_up_session(row)


def without_open_session(verb: Callable[..., _T], form_id: str, *more: Any) -> _T:
    """Do something to the form that may not happen under an open payment page: that page is closed first.

    Raises what `end_open_session` and the verb raise.
    """
    end_open_session(form_id)
    return in_database(verb, form_id, *more)


def cancel_checkout(form_id: str) -> None:
    """The customer came back from the payment page without paying. The session stays open for a change of mind."""
    in_database(back_to_choosing, form_id, why="canceled")


def take_event(raw_body: bytes, signature_header: str) -> str:
    """Check Stripe's signature, store the event under its own id, leave the rest to a job. Raises BadEvent."""
    event = read_event(raw_body, signature_header, settings.webhook_secrets)
    crash_at("webhook_before_insert")
    standing = in_database(store_event, event)
    crash_at("webhook_after_insert")
    ask_to_handle(event.id, standing)  # also when it was stored before: a redelivery then heals a crash between these two
    crash_at("webhook_after_enqueue")
    return event.id
