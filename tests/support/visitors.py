"""A visitor's browser, whose errors fail the test: any error that the page reports, and a broken CSP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page

PHONE = {"width": 390, "height": 844}


@asynccontextmanager
async def visitor(browser: Browser, **context_options: Any) -> AsyncIterator[Page]:
    """A page in a context of its own, a phone where nothing else is asked for."""
    context = await browser.new_context(**({"viewport": PHONE} | context_options))
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    await context.close()
    assert errors == []
