"""/internal/order/{id}: the order report, live: diagnosis, songs, the customer's view, payments, e-mails, timeline."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from fastapi import Response
from nicegui import background_tasks

from jobs.forms.form_data import TYPED_FIELDS
from jobs.generation.authors import author_text
from jobs.staff.actions import ACTIONS
from jobs.staff.diagnosis import Diagnosis, diagnose
from jobs.staff.order_report import OrderReport, ReportedVariation, read_order
from jobs.staff.song_actions import providers_for
from jobs.views.form_types import FormView, SongView
from jobs.views.version_tree import RevisionNode, version_tree
from models import FROM_PAYING_ON, ComposeForm, Payment
from settings import settings
from ui import live
from ui.components.elements import box, text
from ui.components.headings import after_payment, before_payment
from ui.components.song_compare import SongCompare, cell_in_place
from ui.internal.action_dialog import ActionDialog
from ui.internal.staff_frame import Fragment, NotStaffError, StaffPage, enter, staff_frame
from ui.site.error_pages import not_there
from ui.site.live_page import live_page


@live_page("/internal/order/{form_id}")
async def order_page(form_id: str) -> Response | None:
    """Follows the rows: what staff, customers or jobs do shows at once."""
    try:
        staff_page = await enter()
        page = Order(staff_page, form_id)
        live.changed.subscribe(page.on_change)  # subscribed before the first read, so that no change is missed
        order, verdicts = await staff_page.read(_look, form_id)
        if order is None:
            return not_there()
        with staff_frame(staff_page, "Order report", ""):
            page.build(order)
            page.show(order, verdicts)
    except NotStaffError:
        return not_there()
    return None


class Order:
    """The page of one order. `show` follows the rows."""

    def __init__(self, staff_page: StaffPage, form_id: str) -> None:
        self.staff_page, self.form_id = staff_page, form_id
        self.reading = self.again = False
        self.songs: list[SongCompare] = []

    def build(self, order: OrderReport) -> None:
        """Drawn once; `show` fills the fragments."""
        with box("div", "stack") as self.place:
            self.top = Fragment("order_top.html")
            with box("div", "sides"):
                with box("div", "side"):
                    self.recordings = Fragment("order_recordings.html")
                    self._customer(order)
                with box("div", "side"):
                    self.side = Fragment("order_side.html")
                    self.answers = Fragment("order_answers.html")
                    self.timeline = Fragment("order_timeline.html")
        self.dialog = ActionDialog(self.staff_page, lambda: self.form_id, self._before)
        self.dialog.watch(self.place)

    def _customer(self, order: OrderReport) -> None:
        """The customer's view: the same texts and the same grid, read only."""
        with box("section", "card stack tight", aria_labelledby="customers"):
            text("h2", "Customer view", id="customers")
            self.heading = text("p", "", "eyebrow")
            self.lead = text("p", "", "muted")
            for song in order.shown.songs:
                self.songs.append(SongCompare(f"For {song.recipient_name or 'no name yet'}", locked=True))

    def show(self, order: OrderReport, verdicts: list[Diagnosis]) -> None:
        """Follow the rows."""
        form, shown = order.form, order.shown
        may = {name for name, action in ACTIONS.items() if self.staff_page.staff.may(action.role)}
        self.top.show(order=order, form=form, names=_names(shown), verdicts=verdicts, acts=ACTIONS, may=may, left=_left(order))
        self.order = order
        several = len(settings.music_providers) > 1
        self.recordings.show(
            songs=_songs(order),
            may=may,
            acts=ACTIONS,
            bonuses=order.bonuses,
            form=form,
            several=several,
            recogniser=bool(settings.transcription_base_url),
        )
        self.answers.show(answers=_answers(form), form=form)
        self.side.show(order=order, form=form, may=may, acts=ACTIONS, stripe_url=stripe_url, public_url=settings.public_url)
        self.timeline.show(timeline=order.timeline)
        heading, lead = (after_payment if form.status in FROM_PAYING_ON else before_payment)(shown)
        self.heading.set_text(heading)
        self.lead.set_text(lead)
        for element, song in zip(self.songs, shown.songs, strict=False):
            element.set_visibility(bool(song.variations))
            for variation in (1, 2, 3):
                element.set_cell(variation, cell_in_place(song, variation, can_retry=False))
            element.set_selected(song.selected)

    def _before(self, action: str, about: str) -> dict[str, str]:
        """The dialog for the lyrics starts with the current ones, that for another provider with the best one left."""
        if action == "other_provider":
            rows = [one.row for one in self.order.recordings if one.row.id == about]
            return {"provider": next(iter(providers_for(self.order.form, rows[0])), "")} if rows else {}
        songs = self.order.shown.songs if action == "edit_lyrics" else []
        song = next((one for one in songs if str(one.index) == about), None)
        return {"title": song.title or "", "lyrics": song.lyrics or ""} if song else {}

    def on_change(self, form_id: str | None) -> None:
        """This form changed (None: any may have): read again, one read at a time."""
        if form_id not in (self.form_id, None):
            return
        if self.reading:
            self.again = True
            return
        self.reading = True
        background_tasks.create(self._read(), name=f"refresh order {self.form_id[:12]}")

    async def _read(self) -> None:
        try:
            while not self.staff_page.client.is_deleted:
                self.again = False
                order, verdicts = await self.staff_page.read(_look, self.form_id)
                if order is not None and hasattr(self, "dialog"):
                    with self.staff_page.client:
                        self.show(order, verdicts)
                if not self.again:
                    return
                await asyncio.sleep(0.2)  # nine recordings send many notifications: five reads a second are enough
        except NotStaffError:
            self.staff_page.leave()
        finally:
            self.reading = False


def _look(form_id: str) -> tuple[OrderReport | None, list[Diagnosis]]:
    order = read_order(form_id)
    return order, diagnose(order) if order else []


def _names(shown: FormView) -> str:
    return ", ".join(song.recipient_name for song in shown.songs if song.recipient_name) or "no name yet"


def _left(order: OrderReport) -> int:
    """What is left to refund of the payment that bought the order, in minor units."""
    return next(((row.amount_paid or 0) - row.amount_refunded for row in order.payments if row.fulfilled_at), 0)


@dataclass(frozen=True)
class ReportedSong:
    """A song and all that was recorded of it: per place the recordings, the current one first, then the newest."""

    view: SongView
    prompt: str
    author: str  # who wrote the lyrics first, '' where the row does not say
    cells: list[tuple[int, list[ReportedVariation]]]
    tree: RevisionNode | None = None  # what was sung with which words
    urls: dict[str, str] = field(default_factory=dict)  # of the recordings that can be heard, by task id

    @property
    def measured(self) -> list[tuple[int, ReportedVariation]]:
        """The versions that have a sound check, with their places."""
        return [(number, one) for number, versions in self.cells for one in versions if one.sound_check is not None]


def _songs(order: OrderReport) -> list[ReportedSong]:
    newest_first = sorted(order.recordings, key=lambda one: (one.row.shown, one.row.revision, one.row.take), reverse=True)
    songs = []
    urls = {one.row.id: one.url for one in order.recordings if one.url}
    for song in order.shown.songs:
        cells: dict[int, list[ReportedVariation]] = {}
        for one in newest_first:
            if one.row.song_index == song.index:
                cells.setdefault(one.row.variation, []).append(one)
        prompt = order.form.generated_prompts[song.index : song.index + 1] or [""]
        author = author_text(next(iter(order.form.lyric_authors[song.index : song.index + 1]), None))
        songs.append(ReportedSong(song, prompt[0], author, sorted(cells.items()), version_tree(song), urls))
    return songs


def _answers(form: ComposeForm) -> list[tuple[str, str]]:
    """The customer's answers, as entered."""
    data = form.form_data
    found = [(name, data[name]) for name in ("senderName", "senderEmail", "senderPhone", "senderMessage") if data.get(name)]
    for number, song in enumerate(data.get("songs", []), 1):
        told = [(name, value) for name, value in song.items() if value and name in TYPED_FIELDS]
        found += [(f"{number} · {name}" if form.song_count > 1 else name, value) for name, value in told]
    return [(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)) for name, value in found]


def stripe_url(row: Payment) -> str:
    """The URL of this payment in Stripe's dashboard, or in the sandbox's."""
    if settings.is_sandbox:
        return "/sandbox/stripe/dashboard"
    mode = "" if row.livemode else "test/"
    found = row.payment_intent_id or row.stripe_session_id
    return f"https://dashboard.stripe.com/{mode}{'payments/' if row.payment_intent_id else 'search?query='}{found}"
