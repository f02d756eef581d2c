"""Acting: everything staff may do, in one table: who may, whether it asks first, the verb. Each press once, on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from customer_texts import refusal_in_words
from integrations.payments import PaymentsError
from jobs.payments.credits import TooFewCreditsError
from jobs.rate_limits import TooManyError
from jobs.staff import order_actions, presets, prompt_trial, roles, song_actions
from jobs.staff.action_request import Request
from models import CodedError, ComposeForm, NotFoundError, WrongMomentError, in_database


class RefusedError(Exception):
    """It could not be done; the message says why, for staff."""


class ReasonMissingError(Exception):
    """An action without a reason."""


@dataclass(frozen=True)
class Action:
    """One thing staff may do. `verb` does it and answers with a sentence. `warning`: dangerous, says so before it asks why.

    `why`: what stands on record as the reason of an action that is its own; every other one asks for words first.
    """

    name: str
    label: str
    role: str
    verb: Callable[[Request], str]
    warning: str = ""
    why: str = ""


def _note(request: Request) -> str:
    return "Noted."


ACTIONS = {
    action.name: action
    for action in (
        Action("note", "Add note", "support", _note),
        Action(
            "retry", "Record again", "support", song_actions.record_again,
            "If the provider is still working on it, it is paid for twice. Other cells are not touched.",
        ),
        Action(
            "replace", "One more version", "support", song_actions.replace,
            "A new version is recorded and shown in place of this one; this one is kept. It costs one more recording.",
        ),
        Action(
            "other_provider", "Try another provider", "support", song_actions.try_provider,
            "The cell is recorded anew by the provider you choose; what is ready is kept. It costs one more recording there.",
        ),
        Action(
            "words", "Change the words", "support", song_actions.change_lyrics,
            "Three new versions of this song are recorded with these words, which costs three recordings. Those there are now"
            " are kept and can be chosen again; if one of them is chosen, the customer has to choose anew.",
        ),
        Action("approve", "Approve", "support", song_actions.approve, why="heard, and good"),
        Action("flag", "Flag", "support", song_actions.flag, why="heard, and something is wrong"),
        Action("seen", "Attention: seen", "support", song_actions.seen),
        Action("release", "Release", "support", song_actions.release),
        Action("resend", "Send the link again", "support", order_actions.resend),
        Action(
            "readdress", "Correct the address", "support", order_actions.readdress,
            "Mail goes to the new address from now on; what is paid for is sent there at once. The old address hears nothing.",
        ),
        Action(
            "refund", "Refund", "support", order_actions.refund,
            "The money leaves at once and cannot be called back. A whole refund switches the share links off.",
        ),
        Action(
            "give_back", "Give this payment back", "support", order_actions.give_payment_back,
            "The whole payment goes back to whoever paid it. The order keeps the payment that bought it.",
        ),
        Action("extend", "Keep a week longer", "support", order_actions.extend),
        Action(
            "rotate", "New share link", "support", order_actions.rotate,
            "The old link stops working at once, for everybody who has it.",
        ),
        Action(
            "expire", "Expire and delete", "admin", order_actions.expire,
            "Words and recordings are deleted for good. This cannot be undone.",
        ),
        Action(
            "grant", "Grant credit", "admin", order_actions.grant,
            "A credit pays for one song. It goes to the account of this order's address.",
        ),
        Action("try_brief", "Try it", "support", presets.try_brief, why="a trial"),
        Action("save_preset", "Save as preset", "support", presets.save_preset, why="a trial worth keeping"),
        Action("try_wording", "Write both", "support", prompt_trial.try_wording, why="a trial"),
    )
}  # fmt: skip


def act(session: str, name: str, /, *, press: str, form_id: str = "", about: str = "", reason: str = "", **values: Any) -> str:
    """Do it, once for each `press`, and write down who, why and what came of it. Call it without a database connection.

    Raises NotStaffError, NotAllowedError, ReasonMissingError, RefusedError.
    """
    action = ACTIONS[name]
    person = in_database(roles.require, session, action.role)
    reason = reason.strip() or action.why
    if len(reason) < roles.LEAST_REASON:
        raise ReasonMissingError
    row = in_database(roles.begin, person, name, press, form_id=form_id or None, about=about, reason=reason)
    if row is None:
        return in_database(roles.earlier, press)
    try:
        if form_id:
            in_database(ComposeForm.find, form_id)
        outcome = action.verb(Request(form_id, about, reason, values, person.email))
    except (NotFoundError, WrongMomentError, TooManyError, TooFewCreditsError, PaymentsError) as error:
        why = refusal_in_words(error) if isinstance(error, CodedError) else str(error)
        sentence = f"Not done: {why or error.__class__.__name__}."
        in_database(roles.end, row, sentence, form_id)
        raise RefusedError(sentence) from error
    except Exception as error:
        in_database(roles.end, row, f"Broke off: {error.__class__.__name__}", form_id)
        raise
    in_database(roles.end, row, outcome, form_id)
    return outcome
