"""The cookie of a login session."""

from __future__ import annotations

from typing import Annotated

from fastapi import Cookie

SESSION_COOKIE = "serenade_session"


Session = Annotated[str, Cookie(alias=SESSION_COOKIE)]
