"""What the giver of a paid order keeps beside the chosen versions, and what is offered: ids in, typed values out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from integrations.storage.signed_links import sign
from jobs.gifts.gift import is_held
from jobs.payments.extras import EXTRA_KINDS, INSTRUMENTAL, kept_extras, offer_ends, why_not, why_not_of_order
from jobs.views.form_types import CellView
from jobs.views.form_view import whole_version
from models import PAID, UNDECIDED, ComposeForm, ExtraPurchase, Variation, read_rows
from settings import settings


@dataclass(frozen=True, slots=True)
class KeptView:
    """One purchase, with the recordings that it keeps; none yet while the instrumental is being made."""

    extra_id: str
    song_index: int
    recipient_name: str
    what: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class OfferView:
    """One thing that can be bought now, or whose payment is on its way (`pending`). `amount` in minor units, `until` UTC."""

    song_index: int
    recipient_name: str
    what: str
    amount: int
    currency: str
    until: datetime
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ExtrasView:
    """Everything of one order."""

    kept: tuple[KeptView, ...] = ()
    offers: tuple[OfferView, ...] = ()


def read_extras(form_id: str) -> ExtrasView:
    """What is kept and what is offered; nothing for an order that is not paid, or was given back."""
    form = ComposeForm.find(form_id)
    if not form.paid_at or form.demo or form.purged_at:
        return ExtrasView()
    kept = tuple(_kept(form, row) for row in kept_extras(form_id)) if form.status in PAID and not is_held(form) else ()
    if why_not_of_order(form):
        return ExtrasView(kept)
    songs = [(song, what) for song in range(form.song_count) for what in EXTRA_KINDS if what in settings.extra_prices]
    return ExtrasView(kept, tuple(offer for song, what in songs if (offer := _offer(form, song, what))))


def _offer(form: ComposeForm, song_index: int, what: str) -> OfferView | None:
    refused, until = why_not(form, song_index, what), offer_ends(form)
    if until is None or (refused is not None and refused.code != "extra_on_its_way"):
        return None
    amount, currency = settings.extra_prices[what], settings.packages[form.package_type].currency
    return OfferView(song_index, _name(form, song_index), what, amount, currency, until, pending=refused is not None)


def _kept(form: ComposeForm, row: ExtraPurchase) -> KeptView:
    recordings = {one.id: one for one in read_rows(Variation, "form_id = %s AND id IN %s", form.id, tuple(row.task_ids))}
    cells = [whole_version(form, recordings[task_id]) for task_id in row.task_ids if task_id in recordings]
    if row.what == INSTRUMENTAL:
        cells = [_without_singer(one, row) for one in cells if row.key]
    return KeptView(row.id, row.song_index, _name(form, row.song_index), row.what, tuple(cells))


def _without_singer(cell: CellView, row: ExtraPurchase) -> CellView:
    """The same words at the same moments, to sing along."""
    url = sign(f"/media/extra/{row.id}.mp3")
    return replace(cell, audio_url=url, download_url=f"{url}&download=1", duration_ms=row.duration_ms, peaks=row.peaks)


def _name(form: ComposeForm, song_index: int) -> str:
    return str(form.form_data["songs"][song_index].get("recipientName", ""))


def waits_for_stripe(form_id: str, extra_id: str) -> str | None:
    """The session to ask Stripe about, where the giver comes back from its page before we know how it ended."""
    row = ExtraPurchase.get_or_none(ExtraPurchase.id == extra_id, ExtraPurchase.form == form_id)
    return row.stripe_session_id if row is not None and row.status in UNDECIDED else None
