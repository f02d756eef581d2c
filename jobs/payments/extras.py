"""What can be kept of a paid song beside the chosen version: what it costs, until when it is offered, and why not."""

from __future__ import annotations

from datetime import datetime, timedelta

from integrations.music.studio.singing.cast import voice_for
from jobs.generation.selection import chosen_rows, is_chosen
from jobs.gifts.gift import is_held
from jobs.payments.payment_rows import is_disputed
from models import (
    PAID,
    PAID_STANDINGS,
    UNDER_WAY,
    CheckoutStatus,
    ComposeForm,
    ExtraPurchase,
    FormStatus,
    Variation,
    VariationStatus,
    WrongMomentError,
    move,
    now,
)
from settings import settings

OTHER_VERSIONS = "versions"  # the two versions of a song that were not chosen
INSTRUMENTAL = "instrumental"  # the chosen one without its singer
EXTRA_KINDS = (OTHER_VERSIONS, INSTRUMENTAL)
OFFERED_FOR = timedelta(days=90)  # after the payment: as long as the story is kept that an instrumental is made from


def offer_ends(form: ComposeForm) -> datetime | None:
    """Until when more of this order can be bought (UTC); None for one that nobody paid for."""
    return form.paid_at + OFFERED_FOR if form.paid_at else None


def why_not_of_order(form: ComposeForm) -> WrongMomentError | None:
    """Why nothing more of this order is sold or given; None where it may be."""
    if form.demo:
        return WrongMomentError("no_extras_in_a_demo")
    if form.status == FormStatus.REFUNDED or form.purged_at is not None:
        return WrongMomentError("order_given_back")
    if form.status not in PAID or is_held(form):
        return WrongMomentError("order_not_delivered")
    return WrongMomentError("order_disputed") if is_disputed(form.id) else None


def why_not(form: ComposeForm, song_index: int, what: str, *, bought: bool = True) -> WrongMomentError | None:
    """Why this cannot be bought (or, by staff, given) now; None where it can be."""
    if refused := why_not_of_order(form):
        return refused
    if kept_of(form.id, song_index, what):
        return WrongMomentError("kept_already")
    if bought and (what not in settings.extra_prices or now() > (offer_ends(form) or now())):
        return WrongMomentError("extra_not_offered")
    if any(row.status != CheckoutStatus.OPEN for row in under_way(form.id, song_index, what)):
        return WrongMomentError("extra_on_its_way")
    return None if task_ids_for(form, song_index, what) else WrongMomentError("extra_not_there")


def task_ids_for(form: ComposeForm, song_index: int, what: str) -> list[str]:
    """The recordings that this kind of extra is, or is made from; empty where the song has none such in our storage."""
    chosen = chosen_rows(form).get(str(song_index))
    if chosen is None:
        return []
    if what == INSTRUMENTAL:
        return [chosen.id] if can_be_without_voice(form, chosen) else []
    others = Variation.select().where(
        Variation.form == form.id, Variation.song_index == song_index, Variation.shown, Variation.id != chosen.id,
        Variation.status == VariationStatus.READY, Variation.master_key.is_null(False),
    )  # fmt: skip
    found = [row.id for row in others.order_by(Variation.variation)]
    return found if what == OTHER_VERSIONS and len(found) == 2 else []


def can_be_without_voice(form: ComposeForm, row: Variation) -> bool:
    """Whether this recording can be made again without its singer: the built-in studio plays the same notes each time.

    Not once the answers are gone that it was composed from, nor where nobody sang (a language that the studio has no voice
    for). Of the vendors some make another song without a singer, and none this one (decision 0064).
    """
    if row.provider != "studio" or "studio" not in settings.music_providers or form.story_removed_at is not None:
        return False
    song = form.form_data["songs"][row.song_index]
    return bool(voice_for(song.get("language") or "en", song.get("voiceType") or "", row.variation))


def kept_of(form_id: str, song_index: int, what: str) -> ExtraPurchase | None:
    """The purchase by which this is kept, if it is."""
    return next((row for row in kept_extras(form_id) if (row.song_index, row.what) == (song_index, what)), None)


def kept_extras(form_id: str) -> list[ExtraPurchase]:
    """Everything that is kept of an order, bought or given, and not given back."""
    kept = (ExtraPurchase.fulfilled_at.is_null(False), ExtraPurchase.status.in_(PAID_STANDINGS))
    rows = ExtraPurchase.select().where(ExtraPurchase.form == form_id, *kept)
    return list(rows.order_by(ExtraPurchase.song_index, ExtraPurchase.what.desc()))


def is_given(row: Variation) -> bool:
    """Whether the giver may have the whole of this recording now: it is the choice of a paid order, or kept beside that."""
    form = ComposeForm.find(row.form_id)
    if form.status not in PAID or is_held(form):
        return False
    kept = (one.task_ids for one in kept_extras(form.id) if one.what == OTHER_VERSIONS)
    return is_chosen(form, row) or any(row.id in task_ids for task_ids in kept)


def under_way(form_id: str, song_index: int, what: str) -> list[ExtraPurchase]:
    """Payments for this that are not decided yet."""
    this = (ExtraPurchase.form == form_id, ExtraPurchase.song_index == song_index, ExtraPurchase.what == what)
    return list(ExtraPurchase.select().where(*this, ExtraPurchase.status.in_(UNDER_WAY), ExtraPurchase.refund_due.is_null()))


def end_with_order(form_id: str) -> list[str]:
    """The order's money went back: so does that of what was kept beside it. The ids of payments that a job must now refund.

    What was given for nothing ends at once; what may still be paid is looked at by the next sweep. The form's row is locked by
    the caller.
    """
    due = []
    for row in kept_extras(form_id):
        if row.status == CheckoutStatus.DISPUTED:
            continue  # its money is at the bank; once that has decided, this is called again
        if row.payment_intent_id and (row.amount_paid or 0) > row.amount_refunded:
            ExtraPurchase.update(refund_due="order_refunded", updated_at=now()).where(ExtraPurchase.id == row.id).execute()
            due.append(row.id)
        else:
            move(row, CheckoutStatus.REFUNDED, by="order", why="order_refunded")
    soon = ExtraPurchase.update(looked_at=now() - timedelta(days=1))
    soon.where(ExtraPurchase.form == form_id, ExtraPurchase.status == CheckoutStatus.OPEN).execute()
    return due
