"""From "Keep the other two versions" to Stripe: one open session for each song and kind, from however many tabs."""

from __future__ import annotations

from datetime import timedelta

from customer_texts import EXTRA_LABELS
from integrations.payments import OpenedSession, PaymentsError, SessionRequest, account_for
from jobs.payments.checkout import (
    SESSION_MINUTES,
    ConsentMissingError,
    end_refused,
    give_up_session,
    kept_session,
    note_consent,
    session_request,
    store_opened,
)
from jobs.payments.extras import task_ids_for, why_not
from models import (
    CheckoutStatus,
    ComposeForm,
    ExtraPurchase,
    NotFoundError,
    WrongMomentError,
    in_database,
    locked,
    new_id,
    now,
    transaction,
)
from settings import settings


def open_extra(form_id: str, song_index: int, what: str, *, consent: bool) -> OpenedSession:
    """Where the giver pays to keep this of a song. The same open session however often and from how many tabs.

    Raises ConsentMissingError, NotFoundError, WrongMomentError (its code says why not), PaymentsError.
    """
    if not consent:
        raise ConsentMissingError
    row = _claimed_extra(form_id, song_index, what)
    in_database(note_consent, row)
    try:
        payments = account_for(demo=False)  # a demo sells nothing more
        opened = kept_session(row, payments) or payments.open_session(in_database(_request, row))
    except PaymentsError as error:
        end_refused(row, error)
        raise
    if not row.url and not in_database(store_opened, row, opened):
        give_up_session(in_database(ExtraPurchase.find, row.id))
        raise WrongMomentError("form_has_changed")
    return opened


def _claimed_extra(form_id: str, song_index: int, what: str) -> ExtraPurchase:
    for _look in range(3):
        row, stale = in_database(_claim, form_id, song_index, what)
        if not stale:
            return row
        give_up_session(row, why="stale")
    raise WrongMomentError("form_has_changed")


def _claim(form_id: str, song_index: int, what: str) -> tuple[ExtraPurchase, bool]:
    """The open row to use, and whether it must end first: its time is nearly over, or its price is not today's."""
    with transaction():
        form = locked(ComposeForm.select().where(ComposeForm.id == form_id)).first()
        if form is None or not 0 <= song_index < form.song_count:
            raise NotFoundError("no such song")
        if refused := why_not(form, song_index, what):
            raise refused
        amount, currency = settings.extra_prices[what], settings.packages[form.package_type].currency
        this = (ExtraPurchase.form == form_id, ExtraPurchase.song_index == song_index, ExtraPurchase.what == what)
        row = ExtraPurchase.select().where(*this, ExtraPurchase.status == CheckoutStatus.OPEN).first()
        tasks = task_ids_for(form, song_index, what)
        if row is not None:
            same = (row.amount, row.currency, row.task_ids) == (amount, currency, tasks)
            return row, not same or row.expires_at < now() + timedelta(minutes=2)
        extra_id = new_id("extra")
        row = ExtraPurchase.create(
            id=extra_id,
            form=form_id,
            idempotency_key=f"checkout:{extra_id}",
            amount=amount,
            currency=currency,
            song_index=song_index,
            what=what,
            task_ids=tasks,
            expires_at=now() + timedelta(minutes=SESSION_MINUTES),
        )
        return row, False


def _request(row: ExtraPurchase) -> SessionRequest:
    form = ComposeForm.find(row.form_id)
    page = f"{settings.public_url}/compose/success?formId={form.id}"
    return session_request(
        row,
        form,
        EXTRA_LABELS[row.what],
        package_type=f"extra-{row.what}",
        selected_task_ids={str(number): task_id for number, task_id in enumerate(row.task_ids)},
        success_url=f"{page}&extra={row.id}&session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{page}&canceled=1",
    )
