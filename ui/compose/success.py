"""/compose/success: the truth about the payment, live from the row, then the whole songs and the share links."""

from __future__ import annotations

import asyncio
import logging

from fastapi import Response
from nicegui import background_tasks, ui
from nicegui.element import Element

from i18n import N_, _
from jobs.forms.drafts import find_form
from jobs.payments.checkout import PaymentsError, apart, fulfil
from jobs.price_text import price
from jobs.views.extras_view import waits_for_stripe
from jobs.views.form_types import FormView
from models import OVER, PAID, CheckoutStatus, FormStatus, NotFoundError, in_database
from ui import live
from ui.components.elements import box, text
from ui.components.headings import after_payment
from ui.components.instant_copy import InstantCopy
from ui.components.song_compare import SongCompare, whole_cell
from ui.compose.frame import compose_frame
from ui.compose.keep_more import KeepMore
from ui.compose.receipt import Receipt
from ui.gift.giver_panel import GiverPanel
from ui.gift.send_links import SendLinks
from ui.site.error_pages import no_such_form
from ui.site.live_page import live_page

log = logging.getLogger("serenade.success")
ASKING = (2, 3, 5, 8, 12)  # seconds between the requests to Stripe


@live_page("/compose/success")
async def success_page(formId: str = "", session_id: str = "", extra: str = "", canceled: str = "") -> Response | None:
    """Whoever holds the form id sees where the payment is; coming here proves nothing, Stripe is asked."""
    client = ui.context.client
    try:
        row = await asyncio.to_thread(in_database, find_form, formId)
    except NotFoundError as error:
        return no_such_form(error)
    with compose_frame(_("Your gift"), 4, "song-compare.js", "copy-link.js", "instant-copy.js", "zones.js", "photos.js"):
        page = Success(formId, row.demo, canceled=bool(canceled))
        page.more.came_back = bool(extra) and not canceled
        form = await live.read_and_follow(client, formId, page.show)
        if form is None:
            return no_such_form()
        page.build(form)
    await client.connected()
    if client.is_deleted:
        return None  # nobody came: a bot, or a link checker
    if row.stripe_session_id and row.status not in PAID:
        background_tasks.create(_ask_stripe(row.stripe_session_id, page), name="ask stripe")
    elif extra and (session := await asyncio.to_thread(in_database, waits_for_stripe, formId, extra)):
        background_tasks.create(_ask_stripe(session), name="ask stripe")
    return None


async def _ask_stripe(session_id: str, page: Success | None = None) -> None:
    """The webhook may be late or lost: ask Stripe for half a minute. `page`: of an order, which then says that the email will
    come; what is bought beside it is seen on the page once it is there.
    """
    for pause in ASKING:
        try:
            if await apart(fulfil, session_id):
                return
        except PaymentsError as error:
            log.warning("success page could not ask Stripe: %s", error.reason)
        await asyncio.sleep(pause)
        if page and page.settled:
            return
    if page:
        page.wait_no_longer()


class Success:
    """What is on the page of one paid (or not yet paid) form."""

    def __init__(self, form_id: str, demo: bool = False, *, canceled: bool = False) -> None:
        self.form_id, self.demo, self.canceled = form_id, demo, canceled
        self.given = False
        self.settled = False
        self.long = False
        self.links: dict[str, tuple[Element, Element, SendLinks]] = {}
        self.panel, self.receipt, self.more = GiverPanel(form_id), Receipt(form_id), KeepMore(form_id)

    def build(self, form: FormView) -> None:
        """Draw the frame; the gift itself is drawn once it is there."""
        self.heading = text("h1", "", id="heading")
        self.lead = text("p", "", "lead", id="lead", role="status")
        self.gift = box("div", "stack")
        self.back = text("a", _("Back to your songs"), "btn", href=f"/compose/variations?formId={self.form_id}")
        self.copy = InstantCopy()
        self.show(form)

    def show(self, form: FormView) -> None:
        """Follow the row."""
        self.copy.show(form)
        self.form = form
        heading, lead = after_payment(form)
        if self.long and form.status == FormStatus.PAYMENT_INITIATED and form.payment_status == CheckoutStatus.OPEN:
            heading, lead = _(SLOW[0]), _(SLOW[1])
        paid = form.is_paid
        if paid and self.demo:
            lead = _(
                "In real life we would mail the link to {address} now; a demo mails nobody. It is below.",
                address=form.guest_email,
            )
        self.heading.set_text(heading)
        self.lead.set_text(lead)
        self.settled = form.status != FormStatus.PAYMENT_INITIATED or form.payment_status != CheckoutStatus.OPEN
        over = paid or form.status in OVER
        self.back.set_visibility(not over and form.payment_status != CheckoutStatus.PAYMENT_PENDING)
        if form.status == FormStatus.REFUNDED:
            self.gift.clear()
            self.given = False
        if paid and not form.held and not self.given:
            self.given = True
            with self.gift:
                self._give(form)
                with box("div", "stack loose") as place:
                    pass
            background_tasks.create(self._build_panel(place), name="giver panel")
        elif self.given:
            self._follow_links(form.share_urls)
            background_tasks.create(self._refresh_panel(), name="giver panel")

    def _follow_links(self, urls: dict[str, str]) -> None:
        """Show the current links: the giver may have made new ones, or switched them off."""
        for index, (link, anchor, send) in self.links.items():
            link.props["^value"] = urls.get(index, _("switched off"))
            anchor.props["href"] = urls.get(index, "#")
            send.follow(urls.get(index, ""))

    async def _build_panel(self, place: Element) -> None:
        with place:
            await self.more.build(self.canceled)
            await self.receipt.build()
            await self.panel.build()

    async def _refresh_panel(self) -> None:
        await self.panel.refresh()
        await self.receipt.refresh()
        await self.more.refresh()

    def wait_no_longer(self) -> None:
        """Say that the confirmation takes long and will come by email."""
        self.long = True
        self.show(self.form)

    def _give(self, form: FormView) -> None:
        for song in form.songs:
            chosen = song.chosen
            if chosen is None:
                continue  # an older system's order whose song was not kept
            url = form.share_urls.get(str(song.index), _("switched off"))
            with box("section", "card stack", aria_label=_("For {name}", name=song.recipient_name)):
                text("h2", _("For {name}", name=song.recipient_name))
                with box("div", "field"):
                    text("label", _("The link to give"), for_=f"link-{song.index}")
                    link = box("input", "sharelink", type="text", readonly="", id=f"link-{song.index}")
                    link.props["^value"] = url
                with box("div", "row"):
                    text("button", _("Copy the link"), "btn primary copylink", type="button", data_copies=f"link-{song.index}")
                    share = text("button", _("Share the link"), "btn handon", type="button", data_shares=f"link-{song.index}")
                    share.props["data-title"] = _("A song for you")
                    seen = text("a", _("See the gift page"), "btn", href=url, target="_blank", rel="noopener")
                    text("a", _("Download the song"), "btn", href=chosen.download_url, download="")
                send = SendLinks(url, chosen.download_url or "")
                self.links[str(song.index)] = (link, seen, send)
                element = SongCompare(_("For {name}", name=song.recipient_name), mode="listen", locked=True)
                element.props["folded"] = ""  # whoever paid has read the words
                element.set_cell(1, whole_cell(chosen))
        if form.user_id is None:
            text("a", _("Keep your songs together: sign in with your e-mail"), href="/login?next=/library")
        text("p", _paid(form), "muted")


def _paid(form: FormView) -> str:
    if not form.amount_paid:
        return _("Nothing was charged. The songs were made with AI from your words.")
    return _("Paid {price}. The songs were made with AI from your words.", price=price(form.amount_paid, form.currency))


SLOW = (
    N_("This takes a little longer"),
    N_("The payment is not confirmed yet. You can close this page: we will e-mail you as soon as it is."),
)
