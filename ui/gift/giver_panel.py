"""The giver's desk on the success page: what became of the gift, what came back, and everything that can still be changed.

Plain forms: the browser keeps what is typed, a submit sends it whole. What the desk shows is read anew at every bell.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from i18n import N_, _, n_
from jobs.gifts import giver_actions
from jobs.outbox import ResendTooSoonError
from jobs.views.gift_view import read_gift_view
from models import EmailStatus, WrongMomentError, in_database
from ui.components.elements import box, text
from ui.gift.giver_fields import section, tick, when
from ui.templates import duration

Do = Callable[[dict[str, str]], None]
DOUBLE_CLICK = 1.0  # seconds
FIELDS = "(e) => { e.preventDefault(); emit(Object.fromEntries(new FormData(e.target))) }"
MAIL_STATES = {
    ("giver", EmailStatus.QUEUED): N_("Your mail to {to} goes out {when}."),
    ("giver", EmailStatus.SENT): N_("Your mail to {to} was sent {when}."),
    ("giver", EmailStatus.FAILED): N_("Your mail could not be delivered to {to}."),
    ("giver", "demo"): N_("Your mail would go to {to}; a demo sends none."),
    ("them", "demo"): N_("The mail to them would go to {to}; a demo sends none."),
    ("giver", "bounced"): N_("Your mail came back from {to}."),
    ("them", EmailStatus.QUEUED): N_("The mail to them, to {to}, goes out {when}."),
    ("them", EmailStatus.SENT): N_("The mail to them, to {to}, was sent {when}."),
    ("them", EmailStatus.FAILED): N_("The mail to them could not be delivered to {to}."),
    ("them", "bounced"): N_("The mail to them came back from {to}."),
}


class GiverPanel:
    """One desk. `build` draws it once; `refresh` follows the rows and never touches what is being typed."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.drawn: dict[str, Any] = {}
        self.pressed: tuple[str, dict[str, str]] | None = None
        self.calm = 0.0

    async def build(self) -> None:
        """Draw everything into the current place."""
        desk = await self._read()
        if desk is None:
            return
        self.page = box("div", "stack", id="desk")
        with self.page:
            self._news()
            self._links(desk)
            self._words(desk)
            self._seal(desk)
            self._post(desk)
            self._files(desk)
        self._show(desk)

    async def refresh(self) -> None:
        """Something rang: read again, and show what differs."""
        desk = await self._read()
        if desk is not None and hasattr(self, "page") and not self.page.is_deleted:
            self._show(desk)

    async def _read(self) -> dict[str, Any] | None:
        return await asyncio.to_thread(in_database, read_gift_view, self.form_id)

    # ---------------------------------------------------------------- what became of it

    def _news(self) -> None:
        with box("section", "card stack", aria_labelledby="news-title"):
            text("h2", _("What became of it"), id="news-title")
            self.status = text("p", "", id="gift-status", role="status")
            self.mails = box("div", "stack tight", id="gift-mails")
            self.replies = box("ul", "replies", id="gift-replies", aria_live="polite")

    def _show(self, desk: dict[str, Any]) -> None:
        self.status.set_text(_status(desk))
        self._draw("mails", desk["mails"], self.mails, self._mails)
        self._draw("replies", [reply["id"] for reply in desk["replies"]], self.replies, lambda: self._replies(desk["replies"]))
        self.link.props["^value"] = desk["url"] or ""
        self.link_box.set_visibility(desk["url"] is not None and desk["songCount"] > 1)
        self.off.set_visibility(desk["url"] is not None)
        self.files.set_visibility(desk["url"] is not None)
        for name, anchor in self.anchors.items():
            anchor.props["href"] = desk["files"].get(name, "#")
        sealed = _("Opens on {date}.", date=desk["opens"]) if desk["opens"] else _("It can be opened at any time.")
        self.sealed.set_text(sealed)

    def _draw(self, name: str, value: Any, place: Element, draw: Callable[[], None]) -> None:
        if self.drawn.get(name) != value:
            self.drawn[name] = value
            place.clear()
            with place:
                draw()

    def _mails(self) -> None:
        for mail in filter(None, self.drawn["mails"]):
            whose = "giver" if mail["kind"] == "delivery" else "them"
            wrong = mail["status"] in (EmailStatus.FAILED, "bounced")
            sentence = _(MAIL_STATES[whose, mail["status"]], to=mail["to"], when=mail["when"])
            text("p", sentence, "notice error" if wrong else "muted", dir="auto")
            if wrong and mail["kind"] == "delivery":
                self._form("correct", _("Send to this address"), self._correct, self._correct_fields)

    def _replies(self, replies: list[dict[str, Any]]) -> None:
        for reply in replies:
            with box("li", "card stack tight"):
                if reply["kind"] == "heart":
                    at = reply["atMs"]
                    text("p", _("♥ A heart") if at is None else _("♥ A heart at {moment}", moment=duration(at)))
                elif reply["kind"] == "voice":
                    text("p", _("A voice note, {seconds} s", seconds=round(reply["seconds"])))
                    box("audio", controls="", preload="none", src=reply["audioUrl"], aria_label=_("Voice note"))
                else:
                    text("p", reply["words"], "letter", dir="auto")

    # ---------------------------------------------------------------- what can be changed

    def _form(self, name: str, button: str, do: Do, fields: Callable[[], None]) -> None:
        """A form that sends itself whole; what is wrong with it is said below it."""
        form = box("form", "stack tight", id=f"desk-{name}")
        with form:
            fields()
            with box("div", "row"):
                text("button", button, "btn", type="submit")
            said = text("p", "", "muted", role="status")

        async def submitted(event: GenericEventArguments) -> None:
            fields = {key: str(value) for key, value in event.args.items()} if isinstance(event.args, dict) else {}
            await self._do(lambda: do(fields), said, (name, fields))

        form.on("submit", submitted, js_handler=FIELDS)

    async def _do(self, work: Callable[[], None], said: TextElement, press: tuple[str, dict[str, str]]) -> None:
        if press == self.pressed and time.monotonic() < self.calm:
            return  # the second half of a double click would be a second letter
        self.pressed, self.calm = press, time.monotonic() + DOUBLE_CLICK
        try:
            await asyncio.to_thread(in_database, work)
        except (ValueError, ResendTooSoonError, WrongMomentError) as error:
            if not said.is_deleted:
                said.set_text(str(error))
            return
        await self.refresh()
        if not said.is_deleted:
            said.set_text(_("Done."))

    def _words(self, desk: dict[str, Any]) -> None:
        def fields() -> None:
            with box("div", "field"):
                text("label", _("Your message on the gift page"), for_="desk-message")
                text("textarea", desk["message"], rows=4, id="desk-message", name="message", maxlength=500, dir="auto")
            tick("downloads", _("They may download the song"), desk["downloads"])
            tick("nameInPreview", _("Link previews may say their name"), desk["nameInPreview"])

        def do(values: dict[str, str]) -> None:
            giver_actions.change_message(
                self.form_id,
                values.get("message", ""),
                downloads="downloads" in values,
                name_in_preview="nameInPreview" in values,
            )

        with section("words-title", _("The words")):
            self._form("words", _("Save"), do, fields)

    def _seal(self, desk: dict[str, Any]) -> None:
        with section("seal-title", _("Sealed until a date")):
            self.sealed = text("p", "", "muted", id="gift-sealed")
            self._form(
                "seal",
                _("Set the date"),
                lambda values: giver_actions.seal(self.form_id, values.get("on", ""), values.get("zone", "")),
                lambda: when("seal", desk["opensOn"], desk["zone"], _("Empty: no seal. Until then nobody can hear it.")),
            )

    def _post(self, desk: dict[str, Any]) -> None:
        def fields() -> None:
            with box("div", "field"):
                text("label", _("Their e-mail address"), for_="desk-to")
                address = box("input", type="email", id="desk-to", name="to", maxlength=100, autocomplete="off")
                address.props["^value"] = desk["recipientEmail"]
            when("post", desk["mailOn"], desk["zone"], _("Empty date: now. Empty address: take it back."))

        with section("post-title", _("Have it mailed to them")):
            self._form(
                "post",
                _("Mail it"),
                lambda values: giver_actions.send_gift(
                    self.form_id, values.get("to", ""), values.get("on", ""), values.get("zone", "")
                ),
                fields,
            )

    def _correct_fields(self) -> None:
        with box("div", "field"):
            text("label", _("Your e-mail address"), for_="desk-address")
            box("input", type="email", id="desk-address", name="to", maxlength=100, required="", autocomplete="email")

    def _correct(self, values: dict[str, str]) -> None:
        giver_actions.resend_link(self.form_id, values.get("to", ""))

    def _links(self, desk: dict[str, Any]) -> None:
        with section("links-title", _("The links")):
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
        button = text("button", label, "btn quiet", type="button", id=f"desk-{name}")

        async def pressed() -> None:
            await self._do(lambda: do(self.form_id), said, (name, {}))

        ask = f"() => confirm({json.dumps(question)}) && emit()" if question else "() => emit()"
        return button.on("click", pressed, js_handler=ask)

    def _files(self, desk: dict[str, Any]) -> None:
        self.files = box("section", "card stack", aria_labelledby="files-title")
        labels = {
            "card": _("A card to print"),
            "keep.html": _("The gift in one file (HTML)"),
            "keep.zip": _("Songs, words, cover and card (ZIP)"),
        }
        with self.files:
            text("h2", _("To print and to keep"), id="files-title")
            with box("div", "row"):
                self.anchors: dict[str, Element] = {
                    name: text("a", label, "btn", href=desk["files"].get(name, "#"), target="_blank", rel="noopener")
                    for name, label in labels.items()
                }


def _status(desk: dict[str, Any]) -> str:
    if desk["url"] is None:
        return _("The links are switched off. Nobody can open the gift.")
    opened, played = desk["opened"]["count"], desk["played"]["count"]
    if not opened and not played:
        return _("Not opened yet.")
    return _("Opened {opened}, played {played}.", opened=_times(opened), played=_times(played))


def _times(count: int) -> str:
    return {0: _("not yet"), 1: _("once"), 2: _("twice")}.get(count) or n_("{n} time", "{n} times", count)
