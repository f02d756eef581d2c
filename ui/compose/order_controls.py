"""What else the owner of an unpaid order may do: keep it a week longer, delete it now, or pay with credits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from nicegui.events import GenericEventArguments

from i18n import _, day, n_
from jobs.payments.checkout import PaymentsError, without_open_session
from jobs.payments.credits import TooFewCreditsError, pay_with_credits
from jobs.privacy.expiry import extend
from jobs.privacy.retention import delete_now
from jobs.views.form_types import FormView
from models import NotFoundError, User, WrongMomentError, in_database
from ui.components.elements import box, still, text
from ui.templates import render

Say = Callable[[str, str], None]
_PRESSED = '(e) => { const button = e.target.closest("button"); if (button) emit(button.id) }'


class OrderControls:
    """A line at the end of the page; deleting asks once more. `say` shows a sentence of a kind above the songs."""

    def __init__(self, form_id: str, say: Say) -> None:
        self.form_id = form_id
        self.say = say
        with box("section", "card stack tight", aria_label=_("How long we keep this")):
            self.until = text("p", "", "muted", id="kept-until")
            self.choices = box("div", "row")
            with self.choices:
                self.longer = _button(_("Keep it a week longer"), "btn quiet", "extend")
                _button(_("Delete it now"), "btn quiet", "delete").on("click", lambda: self._ask(True))
            asked, group = render("delete_question.html"), {"role": "group", "aria_labelledby": "really"}
            self.question = still("div", asked, "stack tight notice warn", **group)
            self.question.on("click", self._answered, js_handler=_PRESSED)
        self._ask(False)
        self.longer.on("click", self._extend)

    def _ask(self, asking: bool) -> None:
        self.question.set_visibility(asking)
        self.choices.set_visibility(not asking)

    def show(self, form: FormView) -> None:
        """Follow the row."""
        until = _("Until it is paid, we keep this order until its time is over. Then words and recordings are deleted.")
        if form.expires_at:
            last = day(form.expires_at)
            until = _("Until it is paid, we keep this order until {day}. Then words and recordings are deleted.", day=last)
        self.until.set_text(until)
        self.longer.set_visibility(form.may_be_extended)

    async def _answered(self, event: GenericEventArguments) -> None:
        if event.args == "really-delete":
            await attempt(self.say, without_open_session, delete_now, self.form_id)
        elif event.args == "keep":
            self._ask(False)

    async def _extend(self) -> None:
        await attempt(self.say, in_database, extend, self.form_id)


def offer_credits(form_id: str, count: int, user: User | None, say: Say) -> None:
    """A second way to pay, for somebody who is signed in and has a credit for every song."""
    if user is None or user.credits < count:
        return
    user_id = user.id

    async def pay() -> None:
        await attempt(say, without_open_session, pay_with_credits, form_id, user_id)

    _button(n_("Use 1 credit", "Use {n} credits", count), "btn", "pay-credits").on("click", pay)


def _button(label: str, classes: str, element_id: str) -> Any:
    return text("button", label, classes, id=element_id, type="button")


async def attempt(say: Say, work: Callable[..., Any], *arguments: Any) -> None:
    """Run a verb in a thread; show why where it did not work."""
    try:
        await asyncio.to_thread(work, *arguments)
    except TooFewCreditsError:
        say(_("There are not enough credits left on your account."), "warn")
    except (WrongMomentError, NotFoundError):
        say(_("That is not possible right now. Choose one version of every song first, or wait for the payment."), "warn")
    except PaymentsError:
        say(_("We cannot reach the payment service right now. Nothing was changed; please try again in a moment."), "error")
