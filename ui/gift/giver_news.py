"""What became of a gift: how often it was opened, where its e-mails are, and what came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from customer_texts import moment_in_words
from i18n import N_, _, n_
from jobs.views.gift_view import GiftView, MailView, ReplyView
from models import EmailStatus
from ui.components.elements import box, text
from ui.templates import duration

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


class GiverNews:
    """A card of its own, drawn into the current place. `correct` draws a form below an e-mail that did not arrive,
    `answer` the one in which the giver writes back.
    """

    def __init__(self, correct: Callable[[], None], answer: Callable[[], None]) -> None:
        self.correct, self.answer = correct, answer
        self.drawn: dict[str, Any] = {}
        with box("section", "card stack", aria_labelledby="news-title"):
            text("h2", _("What became of it"), id="news-title")
            self.status = text("p", "", id="gift-status", role="status")
            self.mails = box("div", "stack tight", id="gift-mails")
            self.replies = box("ul", "replies", id="gift-replies", aria_live="polite")
            self.answered = box("div", "stack tight", id="gift-answer")

    def show(self, gift: GiftView) -> None:
        """Follow the rows; what did not change is not touched."""
        self.status.set_text(_status(gift))
        mails = [mail for mail in gift.mails if mail is not None]
        self._draw("mails", (mails, gift.zone), self.mails, lambda: self._mails(mails, gift.zone))
        came = [reply.id for reply in gift.replies]  # the signed URL of a sound differs at every read
        self._draw("replies", came, self.replies, lambda: _replies(gift.replies))
        self._draw("answer", (bool(came), gift.thanks), self.answered, lambda: self._answer(bool(came), gift.thanks))

    def _draw(self, name: str, value: Any, place: Element, draw: Callable[[], None]) -> None:
        if self.drawn.get(name) != value:
            self.drawn[name] = value
            place.clear()
            with place:
                draw()

    def _answer(self, came: bool, thanks: str) -> None:
        if thanks:
            text("p", _("You wrote back, and they see it on the gift page:"), "muted")
            text("p", thanks, "message-text", dir="auto")
        elif came:
            self.answer()

    def _mails(self, mails: list[MailView], zone: str) -> None:
        for mail in mails:
            self._mail(mail, zone)

    def _mail(self, mail: MailView, zone: str) -> None:
        whose = "giver" if mail.kind == "delivery" else "them"
        wrong = mail.status in (EmailStatus.FAILED, "bounced")
        sentence = _(MAIL_STATES[whose, mail.status], to=mail.to, when=moment_in_words(mail.at, zone))
        text("p", sentence, "notice error" if wrong else "muted", dir="auto")
        if wrong and mail.kind == "delivery":
            self.correct()


def _replies(replies: list[ReplyView]) -> None:
    for reply in replies:
        _reply(reply)


def _reply(reply: ReplyView) -> None:
    with box("li", "card stack tight"):
        if reply.kind == "heart":
            at = reply.at_ms
            text("p", _("♥ A heart") if at is None else _("♥ A heart at {moment}", moment=duration(at)))
        elif reply.kind == "voice":
            text("p", _("A voice note, {seconds} s", seconds=round(reply.seconds or 0)))
            box("audio", controls="", preload="none", src=reply.audio_url, aria_label=_("Voice note"))
        else:
            text("p", reply.words or "", "message-text", dir="auto")
        if reply.kind != "heart" and reply.at_ms is not None:
            text("p", _("at {moment} of the song", moment=duration(reply.at_ms)), "muted")


def _status(gift: GiftView) -> str:
    if gift.url is None:
        return _("The links are switched off. Nobody can open the gift.")
    opened, played = gift.opened, gift.played
    if not opened and not played:
        return _("Not opened yet.")
    return _("Opened {opened}, played {played}.", opened=_times(opened), played=_times(played))


def _times(count: int) -> str:
    return {0: _("not yet"), 1: _("once"), 2: _("twice")}.get(count) or n_("{n} time", "{n} times", count)
