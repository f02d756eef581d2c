"""A press that did not reach the database is never passed over in silence: the page says so, whichever handler it was."""

from __future__ import annotations

from typing import Any

from nicegui import Client
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded

from i18n import N_, _, asked, speaking
from ui.components.elements import text

_UNREACHED = N_("We cannot reach our server right now. Nothing is lost; please press again in a moment.")


def say_what_is_unreached(client: Client) -> None:
    """Draw the place for the sentence. It goes with the next press."""
    language, handle = asked(), client.handle_event
    notice = text("p", "", "unreached", role="alert")
    notice.set_visibility(False)

    def failed(error: Exception) -> None:
        if isinstance(error, OperationalError | MaxConnectionsExceeded):
            with speaking(language):
                notice.set_text(_(_UNREACHED))
            notice.set_visibility(True)

    def handle_event(message: dict[str, Any]) -> None:
        notice.set_visibility(False)
        handle(message)

    client.handle_event = handle_event  # type: ignore[method-assign,assignment] # all its events pass here
    client.on_exception(failed)
