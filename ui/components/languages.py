"""The language a visitor chose, and the links that change it."""

from __future__ import annotations

from contextvars import ContextVar
from urllib.parse import urlencode

from fastapi.responses import RedirectResponse

from i18n import LANGUAGES, language_name
from settings import settings
from ui.components.cookies import cookie_name

PUBLIC_PAGES = ("/", "/terms", "/privacy", "/contact")  # each has an address of its own in every language, for search engines
LANGUAGE_COOKIE = cookie_name("serenade_language")
_YEAR = 365 * 86400
_here: ContextVar[str] = ContextVar("here", default="/")


def keep_language_cookie(answer: RedirectResponse, code: str) -> None:
    """Remember the choice in a cookie for a year."""
    answer.set_cookie(LANGUAGE_COOKIE, code, max_age=_YEAR, httponly=True, samesite="lax", secure=settings.is_production)


def in_language(path: str, code: str) -> str:
    """The address of a public page in one language, whoever asks."""
    return f"{path}?lang={code}"


def here() -> str:
    """The address of the page that is being rendered, for links that lead back to it."""
    return _here.get()


def lead_to_the_front() -> None:
    """Let the language links of the page that is being rendered lead to the front page: nothing leads back to it."""
    _here.set("/")


def choices(path: str) -> list[dict[str, str]]:
    """The languages as links that lead back to `path`, each under its own name."""
    return [
        {"code": code, "name": language_name(code), "url": f"/language/{code}?{urlencode({'next': path})}"}
        for code in LANGUAGES
    ]
