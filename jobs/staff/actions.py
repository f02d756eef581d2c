"""Every action of staff in one table: the role it takes, its warning, its function. Each click counts once and is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from customer_texts import refusal_in_words
from integrations.payments import PaymentsError
from jobs.accounts.login import note_use
from jobs.payments.credits import TooFewCreditsError
from jobs.rate_limits import TooManyError
from jobs.staff import incidents, order_actions, presets, prompt_trial, roles, song_actions
from jobs.staff.action_request import Request
from models import CodedError, ComposeForm, NotFoundError, WrongMomentError, in_database


class ActionRefusedError(Exception):
    """The action could not be done; the message says why, for staff."""


class ReasonMissingError(Exception):
    """An action without a reason."""


@dataclass(frozen=True)
class Action:
    """One action. `verb` does it and returns a sentence. `warning` is shown before the reason is asked for.

    `why`: the recorded reason of an action that explains itself; every other action asks staff for a reason.
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
            "retry", "Retry recording", "support", song_actions.record_again,
            "If the provider is still working on it, we pay for it twice. Other versions are not affected.",
        ),
        Action(
            "replace", "Record one more version", "support", song_actions.replace,
            "A new version is recorded and replaces this one on the page; this one is kept. Costs one recording.",
        ),
        Action(
            "other_provider", "Try another provider", "support", song_actions.try_provider,
            "This version is recorded again by the provider you choose; a ready recording is kept. Costs one recording.",
        ),
        Action(
            "edit_lyrics", "Edit lyrics", "support", song_actions.change_lyrics_as_staff,
            "Three new versions of this song are recorded with the new lyrics. Costs three recordings. The current versions"
            " are kept and can be chosen again; if one of them is chosen now, the customer has to choose again.",
        ),
        Action("approve", "Approve", "support", song_actions.approve, why="listened: good"),
        Action("flag", "Flag", "support", song_actions.flag_song, why="listened: has a problem"),
        Action("seen", "Clear attention", "support", song_actions.seen),
        Action("release", "Release for delivery", "support", song_actions.release),
        Action("resend", "Resend delivery e-mail", "support", order_actions.resend),
        Action(
            "readdress", "Correct e-mail address", "support", order_actions.readdress,
            "E-mails go to the new address from now on; a paid order is sent there at once. The old address is not notified.",
        ),
        Action(
            "refund", "Refund", "support", order_actions.refund_as_staff,
            "The refund is sent at once and cannot be undone. A full refund revokes the share links.",
        ),
        Action(
            "refund_payment", "Refund this payment", "support", order_actions.refund_payment,
            "This payment is refunded in full. The payment that bought the order is not affected.",
        ),
        Action(
            "give_more", "Give", "support", order_actions.give_more,
            "The giver keeps it for nothing, and is told by e-mail.",
        ),
        Action(
            "refund_more", "Refund and withdraw", "support", order_actions.refund_more,
            "All of this payment is refunded, and what it bought is taken from the giver's page. The order is not affected.",
        ),
        Action("extend", "Extend expiry by a week", "support", order_actions.extend_order),
        Action(
            "rotate", "New share link", "support", order_actions.rotate,
            "The old link stops working at once for everybody who has it.",
        ),
        Action(
            "expire", "Expire and delete", "admin", order_actions.expire_order,
            "Answers, lyrics and recordings are deleted. This cannot be undone.",
        ),
        Action(
            "grant", "Grant credit", "admin", order_actions.grant_as_staff,
            "A credit pays for one song. It is added to the account of this order's e-mail address.",
        ),
        Action("publish_incident", "Publish", "support", incidents.publish_incident, why="told the public"),
        Action("end_incident", "It is over", "support", incidents.end_incident, why="told the public"),
        Action("try_brief", "Try it", "support", presets.try_brief, why="a trial"),
        Action("save_preset", "Save as preset", "support", presets.save_preset, why="a trial worth keeping"),
        Action("try_wording", "Compare", "support", prompt_trial.try_wording, why="a trial"),
    )
}  # fmt: skip


def act(session: str, name: str, /, *, press: str, form_id: str = "", about: str = "", reason: str = "", **values: Any) -> str:
    """Do it once for each `press` (a click's id), and record who, why and the outcome. Call it without a database connection.

    Raises NotStaffError, NotAllowedError, ReasonMissingError, RefusedError.
    """
    action = ACTIONS[name]
    person = in_database(roles.require, session, action.role)
    in_database(note_use, session)
    reason = reason.strip() or action.why
    if len(reason) < roles.LEAST_REASON:
        raise ReasonMissingError
    row = in_database(roles.begin_action, person, name, press, form_id=form_id or None, about=about, reason=reason)
    if row is None:
        return in_database(roles.earlier, press)
    try:
        if form_id:
            in_database(ComposeForm.find, form_id)
        outcome = action.verb(Request(form_id, about, reason, values, person.email))
    except (NotFoundError, WrongMomentError, TooManyError, TooFewCreditsError, PaymentsError) as error:
        why = refusal_in_words(error) if isinstance(error, CodedError) else str(error)
        sentence = f"Not done: {why or error.__class__.__name__}."
        in_database(roles.end_action, row, sentence, form_id)
        raise ActionRefusedError(sentence) from error
    except Exception as error:
        in_database(roles.end_action, row, f"Failed: {error.__class__.__name__}", form_id)
        raise
    in_database(roles.end_action, row, outcome, form_id)
    return outcome
