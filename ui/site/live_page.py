"""A live page that waits for a busy machine for as long as a patient person would, and then says so in our words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from nicegui import ui
from starlette.responses import Response

from ui.site.error_pages import busy_page

RESPONSE_TIMEOUT = 30.0  # seconds; NiceGUI's own are three. It forgets a page that no browser has come for after sixty


class live_page(ui.page):  # a decorator, named as NiceGUI names its own
    """`@live_page("/compose/lyrics")`: what every live page is registered with, in place of `ui.page`."""

    def __init__(self, path: str) -> None:
        super().__init__(path, response_timeout=RESPONSE_TIMEOUT)

    def _wrap(self, func: Callable[..., Any]) -> Callable[..., Any]:
        built = super()._wrap(func)

        @wraps(built)
        async def answered(*args: Any, **kwargs: Any) -> Response:
            answer: Response = await built(*args, **kwargs)
            nicegui_s = "X-NiceGUI-Content" in answer.headers
            return busy_page() if nicegui_s and answer.status_code >= 500 else answer  # whatever went wrong, it is not a page

        return answered
