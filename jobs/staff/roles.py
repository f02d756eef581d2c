"""Staff: who they are, what their role allows, and the record of what they did and why."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from jobs.accounts.login import note_use, who
from models import LOGGED, StaffAction, notify
from settings import ROLES, settings

log = logging.getLogger("serenade.staff")
SHIFT = timedelta(hours=12)  # then they sign in again: a session on an unattended laptop ends the same day
IDLE = timedelta(hours=1)  # without a page asked for or an action: an open page that only follows changes is no use
LEAST_REASON = 4  # characters: "ok" explains nothing to whoever reads the timeline next year


class NotStaffError(Exception):
    """Not a member of staff: they get the page of an unknown address."""


class NotAllowedError(Exception):
    """Staff without the role that this takes; the message names it."""


@dataclass(frozen=True)
class Staff:
    """A member of staff, as their session says at this moment."""

    email: str
    role: str

    def may(self, role: str) -> bool:
        """Whether their role includes this one."""
        return ROLES.index(self.role) >= ROLES.index(role)


def staff_of(session: str) -> Staff | None:
    """The member of staff of this session, if it began within a shift and was used within the hour. Asked before every action,
    as it may end meanwhile.
    """
    user = who(session, SHIFT, IDLE)
    role = settings.staff_roles.get(user.email.lower()) if user else None
    return Staff(user.email.lower(), role) if user and role else None


def staff_at_work(session: str) -> Staff | None:
    """As `staff_of`, where somebody asks for a page or presses a button: that keeps the session going."""
    staff = staff_of(session)
    if staff:
        note_use(session)
    return staff


def require(session: str, role: str) -> Staff:
    """The member of staff behind this session. Raises NotStaffError, NotAllowedError."""
    staff = staff_of(session)
    if staff is None:
        raise NotStaffError
    if not staff.may(role):
        log.warning("refused: a %s tried an action that takes the role %s", staff.role, role)
        raise NotAllowedError(f"this takes the role {role}")
    return staff


def begin_action(
    staff: Staff, action: str, press: str, *, form_id: str | None, about: str = "", reason: str = ""
) -> int | None:
    """Record the start of an action; None where this click (`press`) is recorded already."""
    made = (
        StaffAction.insert(
            press=press, staff=staff.email, role=staff.role, action=action, form_id=form_id, about=about, reason=reason.strip()
        )
        .on_conflict_ignore()
        .returning(StaffAction.id)
        .tuples()
        .execute()
    )
    return next((int(row[0]) for row in made), None)


def end_action(action_id: int, outcome: str, form_id: str | None = None) -> None:
    """Record the outcome, and notify open pages."""
    StaffAction.update(outcome=outcome).where(StaffAction.id == action_id).execute()
    log.info("staff action %s on %s: %s", action_id, (form_id or "-")[:LOGGED], outcome)
    if form_id:
        notify(form_id)


def earlier(press: str) -> str:
    """The outcome of a click that is recorded already."""
    row = StaffAction.select().where(StaffAction.press == press).first()
    return (row and row.outcome) or "Already in progress."


def actions_of(form_id: str) -> list[StaffAction]:
    """What staff did with this form, newest last."""
    return list(StaffAction.select().where(StaffAction.form_id == form_id).order_by(StaffAction.id).limit(500))
