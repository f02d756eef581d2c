"""The web application: plain pages, NiceGUI pages, static files, and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from brotli_asgi import BrotliMiddleware
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from nicegui import app as nicegui_app
from nicegui import background_tasks, ui
from starlette.exceptions import HTTPException
from starlette.types import Scope

from settings import settings
from ui import create, library, live, login, public, success, variations
from ui.gate import Gate
from ui.headers import SecurityHeaders
from ui.internal import find, health, listen, order, preview
from ui.internal.door import StaffDoor
from ui.kind_pages import kind_page, not_there
from ui.theme import STATIC_DIR, STATIC_URL, static_url

PAGES = (create, variations, success, find, order, listen, health, preview)  # importing a page registers its route


def create_app(mount_api: Callable[[FastAPI], None]) -> FastAPI:
    """Everything that one web process serves. `mount_api` adds the API, which this side of the house does not know."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        background_tasks.create(live.relay(), name="relay")
        yield

    app = FastAPI(lifespan=life, openapi_url=None, docs_url=None, redoc_url=None)
    mount_api(app)
    for pages in (public, login, library, health):
        app.include_router(pages.router)
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
    app.add_middleware(BrotliMiddleware, quality=5, minimum_size=600)
    app.add_middleware(Gate)
    app.add_middleware(SecurityHeaders)  # refusals carry the headers too
    app.add_middleware(StaffDoor)  # outermost: what is hidden has the headers of what is not there
    return app


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
    return not_there()


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    text = str(error.detail) if isinstance(error, HTTPException) else "Please try again in a moment."
    return kind_page(status, "This did not work", text)


__all__ = ["create_app", "static_url"]
