"""The giver panel on the success page: the state of the gift, the replies, and everything that can still be changed.

Plain forms: the browser keeps what is typed, a submit sends it whole. What the panel shows is read again at every notification.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from customer_texts import moment_in_words, refusal_in_words
from i18n import _
from jobs.gifts import giver_actions
from jobs.views.gift_view import GiftView, read_gift_view
from models import CodedError, in_database
from ui.components.elements import box, text
from ui.gift.giver_fields import fold, tick, when, zone_list
from ui.gift.giver_news import GiverNews
from ui.gift.photo_fields import PhotoFields

_Do = Callable[[dict[str, str]], None]
_DOUBLE_CLICK = 1.0  # seconds
_FIELDS = "(e) => { e.preventDefault(); emit(Object.fromEntries(new FormData(e.target))) }"


class GiverPanel:
    """The panel of one order. `build` draws it once; `refresh` follows the rows and never touches what is being typed."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.pressed: tuple[str, dict[str, str]] | None = None
        self.calm = 0.0

    async def build(self) -> None:
        """Draw everything into the current place."""
        gift = await self._read()
        if gift is None:
            return
        self.page = box("div", "stack", id="giver")
        with self.page:
            zone_list()
            self.news = GiverNews(self._correction, self._answer)
            self._links(gift)
            self._words(gift)
            self.photos = PhotoFields(self.form_id)
            self.photos.build()
            self._seal(gift)
            self._post(gift)
            self._files(gift)
        self._show(gift)
        await self.photos.refresh()

    async def refresh(self) -> None:
        """After a notification: read the rows again and show what differs."""
        gift = await self._read()
        if gift is not None and hasattr(self, "page") and not self.page.is_deleted:
            self._show(gift)
            await self.photos.refresh()

    async def _read(self) -> GiftView | None:
        return await asyncio.to_thread(in_database, read_gift_view, self.form_id)

    def _show(self, gift: GiftView) -> None:
        self.news.show(gift)
        self.link.props["^value"] = gift.url or ""
        self.link_box.set_visibility(gift.url is not None and gift.song_count > 1)
        self.off.set_visibility(gift.url is not None)
        self.files.set_visibility(gift.url is not None)
        for name, anchor in self.anchors.items():
            anchor.props["href"] = gift.files.get(name, "#")
            anchor.set_visibility(name in gift.files)
        opens = moment_in_words(gift.opens_at, gift.zone) if gift.opens_at else ""
        self.sealed.set_text(_("Opens on {date}.", date=opens) if opens else _("It can be opened at any time."))

    def _form(self, name: str, button: str, do: _Do, fields: Callable[[], None]) -> None:
        """A form that sends itself whole; what is wrong with it is said below it."""
        form = box("form", "stack tight", id=f"giver-{name}")
        with form:
            fields()
            with box("div", "row"):
                text("button", button, "btn", type="submit")
            said = text("p", "", "muted", role="status")

        async def submitted(event: GenericEventArguments) -> None:
            fields = {key: str(value) for key, value in event.args.items()} if isinstance(event.args, dict) else {}
            await self._do(lambda: do(fields), said, (name, fields))

        form.on("submit", submitted, js_handler=_FIELDS)

    async def _do(self, work: Callable[[], None], said: TextElement, press: tuple[str, dict[str, str]]) -> None:
        if press == self.pressed and time.monotonic() < self.calm:
            return  # the second click of a double click would send a second email
        self.pressed, self.calm = press, time.monotonic() + _DOUBLE_CLICK
        try:
            await asyncio.to_thread(in_database, work)
        except CodedError as error:
            if not said.is_deleted:
                said.set_text(refusal_in_words(error))
            return
        await self.refresh()
        if not said.is_deleted:
            said.set_text(_("Done."))

    def _words(self, gift: GiftView) -> None:
        def fields() -> None:
            with box("div", "field"):
                text("label", _("Your message on the gift page"), for_="giver-message")
                text("textarea", gift.message, rows=4, id="giver-message", name="message", maxlength=500, dir="auto")
            tick("downloads", _("They may download the song"), gift.downloads)
            tick("nameInPreview", _("Link previews may say their name, and show 15 seconds of the video"), gift.name_in_preview)

        def do(values: dict[str, str]) -> None:
            giver_actions.change_message(
                self.form_id,
                values.get("message", ""),
                downloads="downloads" in values,
                name_in_preview="nameInPreview" in values,
            )

        with fold("words", _("The words")):
            self._form("words", _("Save"), do, fields)

    def _seal(self, gift: GiftView) -> None:
        with fold("seal", _("Sealed until a date")):
            self.sealed = text("p", "", "muted", id="gift-sealed")
            self._form(
                "seal",
                _("Set the date"),
                lambda values: giver_actions.seal(self.form_id, values.get("on", ""), values.get("zone", "")),
                lambda: when("seal", gift.opens_on, gift.zone, _("Empty: no seal. Until then nobody can hear it.")),
            )

    def _post(self, gift: GiftView) -> None:
        def fields() -> None:
            with box("div", "field"):
                text("label", _("Their e-mail address"), for_="giver-to")
                address = box("input", type="email", id="giver-to", name="to", maxlength=100, autocomplete="off")
                address.props["^value"] = gift.recipient_email
            when("post", gift.mail_on, gift.zone, _("Empty date: now. Empty address: take it back."))

        with fold("post", _("Have it mailed to them")):
            self._form(
                "post",
                _("Mail it"),
                lambda values: giver_actions.send_gift(
                    self.form_id, values.get("to", ""), values.get("on", ""), values.get("zone", "")
                ),
                fields,
            )

    def _correction(self) -> None:
        """Where to send the links instead."""

        def fields() -> None:
            with box("div", "field"):
                text("label", _("Your e-mail address"), for_="giver-address")
                box("input", type="email", id="giver-address", name="to", maxlength=100, required="", autocomplete="email")

        def do(values: dict[str, str]) -> None:
            giver_actions.resend_link(self.form_id, values.get("to", ""))

        self._form("correct", _("Send to this address"), do, fields)

    def _answer(self) -> None:
        """Write back to the recipient, once."""

        def fields() -> None:
            with box("div", "field"):
                text("label", _("Write back, once: they see it on the gift page"), for_="giver-thanks")
                text("textarea", "", rows=2, id="giver-thanks", name="thanks", maxlength=500, required="", dir="auto")

        self._form("answer", _("Write back"), lambda v: giver_actions.write_back(self.form_id, v.get("thanks", "")), fields)

    def _links(self, gift: GiftView) -> None:
        with fold("links", _("The links")):
            self.link_box = box("div", "stack tight")
            with self.link_box, box("div", "field"):
                text("label", _("One link for all songs"), for_="link-all")
                self.link = box("input", "sharelink", type="text", readonly="", id="link-all")
            with self.link_box:
                text("button", _("Copy the link"), "btn copylink", type="button", data_copies="link-all")
            said = text("p", "", "muted", role="status", id="links-said")
            with box("div", "row"):
                self._button(_("Mail me the links again"), "resend", said, giver_actions.resend_link)
                self._button(
                    _("Make new links"),
                    "rotate",
                    said,
                    giver_actions.rotate_link,
                    _("The old links stop working. Make new ones?"),
                )
                self.off = self._button(
                    _("Switch off"), "off", said, giver_actions.switch_off, _("No link will work any more. Switch off?")
                )

    def _button(self, label: str, name: str, said: TextElement, do: Callable[[str], None], question: str = "") -> TextElement:
        button = text("button", label, "btn quiet", type="button", id=f"giver-{name}")

        async def pressed() -> None:
            await self._do(lambda: do(self.form_id), said, (name, {}))

        ask = f"() => confirm({json.dumps(question)}) && emit()" if question else "() => emit()"
        return button.on("click", pressed, js_handler=ask)

    def _files(self, gift: GiftView) -> None:
        self.files = fold("files", _("To print and to keep"))
        labels = {
            "card": _("A card to print"),
            "video": _("Download as video"),
            "keep.html": _("The gift in one file (HTML)"),
            "keep.zip": _("Songs, words, cover and card (ZIP)"),
        }
        with self.files, box("div", "row"):
            self.anchors: dict[str, Element] = {
                name: text("a", label, "btn", href=gift.files.get(name, "#"), target="_blank", rel="noopener")
                for name, label in labels.items()
            }
