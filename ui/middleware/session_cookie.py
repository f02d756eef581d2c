"""The cookie of a login session."""

from __future__ import annotations

from typing import Annotated

from fastapi import Cookie

from ui.components.cookies import cookie_name

SESSION_COOKIE = cookie_name("serenade_session")

Session = Annotated[str, Cookie(alias=SESSION_COOKIE)]
