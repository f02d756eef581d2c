"""/compose/variations: the audio grid, live. Three players per song; choose one of each, then pay."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import Response
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from i18n import N_, _
from jobs.accounts.login import who
from jobs.forms.drafts import find_form
from jobs.generation.selection import choose_task
from jobs.generation.variations import begin_songs, retry
from jobs.payments import consent
from jobs.payments.checkout import ConsentMissingError, PaymentsError, apart, cancel_checkout, start_checkout
from jobs.price_text import price
from jobs.rate_limits import TooManyError
from jobs.views.form_types import FormView, SongView
from models import CheckoutStatus, FormStatus, NotFoundError, User, WrongMomentError, in_database
from ui import live
from ui.components.elements import box, still, text
from ui.components.headings import before_payment
from ui.components.instant_copy import InstantCopy
from ui.components.song_compare import SongCompare, cell_in_place
from ui.compose.frame import compose_frame
from ui.compose.order_controls import OrderControls, offer_credits
from ui.compose.revisions import Revisions
from ui.compose.waiting import Waiting
from ui.gift.photo_fields import PhotoFields
from ui.middleware.client_ip import caller
from ui.middleware.session_cookie import SESSION_COOKIE
from ui.site.error_pages import no_such_form
from ui.site.live_page import live_page
from ui.templates import render

_SCRIPTS = (
    "song-compare.js", "song-switch.js", "instant-copy.js", "focus-field.js", "kept-words.js", "ready-note.js", "photos.js",
    "local-time.js",
)  # fmt: skip
_PATIENCE = 30.0  # seconds that Stripe may take to answer


@live_page("/compose/variations")
async def variations_page(formId: str = "", canceled: str = "") -> Response | None:
    """The page is a pure function of the row, so a reload restores it whatever happened to browser or server."""
    client = ui.context.client
    try:
        await asyncio.to_thread(in_database, find_form, formId)
    except NotFoundError as error:
        return no_such_form(error)
    before = await live.read_live(formId)
    if before is None:
        return no_such_form()
    with compose_frame(_("Listen and choose"), 2, *_SCRIPTS, first=before_payment(before)):
        page = Grid(formId, await asyncio.to_thread(in_database, who, client.request.cookies.get(SESSION_COOKIE, "")))
        form = await live.read_and_follow(client, formId, page.show)
        if form is None:
            return no_such_form()
        page.build(form)
    await client.connected()
    if client.is_deleted:
        return None  # nobody came: a bot, or a link checker
    if canceled:
        await asyncio.to_thread(cancel_checkout, formId)
        page.say(_("Nothing was charged. Your songs are waiting here."), "info")
    page.copy.connected()
    return None


class Grid:
    """What is on the page of one form, and how it follows the row."""

    def __init__(self, form_id: str, user: User | None = None) -> None:
        self.form_id = form_id
        self.user = user
        self.songs: list[SongCompare] = []
        self.revisions: list[Revisions] = []
        self.going = False
        self.agreed = False
        self.turn = asyncio.Lock()  # the last choice is written before it is paid for
        self.waiting = False
        self.not_before = 0.0

    def build(self, form: FormView) -> None:
        """Draw everything once; from then on `show` only changes what differs."""
        self.heading = text("h1", "", id="heading")
        self.lead = text("p", "", "lead", id="lead")
        self.notice = text("p", "", "notice info", role="status")
        self.notice.set_visibility(False)
        for song in form.songs:
            self.songs.append(self._song(song, form))
            self.revisions.append(Revisions(self.form_id, song.index, self.songs[-1]))
        self.waiting_section = Waiting(self.form_id, self.say)
        self.photos = PhotoFields(self.form_id)
        self.photos.build()
        self.bar = box("aside", "stickybar", aria_label=_("Your choice"))
        with self.bar:
            box("song-switch")
            self.chosen = text("p", "", "chosen", id="chosen", role="status")
            self.total = text("p", price(form.amount, form.currency), "total")
            with self.total:
                text("small", " " + _("incl. tax"), "muted")
            self._consent()
            self.pay = text("button", "", "btn primary", id="pay", type="button")
            self.pay.on("click", self._pay)
            offer_credits(self.form_id, form.song_count, self.user, self.say)
        self.order_controls = OrderControls(self.form_id, self.say)
        self.copy = InstantCopy("choices")
        self.show(form)

    def _consent(self) -> None:
        """The consent box, never ticked in advance."""
        box_and_words = render("consent.html", sentence=_(consent.consent_text(consent.CURRENT)))
        self.asking = still("label", box_and_words, "consent")

        def changed(event: GenericEventArguments) -> None:
            self.agreed = bool(event.args)

        self.asking.on("change", changed, js_handler="(e) => emit(e.target.checked)")

    def _song(self, song: SongView, form: FormView) -> SongCompare:
        index = song.index
        name = song.recipient_name
        element = SongCompare(
            _("Song {number}: for {name}", number=index + 1, name=name)
            if form.song_count > 1
            else _("A song for {name}", name=name)
        )

        element.props["data-song"] = str(index)

        async def picked(variation: int, task_id: str) -> None:
            await self._do(choose_task, task_id, index)

        async def again(variation: int) -> None:
            await self._do(retry, index, variation)

        element.on_pick(picked, lambda: live.refresh(self.form_id))
        element.on_retry(again)
        return element

    async def _do(self, verb: Any, *arguments: Any) -> None:
        try:
            async with self.turn:
                await asyncio.to_thread(in_database, verb, self.form_id, *arguments)
        except (WrongMomentError, NotFoundError):
            self.say(_(OVERTAKEN), "warn")
            await live.refresh(self.form_id)
        except TooManyError:
            self.say(_(_BUSY), "warn")

    def show(self, form: FormView) -> None:
        """Follow the row."""
        if self.going:
            return
        if elsewhere := page_instead_of_variations(form):
            self.going = True
            self.pay.client.open(f"{elsewhere}?formId={self.form_id}")
            return
        self.copy.show(form)
        heading, lead = before_payment(form)
        self.heading.set_text(heading)
        self.lead.set_text(lead)
        for element, song in zip(self.songs, form.songs, strict=True):
            for variation in (1, 2, 3):
                element.set_cell(variation, cell_in_place(song, variation))
            element.set_selected(song.selected, form.read_at)
            self.revisions[song.index].show(song, form)
        self.waiting_section.show(form)
        self.order_controls.show(form)
        background_tasks.create(self.photos.refresh(), name="photos")
        self._show_choice(form)

    def _show_choice(self, form: FormView) -> None:
        chosen, wanted = sum(song.selected is not None for song in form.songs), form.song_count
        self.chosen.set_text(
            _("{chosen} of {wanted} chosen", chosen=chosen, wanted=wanted)
            if wanted > 1
            else (_("Chosen") if chosen else _("Choose the one you love"))
        )
        begun = any(song.variations for song in form.songs)
        self.asking.set_visibility(begun and chosen == wanted)
        self.pay.set_text(
            _("Order and pay {price}", price=price(form.amount, form.currency)) if begun else _("Make the variations")
        )
        waiting = self.waiting = begun and chosen < wanted
        self.pay.props.set_optional("aria-disabled", "true" if waiting else None)
        self.begun = begun

    async def _pay(self) -> None:
        if not self.begun:
            try:
                await asyncio.to_thread(begin_songs, caller(ui.context.client.request.scope), self.form_id)
            except TooManyError:
                self.say(_(_BUSY), "warn")
            return
        if self.waiting:
            self.say(_("Choose one version of every song first, then pay."), "warn")
            return
        if time.monotonic() < self.not_before:  # the second click of a double click would abort the first one's navigation
            return
        self.not_before = time.monotonic() + _PATIENCE
        self.pay.props.set_optional("aria-busy", "true")
        try:
            async with self.turn:
                opened = await apart(start_checkout, self.form_id, consent=self.agreed)
        except ConsentMissingError:
            self.bar.classes("asked")  # on a phone the box comes with the wish to pay: earlier it would cover the songs
            self.say(_("Please tick the box above the button: we may only begin at once if you agree."), "warn")
        except WrongMomentError:  # paid or changed in another tab: a missing choice was handled above
            self.say(_(OVERTAKEN), "warn")
            await live.refresh(self.form_id)
        except PaymentsError:
            self.say(_("Payment is not possible right now. Nothing was charged; please try again in a moment."), "error")
        else:
            ui.navigate.to(opened.url)
            self.not_before = time.monotonic() + 2
            return
        finally:
            self.pay.props.set_optional("aria-busy", None)
        self.not_before = 0.0

    def say(self, sentence: str, kind: str) -> None:
        """Show a notice above the songs, also for screen readers."""
        self.notice.set_text(sentence)
        self.notice.classes(replace=f"notice {kind}")
        self.notice.set_visibility(True)


OVERTAKEN = N_("That is not possible any more. The page shows how things are now.")
_BUSY = N_("Our studio is very busy right now. Nothing is lost; please press again in a little while.")


def page_instead_of_variations(form: FormView) -> str:
    """Where somebody with this form should be, if not here."""
    if form.status == FormStatus.EXPIRED:
        return "/compose/variations"  # the reloaded page says so
    # Where money is on its way, a second payment would only have to be given back.
    if form.is_paid or form.payment_status == CheckoutStatus.PAYMENT_PENDING:
        return "/compose/success"
    return "/compose/create" if form.is_draft else ""
