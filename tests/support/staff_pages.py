"""The pages of staff in a browser: somebody is signed in, pictures are taken, what was done is read from the rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page

from models import StaffAction, in_database
from tests.support.pictures import SHOTS
from tests.support.stack import Stack
from tests.support.staff import session_of

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@asynccontextmanager
async def signed_in_staff(
    browser: Browser, stack: Stack, who: str = "support", size: Any = DESKTOP, **more: Any
) -> AsyncIterator[Page]:
    """A browser in which somebody of staff is signed in."""
    context = await browser.new_context(viewport=size, **more)
    session = await asyncio.to_thread(session_of, who)
    await context.add_cookies([{"name": "serenade_session", "value": session, "url": stack.url}])
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


async def shoot(page: Page, name: str, full: bool = True) -> None:
    size = page.viewport_size
    assert size is not None
    SHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SHOTS / f"staff-{name}-{size['width']}.png", full_page=full)
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def acts(form_id: str, action: str) -> list[StaffAction]:
    query = StaffAction.select().where(StaffAction.form_id == form_id, StaffAction.action == action).order_by(StaffAction.id)
    return in_database(lambda: list(query))
