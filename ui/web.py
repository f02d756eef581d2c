"""The web application: plain pages, NiceGUI pages, static files, and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from brotli_asgi import BrotliMiddleware
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from nicegui import app as nicegui_app
from nicegui import background_tasks, ui
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from settings import settings
from ui import create, library, live, login, public, success, variations
from ui.demo import director, scenes, tour, webhook, widget
from ui.gate import Gate
from ui.gift_pages import create_gift_app
from ui.headers import SecurityHeaders
from ui.plain import render
from ui.theme import STATIC_DIR, STATIC_URL, static_url

# Compressed already: once more costs time, loses Content-Length, and would make a lie of a Range answer.
COMPRESSED = [r"\.(mp3|png|pdf|zip|woff2)$", r"/keep\.html$"]
PAGES = (create, variations, success)  # importing a page registers its route


def create_app(mount_api: Callable[[FastAPI], None]) -> FastAPI:
    """Everything that one web process serves. `mount_api` adds the API, which this side of the house does not know."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        background_tasks.create(live.relay(), name="relay")
        yield

    app = FastAPI(lifespan=life, openapi_url=None, docs_url=None, redoc_url=None)
    mount_api(app)
    for pages in (public, login, library):
        app.include_router(pages.router)
    for part in (director, tour, widget, webhook, scenes):  # scenes last: /demo/{scene} would take the others' addresses
        app.include_router(part.router)
    app.mount(STATIC_URL, _Static(directory=STATIC_DIR), name="static")
    for owner in (app, nicegui_app):
        owner.add_exception_handler(404, _not_found)
        owner.add_exception_handler(HTTPException, _http_error)
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
        session_middleware_kwargs={"same_site": "lax", "https_only": settings.is_production},
        gzip_middleware_factory=None,
        show_welcome_message=False,
    )
    app.add_middleware(Aside, aside=create_gift_app())
    app.add_middleware(BrotliMiddleware, quality=5, minimum_size=600, excluded_handlers=COMPRESSED)
    app.add_middleware(Gate)
    app.add_middleware(SecurityHeaders)  # outermost: refusals carry the headers too
    return app


class Aside:
    """The gift's pages go past NiceGUI's sessions: no cookie, nothing kept in memory per visitor."""

    PATHS = ("/s/", "/embed/", "/oembed", "/mail/", "/media/reply/")

    def __init__(self, app: ASGIApp, aside: ASGIApp) -> None:
        self.app, self.aside = app, aside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """HTTP below PATHS is answered aside; everything else goes on."""
        if scope["type"] == "http" and scope["path"].startswith(self.PATHS):
            await self.aside({**scope, "app": self.aside}, receive, send)
        else:
            await self.app(scope, receive, send)


class _Static(StaticFiles):
    """What is asked for with its hash, and fonts, named by their version, may be kept for a year; the rest is asked again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As Starlette's, plus the cache header."""
        response = await super().get_response(path, scope)
        is_fixed = scope["query_string"].startswith(b"v=") or path.startswith("fonts/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_fixed else "no-cache"
        return response


async def _not_found(request: Request, error: Exception) -> Response:
    if request.url.path.startswith("/api/"):  # an address with a line break in it does not reach the API itself
        mistake = {"code": "not_found", "message": "There is nothing here under this id."}
        return JSONResponse({"success": False, "error": mistake}, status_code=404)
    if _is_asked_by_script(request):
        return JSONResponse({"error": {"message": "There is nothing of yours here under this id."}}, status_code=404)
    return page_of_words(
        404,
        "There is nothing here",
        "The link may be incomplete, or what was here has moved. If somebody sent it to you, ask them to send it again.",
    )


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    text = str(error.detail) if isinstance(error, HTTPException) else "Please try again in a moment."
    if _is_asked_by_script(request):
        return JSONResponse({"error": {"message": text}}, status_code=status)
    return page_of_words(status, "This did not work", text)


def _is_asked_by_script(request: Request) -> bool:
    return request.url.path.startswith(("/demo/director", "/demo/widget/bars"))


def page_of_words(status: int, heading: str, text: str) -> HTMLResponse:
    """A kind page in the house's voice."""
    content = render("message.html", heading=heading, text=text, action_url="/", action_label="To the front page")
    return HTMLResponse(content, status_code=status)


__all__ = ["create_app", "static_url"]
