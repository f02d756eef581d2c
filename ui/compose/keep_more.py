"""Below the gift: what else of a song can be kept, for a price or as a gift of ours, and what is kept already."""

from __future__ import annotations

import asyncio
import time

from nicegui import ui
from nicegui.events import GenericEventArguments

from customer_texts import EXTRA_NAMES, refusal_in_words
from i18n import _, day
from jobs.payments import consent
from jobs.payments.checkout import ConsentMissingError, PaymentsError, apart
from jobs.payments.extra_checkout import open_extra
from jobs.payments.extras import OTHER_VERSIONS
from jobs.price_text import price
from jobs.views.extras_view import ExtrasView, KeptView, OfferView, read_extras
from jobs.views.form_types import CellView
from models import NotFoundError, WrongMomentError, in_database
from ui.components.elements import box, text
from ui.components.song_compare import SongCompare, whole_cell

_BRING_INTO_VIEW = "document.getElementById('kept').scrollIntoView()"
_PATIENCE = 30.0  # seconds that Stripe may take to answer


class KeepMore:
    """The offers and the kept recordings of one order. `refresh` draws what differs and never stops what plays."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.kept_before: list[tuple[str, int]] = []
        self.offered_before: tuple[OfferView, ...] = ()
        self.agreed = False
        self.said = ""
        self.not_before = 0.0
        self.came_back = False  # from paying for some of it: then it is brought into view, for it stands far down

    async def build(self, canceled: bool = False) -> None:
        """Draw into the current place; nothing is seen where nothing is kept or offered."""
        self.kept_before, self.offered_before = [], ()
        self.kept = box("div", "stack loose", id="kept")
        self.offers = box("div", "stack loose", id="keep-more")
        self.said = _("Nothing was charged.") if canceled else ""
        await self.refresh()

    async def refresh(self) -> None:
        """After a notification: read the rows again."""
        found = await asyncio.to_thread(in_database, read_extras, self.form_id)
        if not hasattr(self, "offers") or self.offers.is_deleted:
            return
        kept = [(one.extra_id, len(one.cells)) for one in found.kept]  # not the addresses: they are signed anew each time
        if kept != self.kept_before:
            self.kept_before = kept
            self.kept.clear()
            with self.kept:
                for one in found.kept:
                    _draw_kept(one)
            if self.came_back:
                self.kept.client.run_javascript(f"requestAnimationFrame(() => {_BRING_INTO_VIEW})")
        if found.offers != self.offered_before:
            self.offered_before = found.offers
            self._draw_offers(found)
        self.kept.set_visibility(bool(found.kept))
        self.offers.set_visibility(bool(found.offers))

    def _draw_offers(self, found: ExtrasView) -> None:
        self.offers.clear()
        self.agreed = False
        if not found.offers:
            return
        with self.offers, box("section", "card stack", aria_labelledby="keep-more-title"):
            text("h2", _("Keep more of your songs"), id="keep-more-title")
            text("p", _("Until {day} you can keep this too: whole, to play and to download.", day=day(found.offers[0].until)))
            if any(not one.pending for one in found.offers):
                self._consent()
            for one in found.offers:
                self._offer(one, len({offer.song_index for offer in found.offers}) > 1)
            text("p", _("All prices include tax."), "muted")
            self.notice = text("p", self.said, "notice info", role="status")
            self.notice.set_visibility(bool(self.said))

    def _consent(self) -> None:
        """The consent box, never ticked in advance."""
        with text("label", "", "consent"):
            tick = box("input", type="checkbox", id="keep-consent", autocomplete="off")
            text("span", _(consent.consent_text(consent.CURRENT)))

        def changed(event: GenericEventArguments) -> None:
            self.agreed = bool(event.args)

        tick.on("change", changed, js_handler="(e) => emit(e.target.checked)")

    def _offer(self, one: OfferView, several: bool) -> None:
        with box("div", "row"):
            if several:
                text("b", _("For {name}", name=one.recipient_name))
            if one.pending:
                text("p", _("{what}: your payment is on its way.", what=_(EXTRA_NAMES[one.what])), role="status")
                return
            what, amount = _to_keep(one.what), price(one.amount, one.currency)
            button = text(
                "button",
                _("{what}: {price}", what=what, price=amount),
                "btn",
                type="button",
                id=f"keep-{one.song_index}-{one.what}",
            )
            button.on("click", lambda: self._pay(one))

    async def _pay(self, one: OfferView) -> None:
        if time.monotonic() < self.not_before:  # the second click of a double click
            return
        self.not_before = time.monotonic() + _PATIENCE
        try:
            opened = await apart(open_extra, self.form_id, one.song_index, one.what, consent=self.agreed)
        except ConsentMissingError:
            self.say(_("Please tick the box above the button: we may only begin at once if you agree."))
        except WrongMomentError as error:
            self.say(refusal_in_words(error))
            await self.refresh()
        except NotFoundError:
            await self.refresh()
        except PaymentsError:
            self.say(_("Payment is not possible right now. Nothing was charged; please try again in a moment."))
        else:
            ui.navigate.to(opened.url)
            self.not_before = time.monotonic() + 2
            return
        self.not_before = 0.0

    def say(self, sentence: str) -> None:
        """Show a notice below the offers, also for screen readers."""
        self.said = sentence
        self.notice.set_text(sentence)
        self.notice.set_visibility(True)


def _to_keep(what: str) -> str:
    return _("Keep the other two versions") if what == OTHER_VERSIONS else _("Keep it without the singer")


def _draw_kept(one: KeptView) -> None:
    title, name = _(EXTRA_NAMES[one.what]), _("For {name}", name=one.recipient_name)
    with box("section", "card stack", aria_label=title):
        text("p", name, "eyebrow")
        text("h2", title)
        if not one.cells:
            text(
                "p",
                _("This is being made. In a few minutes it is here; you can close the page, it stays yours."),
                role="status",
            )
        for cell in one.cells:
            _draw_recording(title, cell, numbered=len(one.cells) > 1)


def _draw_recording(title: str, cell: CellView, *, numbered: bool) -> None:
    element = SongCompare(title, mode="listen", locked=True)
    element.props["folded"] = ""
    element.set_cell(1, whole_cell(cell))
    with box("div", "row"):
        link = text("a", _("Download the song"), "btn quiet", href=cell.download_url, download="")
        if numbered:  # two links of one name lead to two songs
            link.props["aria-label"] = f"{_('Download the song')}: {_('Version {number}', number=cell.variation)}"
