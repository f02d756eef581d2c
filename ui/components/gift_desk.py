"""The giver's desk on the success page: what became of the gift, what came back, and everything that can still be changed.

Plain forms: the browser keeps what is typed, a submit sends it whole. What the desk shows is read anew at every bell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from jobs import giving
from jobs.desk import read_desk
from jobs.outbox import TooManyError
from models import WrongMomentError, in_database
from ui.components.desk_fields import section, tick, when
from ui.components.elements import box, text

Do = Callable[[dict[str, str]], None]
FIELDS = "(e) => { e.preventDefault(); emit(Object.fromEntries(new FormData(e.target))) }"
MAIL_STATES = {"queued": "goes out", "sent": "sent", "failed": "could not be delivered to", "bounced": "came back from"}


class GiftDesk:
    """One desk. `build` draws it once; `refresh` follows the rows and never touches what is being typed."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.drawn: dict[str, Any] = {}

    async def build(self) -> None:
        """Draw everything into the current place."""
        desk = await self._read()
        if desk is None:
            return
        self.page = box("div", "stack loose", id="desk")
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
        return await asyncio.to_thread(in_database, read_desk, self.form_id)

    # ---------------------------------------------------------------- what became of it

    def _news(self) -> None:
        with box("section", "card stack", aria_labelledby="news-title"):
            text("h2", "What became of it", id="news-title")
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
        self.sealed.set_text(f"Opens on {desk['opens']}." if desk["opens"] else "It can be opened at any time.")

    def _draw(self, name: str, value: Any, place: Element, draw: Callable[[], None]) -> None:
        if self.drawn.get(name) != value:
            self.drawn[name] = value
            place.clear()
            with place:
                draw()

    def _mails(self) -> None:
        for mail in filter(None, self.drawn["mails"]):
            whose = "Your mail" if mail["kind"] == "delivery" else "The mail to them"
            if mail["status"] == "demo":
                text("p", f"{whose} would go to {mail['to']}; a demo sends none.", "muted", dir="auto")
                continue
            state = MAIL_STATES[mail["status"]]
            wrong = mail["status"] in ("failed", "bounced")
            sentence = f"{whose} {state} {mail['to']}" if wrong else f"{whose} to {mail['to']}: {state} {mail['when']}"
            text("p", f"{sentence}.", "notice error" if wrong else "muted", dir="auto")
            if wrong and mail["kind"] == "delivery":
                self._form("correct", "Send to this address", self._correct, self._correct_fields)

    def _replies(self, replies: list[dict[str, Any]]) -> None:
        for reply in replies:
            with box("li", "card stack tight"):
                if reply["kind"] == "heart":
                    at = f" at {reply['atMs'] // 60000}:{reply['atMs'] // 1000 % 60:02}" if reply["atMs"] is not None else ""
                    text("p", f"♥ A heart{at}")
                elif reply["kind"] == "voice":
                    text("p", f"A voice note, {reply['seconds']:.0f} s")
                    box("audio", controls="", preload="none", src=reply["audioUrl"], aria_label="Voice note")
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
            await self._do(lambda: do(fields), said)

        form.on("submit", submitted, js_handler=FIELDS)

    async def _do(self, work: Callable[[], None], said: TextElement) -> None:
        try:
            await asyncio.to_thread(in_database, work)
        except (ValueError, TooManyError, WrongMomentError) as error:
            if not said.is_deleted:
                said.set_text(str(error))
            return
        await self.refresh()
        if not said.is_deleted:
            said.set_text("Done.")

    def _words(self, desk: dict[str, Any]) -> None:
        def fields() -> None:
            with box("div", "field"):
                text("label", "Your message on the gift page", for_="desk-message")
                text("textarea", desk["message"], rows=4, id="desk-message", name="message", maxlength=500, dir="auto")
            tick("downloads", "They may download the song", desk["downloads"])
            tick("nameInPreview", "Link previews may say their name", desk["nameInPreview"])

        def do(values: dict[str, str]) -> None:
            giving.change_words(
                self.form_id,
                values.get("message", ""),
                downloads="downloads" in values,
                name_in_preview="nameInPreview" in values,
            )

        with section("words-title", "The words"):
            self._form("words", "Save", do, fields)

    def _seal(self, desk: dict[str, Any]) -> None:
        with section("seal-title", "Sealed until a date"):
            self.sealed = text("p", "", "muted", id="gift-sealed")
            self._form(
                "seal",
                "Set the date",
                lambda values: giving.seal(self.form_id, values.get("on", ""), values.get("zone", "")),
                lambda: when("seal", desk["opensOn"], desk["zone"], "Empty: no seal. Until then nobody can hear it."),
            )

    def _post(self, desk: dict[str, Any]) -> None:
        def fields() -> None:
            with box("div", "field"):
                text("label", "Their e-mail address", for_="desk-to")
                address = box("input", type="email", id="desk-to", name="to", maxlength=100, autocomplete="off")
                address.props["^value"] = desk["recipientEmail"]
            when("post", desk["mailOn"], desk["zone"], "Empty date: now. Empty address: take it back.")

        with section("post-title", "Have it mailed to them"):
            self._form(
                "post",
                "Mail it",
                lambda values: giving.send_gift(
                    self.form_id, values.get("to", ""), values.get("on", ""), values.get("zone", "")
                ),
                fields,
            )

    def _correct_fields(self) -> None:
        with box("div", "field"):
            text("label", "Your e-mail address", for_="desk-address")
            box("input", type="email", id="desk-address", name="to", maxlength=100, required="", autocomplete="email")

    def _correct(self, values: dict[str, str]) -> None:
        giving.resend(self.form_id, values.get("to", ""))

    def _links(self, desk: dict[str, Any]) -> None:
        with section("links-title", "The links"):
            self.link_box = box("div", "stack tight")
            with self.link_box, box("div", "field"):
                text("label", "One link for all songs", for_="link-all")
                self.link = box("input", "sharelink", type="text", readonly="", id="link-all")
            with self.link_box:
                text("button", "Copy the link", "btn copylink", type="button", data_copies="link-all")
            said = text("p", "", "muted", role="status", id="links-said")
            with box("div", "row"):
                self._button("Mail me the links again", "resend", said, giving.resend)
                self._button("Make new links", "rotate", said, giving.rotate, "The old links stop working. Make new ones?")
                self.off = self._button("Switch off", "off", said, giving.switch_off, "No link will work any more. Switch off?")

    def _button(self, label: str, name: str, said: TextElement, do: Callable[[str], None], question: str = "") -> TextElement:
        button = text("button", label, "btn quiet", type="button", id=f"desk-{name}")

        async def pressed() -> None:
            await self._do(lambda: do(self.form_id), said)

        ask = f"() => confirm({question!r}) && emit()" if question else "() => emit()"
        return button.on("click", pressed, js_handler=ask)

    def _files(self, desk: dict[str, Any]) -> None:
        self.files = box("section", "card stack", aria_labelledby="files-title")
        labels = {
            "card": "A card to print",
            "keep.html": "The gift in one file (HTML)",
            "keep.zip": "Songs, words, cover and card (ZIP)",
        }
        with self.files:
            text("h2", "To print and to keep", id="files-title")
            with box("div", "row"):
                self.anchors: dict[str, Element] = {
                    name: text("a", label, "btn", href=desk["files"].get(name, "#"), target="_blank", rel="noopener")
                    for name, label in labels.items()
                }


def _status(desk: dict[str, Any]) -> str:
    if desk["url"] is None:
        return "The links are switched off. Nobody can open the gift."
    opened, played = desk["opened"]["count"], desk["played"]["count"]
    if not opened and not played:
        return "Not opened yet."
    return f"Opened {_times(opened)}, played {_times(played)}."


def _times(count: int) -> str:
    return {0: "not yet", 1: "once", 2: "twice"}.get(count, f"{count} times")
