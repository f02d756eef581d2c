"""Names of our cookies."""

from __future__ import annotations

from settings import settings


def cookie_name(name: str) -> str:
    """`__Host-…` in production: browsers take such a cookie over https from this very host only, for the whole site."""
    return f"__Host-{name}" if settings.is_production else name
