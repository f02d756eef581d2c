"""ASGI middleware of the web process: request guard, locale, security headers, staff-only pages."""
