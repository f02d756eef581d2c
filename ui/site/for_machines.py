"""What programs ask a site for: /robots.txt, /sitemap.xml and /.well-known/security.txt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from starlette.exceptions import HTTPException

from i18n import LANGUAGES
from settings import settings
from ui.components.languages import PUBLIC_PAGES, in_language
from ui.components.methods import READ

router = APIRouter(include_in_schema=False)
_GIFTS = "/s/"
_FOR_ONE = ("/compose", "/library", "/login", "/logout", "/success", "/variations", "/embed/", "/mail/", "/media/", "/oembed")
KEPT_OUT = (*_FOR_ONE, "/api/", "/demo/", "/internal", "/language/", "/metrics", "/sandbox/")
# They fetch what somebody sent to somebody, and show its picture; most of them read this file.
PREVIEWS = (
    "facebookexternalhit",
    "Twitterbot",
    "LinkedInBot",
    "Slackbot-LinkExpanding",
    "Discordbot",
    "TelegramBot",
    "WhatsApp",
)
SECURITY_DAYS = 180  # RFC 9116 section 2.5.5: less than a year
_DAY = {"Cache-Control": "public, max-age=86400"}


@router.api_route("/robots.txt", methods=READ)
def robots() -> PlainTextResponse:
    """Gifts, orders and staff pages are nobody's to index; a gift's link preview is drawn by whoever was sent the link."""
    names = "".join(f"User-agent: {name}\n" for name in PREVIEWS)
    out = "".join(f"Disallow: {path}\n" for path in KEPT_OUT)
    text = f"{names}Allow: {_GIFTS}\n{out}\nUser-agent: *\nDisallow: {_GIFTS}\n{out}\n"
    return PlainTextResponse(f"{text}Sitemap: {settings.public_url}/sitemap.xml\n", headers=_DAY)


@router.api_route("/sitemap.xml", methods=READ)
def sitemap() -> Response:
    """Every public page in every language, each naming its others (xhtml:link, as Google asks)."""
    entries = "".join(_entries())
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>\n{entries}</urlset>\n'
    return Response(content, media_type="application/xml; charset=utf-8", headers=_DAY)


def _entries() -> Iterator[str]:
    for path in (*PUBLIC_PAGES, *(("/demo",) if settings.demo else ())):
        pages = {"x-default": path}
        if path in PUBLIC_PAGES:
            pages |= {code: in_language(path, code) for code in LANGUAGES}
        urls = {code: escape(settings.public_url + page) for code, page in pages.items()}
        others = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{url}"/>' for code, url in urls.items())
        yield from (f"<url><loc>{url}</loc>{others}</url>\n" for url in urls.values())


@router.api_route("/.well-known/security.txt", methods=READ)
def security() -> PlainTextResponse:
    """RFC 9116; 404 until SECURITY_CONTACT is set."""
    if not settings.security_contact:
        raise HTTPException(404)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = {
        "Contact": settings.security_contact,
        "Expires": f"{today + timedelta(days=SECURITY_DAYS):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": ", ".join(LANGUAGES),
        "Canonical": f"{settings.public_url}/.well-known/security.txt",
    }
    return PlainTextResponse("".join(f"{name}: {value}\n" for name, value in lines.items()), headers=_DAY)
