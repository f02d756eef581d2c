"""The gift's own application beside NiceGUI's: its routes, and its error pages."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded
from starlette.exceptions import HTTPException

from i18n import _
from integrations.storage import StorageError
from jobs.gifts.gift import GiftGoneError
from models import NotFoundError
from settings import settings
from ui.account import unsubscribe
from ui.gift import files, home_screen, pages, photos, replies, videos
from ui.site.error_pages import busy_page, error_page


def create_gift_app() -> FastAPI:
    """Everything below /s, /embed, /oembed and /mail."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for part in (home_screen, pages, photos, replies, files, videos, unsubscribe):
        app.include_router(part.router)
    app.add_exception_handler(NotFoundError, _unknown)
    app.add_exception_handler(GiftGoneError, _gone)
    app.add_exception_handler(HTTPException, _refused)
    for busy in (OperationalError, MaxConnectionsExceeded, StorageError):
        app.add_exception_handler(busy, _busy)
    return app


async def _unknown(request: Request, error: Exception) -> Response:
    return error_page(
        404,
        _("There is nothing here"),
        _("The link may be incomplete. If somebody sent it to you, ask them to send it again."),
    )


async def _gone(request: Request, error: Exception) -> Response:
    return error_page(
        410,
        _("This gift is no longer here"),
        _(
            "The song behind this link was taken back, or it has a new link. If it was meant for you, ask the person who "
            "sent it."
        ),
        action_label=_("What is {brand}?", brand=settings.brand_name),
    )


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return await _unknown(request, error)
    detail = str(error.detail) if isinstance(error, HTTPException) else ""
    ours = detail not in ("", HTTPStatus(status).phrase)  # "Method Not Allowed" means nothing to a visitor
    return error_page(status, _("This did not work"), detail if ours else _("Please try again in a moment."))


async def _busy(request: Request, error: Exception) -> Response:
    return busy_page()
