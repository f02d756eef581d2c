"""Security headers on every response: strict on plain pages, as loose as NiceGUI needs on its pages."""

from __future__ import annotations

from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.storage import unencrypted_origin
from settings import settings
from ui.components.theme import brand_css, style_source
from ui.middleware.header_values import add_missing

# media-src https: songs of an older system, of a trusted server, and of a bucket are played from there.
_COMMON = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; "
    f"media-src 'self' https: {unencrypted_origin()}; "
    "base-uri 'none'; frame-ancestors 'none'; "
)
# Plain pages have no style in the page itself but the operator's colours, which are allowed by their hash.
_COLOURS = f" {style_source(brand_css(*settings.brand_colours))}" if settings.brand_colours else ""
STRICT = _COMMON + f"script-src 'self'; style-src 'self'{_COLOURS}; form-action 'self'"
# Without unsafe-inline and unsafe-eval a NiceGUI page stays blank (measured, NiceGUI 3.18).
NICEGUI = _COMMON + (
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; "
    "form-action 'self'"  # to Stripe's page, whatever its host, leads a script and no form
)
EMBEDDERS = " ".join(settings.embed_origins) or "'self'"
NICEGUI_PAGES = ("/compose/", "/_nicegui", "/internal")
PRIVATE_PAGES = (
    "/compose/", "/s/", "/embed/", "/mail/", "/api/compose", "/api/status", "/api/generate", "/library", "/login", "/logout",
    "/internal", "/sandbox/", "/demo/director",
)  # fmt: skip
# Plain forms: with no-referrer browsers send `Origin: null`, as they do for another site's form.
PAGES_WITH_FORMS = ("/library", "/login", "/sandbox/", "/s/", "/mail/", "/demo")


class SecurityHeaders:
    """ASGI middleware; a route that sets a header itself keeps its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the missing headers to each HTTP response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_missing(message, *_raw_headers(scope["path"], settings.is_production))
            await send(message)

        await self.app(scope, receive, send_with_headers)


@lru_cache(1000)
def _raw_headers(path: str, is_production: bool) -> tuple[tuple[bytes, bytes], ...]:
    """`headers_for`, as ASGI has them."""
    return tuple((name.lower().encode(), value.encode()) for name, value in headers_for(path).items())


def headers_for(path: str) -> dict[str, str]:
    """The headers of a response at this path. Static files need few: the page's own policy covers them."""
    headers = {"X-Content-Type-Options": "nosniff"}
    if settings.is_production:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if path.startswith("/static/"):
        return headers
    headers |= {
        "X-Frame-Options": "DENY",
        "Referrer-Policy": _referrer_policy(path),
        "Content-Security-Policy": NICEGUI if path.startswith(NICEGUI_PAGES) else STRICT,
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if path == "/compose/create":  # the browser's recogniser listens
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
    if path.startswith("/s/"):  # voice notes: recording, and playback before sending
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
        headers["Content-Security-Policy"] = STRICT.replace("media-src 'self'", "media-src 'self' blob:")
    if path.startswith(("/embed/", "/demo/widget")):
        headers["Content-Security-Policy"] = STRICT.replace("frame-ancestors 'none'", f"frame-ancestors {EMBEDDERS}")
        del headers["X-Frame-Options"]  # cannot list origins; frame-ancestors can
    if path.startswith(PRIVATE_PAGES):
        headers["Cache-Control"] = "no-store"
        headers["X-Robots-Tag"] = "noindex"
    return headers


def _referrer_policy(path: str) -> str:
    if path.startswith(PAGES_WITH_FORMS):
        return "same-origin"
    return "no-referrer" if path.startswith(PRIVATE_PAGES) else "strict-origin-when-cross-origin"
