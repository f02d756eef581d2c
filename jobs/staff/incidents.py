"""Staff actions on /status: tell the public of trouble, and that it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.forms.form_data import clean_answer
from models import Incident, WrongMomentError, in_database, now

if TYPE_CHECKING:
    from jobs.staff.action_request import Request

LEAST, MOST = 10, 500  # characters of what the public reads


def publish_incident(request: Request) -> str:
    """Show a text on /status until it is ended. Raises WrongMomentError for one that is too short or too long."""
    text = str(clean_answer(str(request.values.get("text", "")))).strip()
    if not LEAST <= len(text) <= MOST:
        raise WrongMomentError(f"the text has {len(text)} characters; {LEAST} to {MOST} are needed")
    in_database(lambda: Incident.insert(text=text, staff=request.by).execute())
    return "Everybody can read it at /status now."


def end_incident(request: Request) -> str:
    """Say that it is over. Once: a second press changes nothing."""
    number = int(request.about) if request.about.isascii() and request.about.isdigit() else 0
    ended = in_database(
        lambda: Incident.update(ended_at=now()).where(Incident.id == number, Incident.ended_at.is_null()).execute()
    )
    return "It is over, and /status says so." if ended else "It was over already."
