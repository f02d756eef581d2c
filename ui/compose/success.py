"""/compose/success: the truth about the payment, live from the row, then the whole songs and the share links."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from fastapi import Response
from nicegui import background_tasks, ui
from nicegui.element import Element

from i18n import N_, _
from jobs.forms.drafts import find_form
from jobs.payments.checkout import PaymentsError, apart, fulfil
from jobs.prices import price
from models import OVER, PAID, CheckoutStatus, FormStatus, NotFoundError, in_database
from ui import live
from ui.components.elements import box, text
from ui.components.instant_copy import InstantCopy
from ui.components.song_compare import SongCompare
from ui.compose.frame import frame
from ui.compose.receipt import Receipt
from ui.gift.giver_panel import GiverPanel
from ui.site.error_pages import no_such_form

log = logging.getLogger("serenade.success")
ASKING = (2, 3, 5, 8, 12)  # seconds between the looks at Stripe


@ui.page("/compose/success")
async def success_page(formId: str = "", session_id: str = "") -> Response | None:
    """Whoever holds the form id sees where the payment is; coming here proves nothing, Stripe is asked."""
    client = ui.context.client
    try:
        row = await asyncio.to_thread(in_database, find_form, formId)
    except NotFoundError as error:
        return no_such_form(error)
    with frame(_("Your gift"), 4, "song-compare.js", "copy-link.js", "instant-copy.js", "zones.js"):
        page = Success(formId, row.demo)
        live.follow(client, formId, page.show)
        form = await live.read(formId)
        if form is None:
            return no_such_form()
        page.build(form)
    await client.connected()
    if client.is_deleted:
        return None  # nobody came: a bot, or a link checker
    if row.stripe_session_id and row.status not in PAID:
        background_tasks.create(_ask_stripe(page, row.stripe_session_id), name="ask stripe")
    return None


async def _ask_stripe(page: Success, session_id: str) -> None:
    """The webhook may be late or lost: look for ourselves for half a minute, then say that the mail will tell."""
    for pause in ASKING:
        try:
            if await apart(fulfil, session_id):
                return
        except PaymentsError as error:
            log.warning("success page could not ask Stripe: %s", error.reason)
        await asyncio.sleep(pause)
        if page.settled:
            return
    page.wait_no_longer()


class Success:
    """What is on the page of one paid (or not yet paid) form."""

    def __init__(self, form_id: str, demo: bool = False) -> None:
        self.form_id, self.demo = form_id, demo
        self.built = False
        self.given = False
        self.settled = False
        self.long = False
        self.links: dict[str, tuple[Element, Element]] = {}
        self.desk, self.receipt = GiverPanel(form_id), Receipt(form_id)

    def build(self, form: dict[str, Any]) -> None:
        """Draw the frame; the gift itself is drawn once it is there."""
        self.heading = text("h1", "", id="heading")
        self.lead = text("p", "", "lead", id="lead", role="status")
        self.gift = box("div", "stack")
        self.back = text("a", _("Back to your songs"), "btn", href=f"/compose/variations?formId={self.form_id}")
        self.copy = InstantCopy()
        self.built = True
        self.show(form)

    def show(self, form: dict[str, Any]) -> None:
        """Follow the row."""
        if not self.built:
            return
        self.copy.show(form)
        self.form = form
        heading, lead = words(form)
        if self.long and form["status"] == FormStatus.PAYMENT_INITIATED and form["paymentStatus"] == CheckoutStatus.OPEN:
            heading, lead = _(SLOW[0]), _(SLOW[1])
        paid = form["status"] in PAID
        if paid and self.demo:
            lead = _(
                "In real life we would mail the link to {address} now; a demo mails nobody. It is below.",
                address=form["guestEmail"],
            )
        self.heading.set_text(heading)
        self.lead.set_text(lead)
        self.settled = form["status"] != FormStatus.PAYMENT_INITIATED or form["paymentStatus"] != CheckoutStatus.OPEN
        over = paid or form["status"] in OVER
        self.back.set_visibility(not over and form["paymentStatus"] != CheckoutStatus.PAYMENT_PENDING)
        if form["status"] == FormStatus.REFUNDED:
            self.gift.clear()
            self.given = False
        if paid and not form["held"] and not self.given:
            self.given = True
            with self.gift:
                self._give(form)
                with box("div", "stack loose") as place:
                    pass
            background_tasks.create(self._set_the_desk(place), name="gift desk")
        elif self.given:
            self._follow_links(form["shareUrls"])
            background_tasks.create(self._follow_the_rest(), name="gift desk")

    def _follow_links(self, urls: dict[str, str]) -> None:
        """The giver may have made new ones, or switched them off."""
        for index, (link, anchor) in self.links.items():
            link.props["^value"] = urls.get(index, _("switched off"))
            anchor.props["href"] = urls.get(index, "#")

    async def _set_the_desk(self, place: Element) -> None:
        with place:
            await self.receipt.build()
            await self.desk.build()

    async def _follow_the_rest(self) -> None:
        await self.desk.refresh()
        await self.receipt.refresh()

    def wait_no_longer(self) -> None:
        """The confirmation takes longer than anybody should look at a page."""
        self.long = True
        self.show(self.form)

    def _give(self, form: dict[str, Any]) -> None:
        for song in form["songs"]:
            chosen = next((one for one in song["variations"] if one["variation"] == song["selected"]), None)
            if chosen is None:
                continue  # an older system's order whose song was not kept
            url = form["shareUrls"].get(str(song["index"]), _("switched off"))
            with box("section", "card stack", aria_label=_("For {name}", name=song["recipientName"])):
                text("h2", _("For {name}", name=song["recipientName"]))
                with box("div", "field"):
                    text("label", _("The link to give"), for_=f"link-{song['index']}")
                    link = box("input", "sharelink", type="text", readonly="", id=f"link-{song['index']}")
                    link.props["^value"] = url
                with box("div", "row"):
                    text(
                        "button", _("Copy the link"), "btn primary copylink", type="button", data_copies=f"link-{song['index']}"
                    )
                    share = text(
                        "button", _("Share the link"), "btn handon", type="button", data_shares=f"link-{song['index']}"
                    )
                    share.props["data-title"] = _("A song for {name}", name=song["recipientName"])
                    seen = text("a", _("See the gift page"), "btn", href=url, target="_blank", rel="noopener")
                    self.links[str(song["index"])] = (link, seen)
                    text("a", _("Download the song"), "btn quiet", href=chosen["downloadUrl"], download="")
                element = SongCompare(_("For {name}", name=song["recipientName"]), mode="listen", locked=True)
                element.set_cell(1, _whole(chosen))
        if form["userId"] is None:
            text("a", _("Keep your songs together: sign in with your e-mail"), href="/login?next=/library")
        text("p", _paid(form), "muted")


def _paid(form: dict[str, Any]) -> str:
    if not form["amountPaid"]:
        return _("Nothing was charged. The songs were made with AI from your words.")
    return _("Paid {price}. The songs were made with AI from your words.", price=price(form["amountPaid"], form["currency"]))


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """The chosen variation as a cell that plays the whole song."""
    return {
        **{name: row[name] for name in ("status", "title", "style", "lyrics", "peaks", "audioUrl", "durationMs")},
        "sections": [{"name": s["name"], "startMs": s["start_ms"], "endMs": s["end_ms"]} for s in row["sections"]],
        "timedLyrics": [
            {"startMs": line["start_ms"], "endMs": line["end_ms"], "text": line["text"]}
            for line in row["timedLyrics"]
            if line["level"] == "line"
        ],
    }


SLOW = (
    N_("This takes a little longer"),
    N_("The payment is not confirmed yet. You can close this page: we will e-mail you as soon as it is."),
)


def words(form: dict[str, Any]) -> tuple[str, str]:
    """Heading and lead for where the payment is."""
    match form["status"]:
        case FormStatus.DELIVERED:
            return (
                _("Here is your gift"),
                _(
                    "The link is also in your mail ({address}). Send it when the moment is right.",
                    address=form["guestEmail"],
                ),
            )
        case FormStatus.PAYMENT_COMPLETED if form["held"]:
            return (
                _("Thank you. Your payment has arrived"),
                _("We hear every song once more before it leaves. Then the link comes by mail."),
            )
        case FormStatus.PAYMENT_COMPLETED:
            return _("Thank you. Wrapping your gift"), _(
                "The payment has arrived. The link is below, and a mail is on its way."
            )
        case FormStatus.PAYMENT_INITIATED if form["paymentStatus"] == CheckoutStatus.PAYMENT_PENDING:
            return (
                _("Your payment is on its way"),
                _(
                    "Your bank takes a few days to send it. Your songs are kept for you, and as soon as the money is here "
                    "the link goes to {address} by itself. You can close this page.",
                    address=form["guestEmail"] or "",
                ),
            )
        case FormStatus.PAYMENT_INITIATED:
            return _("One moment"), _("We are waiting for the payment to be confirmed. This page changes by itself.")
        case FormStatus.REFUNDED:
            return _("This order was refunded"), _("The money is on its way back to you.")
        case _ if form["paymentStatus"] == CheckoutStatus.PAYMENT_FAILED:
            return (
                _("The payment did not arrive"),
                _("Your bank did not send it, and nothing was charged. Your songs are still there."),
            )
        case _:
            return _("Not paid yet"), _("No payment has arrived for this order. Your songs are still there.")
