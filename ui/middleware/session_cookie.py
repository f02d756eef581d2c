"""The cookie of a login session."""

from __future__ import annotations

from typing import Annotated

from fastapi import Cookie

COOKIE = "serenade_session"


Session = Annotated[str, Cookie(alias=COOKIE)]
