"""The web application: plain pages, NiceGUI pages, static files, and the headers that every answer carries."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from brotli_asgi import BrotliMiddleware
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from nicegui import app as nicegui_app
from nicegui import background_tasks, ui
from nicegui.nicegui import sio, sio_app
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded
from starlette.exceptions import HTTPException

from api import create_api, health, media, metrics
from i18n import N_, _, speak
from integrations.payments.sandbox import demo_sandbox, demo_sandbox_router, sandbox_of, sandbox_router
from settings import settings
from ui import live
from ui.account import library, login
from ui.components.cookies import cookie_name
from ui.components.theme import STATIC_DIR, STATIC_URL, script_tags, static_url
from ui.compose import create, heard_name, lyrics, success, variations
from ui.demo import director, scenes, tour, webhook, widget
from ui.gift.gift_app import create_gift_app
from ui.internal import dashboard, order, preview, review_queue, search
from ui.middleware import locale
from ui.middleware.head_answers import HeadAnswers
from ui.middleware.no_session import NoSession
from ui.middleware.page_socket import PageSocket
from ui.middleware.request_guard import RequestGuard
from ui.middleware.request_ids import RequestIds
from ui.middleware.security_headers import SecurityHeaders, headers_for
from ui.middleware.sent_packets import let_go_of_sent_packets
from ui.middleware.staff_only import StaffOnly
from ui.middleware.strip_quasar import StripQuasar
from ui.site import for_machines, landing, offline, status
from ui.site.error_pages import busy_page, error_page, not_there
from ui.static_files import Static

log = logging.getLogger("serenade.pages")

# Compressed already: gzip would cost time, lose Content-Length, and break Range responses.
COMPRESSED = [r"\.(mp3|mp4|jpg|png|pdf|zip|woff2)$", r"/keep\.html$"]
# NiceGUI keeps a record of every browser tab that ever connected, by itself for thirty days. Only the search of staff writes
# into it, who sign in anew every twelve hours.
TAB_SECONDS = 24 * 60 * 60.0
_PAGES = (
    create,
    lyrics,
    variations,
    success,
    search,
    order,
    review_queue,
    dashboard,
    preview,
)  # importing a page registers its route


def mount_api(app: FastAPI) -> None:
    """What is no page: the API, health, media and metrics, and the sandboxes where they stand in for Stripe."""
    app.mount("/api", create_api())
    app.include_router(health.router)
    app.include_router(media.router)
    app.include_router(metrics.create_router())
    if settings.is_sandbox:
        sandbox = sandbox_of(settings)
        app.include_router(sandbox_router(sandbox))
        sandbox.start_delivery()  # events that an earlier run could not deliver are still to be sent
    if settings.demo:
        demo_sandbox().page_scripts = lambda: script_tags("demo-director.js")
        app.include_router(demo_sandbox_router())
        demo_sandbox().start_delivery()


def create_app(first: Callable[[FastAPI], None] = mount_api) -> FastAPI:
    """Everything that one web process serves. `first` adds what is looked up before the pages."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        background_tasks.create(live.relay(), name="relay")
        yield

    app = FastAPI(lifespan=life, openapi_url=None, docs_url=None, redoc_url=None)
    first(app)  # an address is looked up in this order, and this is what is asked for most
    for pages in (landing, for_machines, locale, login, library, offline, status, dashboard, heard_name):
        app.include_router(pages.router)
    for part in (director, tour, widget, webhook, scenes):  # last: /demo/{scene} would match the other demo paths
        app.include_router(part.router)
    app.mount(STATIC_URL, Static(directory=STATIC_DIR), name="static")
    for owner in (app, nicegui_app):
        owner.add_exception_handler(404, _http_error)  # NiceGUI registers one of its own for this status
        owner.add_exception_handler(HTTPException, _http_error)
        owner.add_exception_handler(Exception, _broken)
        for kind in BUSY:
            owner.add_exception_handler(kind, _busy)
    _add_nicegui(app)
    let_go_of_sent_packets(sio.eio)
    app.add_middleware(PageSocket, socket_app=sio_app)
    app.add_middleware(NoSession, aside=create_gift_app())
    app.add_middleware(StripQuasar)
    app.add_middleware(BrotliMiddleware, quality=5, minimum_size=600, excluded_handlers=COMPRESSED)
    app.add_middleware(HeadAnswers)
    app.add_middleware(RequestGuard)
    app.add_middleware(locale.LocaleMiddleware)
    app.add_middleware(SecurityHeaders)  # refusals get the headers too
    app.add_middleware(StaffOnly)  # outside of all that answers: a hidden page has the same headers as one that does not exist
    app.add_middleware(RequestIds)  # outermost: refusals are found by their id too
    return app


def _add_nicegui(app: FastAPI) -> None:
    nicegui_app.storage.max_tab_storage_age = TAB_SECONDS
    ui.run_with(
        app,
        title=settings.brand_name,
        favicon=STATIC_DIR / "favicon.svg",
        dark=None,
        language="en-US",
        binding_refresh_interval=None,
        reconnect_timeout=30.0,
        tailwind=False,
        storage_secret=settings.secret_key,
        session_middleware_kwargs={
            "same_site": "lax",
            "https_only": settings.is_production,
            "session_cookie": cookie_name("session"),
        },
        gzip_middleware_factory=None,
        show_welcome_message=False,
    )


BUSY = (OperationalError, MaxConnectionsExceeded)
ASKED_BY_SCRIPTS = ("/demo/director", "/demo/widget/bars")
_WORDS = {
    405: (N_("Not like this"), N_("This address does not take what was sent to it. Go back, and try it from the page itself.")),
    410: (N_("This is over"), N_("What was here has been removed for good. You can start a new song whenever you like.")),
    429: (N_("One moment, please"), N_("That was a lot at once. Nothing is lost; please try again in a minute.")),
    500: (
        N_("We dropped a note"),
        N_("Something went wrong on our side; it is written down. Nothing of yours is lost: please try again."),
    ),
}


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404 and request.url.path.startswith("/api/"):  # a path with a line break in it does not reach the API itself
        mistake = {"code": "not_found", "message": _("There is nothing here under this id.")}
        return JSONResponse({"success": False, "error": mistake}, status_code=404)
    headers = error.headers if isinstance(error, HTTPException) else None
    if request.url.path.startswith(ASKED_BY_SCRIPTS):
        text = str(error.detail) if isinstance(error, HTTPException) and status != 404 else _("There is nothing of yours here.")
        return JSONResponse({"error": {"message": text}}, status_code=status, headers=headers)
    answer = not_there() if status == 404 else _kind(status)
    answer.headers.update(dict(headers or {}))
    return answer


def _kind(status: int) -> Response:
    heading, text = _WORDS.get(status) or _WORDS[500 if status >= 500 else 405]
    return error_page(status, _(heading), _(text))


async def _busy(request: Request, error: Exception) -> Response:
    """The database is away or takes nobody else right now: the answer of the API, as a page."""
    log.error("busy: %s", error.__class__.__name__)
    page = busy_page()
    if request.url.path.startswith(ASKED_BY_SCRIPTS):
        said = _("We are busy right now. Please try again in a moment.")
        return await _http_error(request, HTTPException(503, said, {"Retry-After": page.headers["Retry-After"]}))
    return page


async def _broken(request: Request, error: Exception) -> Response:
    """A bug, or a store that is down: the traceback goes to the log, the customer gets an error page."""
    speak(locale.language_of_request(request.scope))  # the task may be another one than the middleware's
    answer = await _busy(request, error) if isinstance(error, BUSY) else _kind(500)
    answer.headers.update(headers_for(request.url.path))  # this handler stands outside of all middleware
    return answer


__all__ = ["create_app", "static_url"]
