"""/demo/widget: for other web sites. Type a name, hear eight bars. No cookie; samples are kept for a day."""

from __future__ import annotations

import asyncio
import re

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from i18n import LANGUAGES, _, speak, spoken
from jobs.demo import name_sample
from jobs.rate_limits import TooManyError
from settings import settings
from ui.components.methods import READ
from ui.demo.visitors import require_demo
from ui.middleware.client_ip import caller
from ui.templates import page, render

router = APIRouter(prefix="/demo/widget", include_in_schema=False, dependencies=[Depends(require_demo)])
_LONGEST = 25.0  # seconds that a request waits for a sample


@router.api_route("", methods=READ)
def widget(lang: str = "") -> HTMLResponse:
    """The frame's content, in the language of its URL or else the browser's."""
    if lang in LANGUAGES:
        speak(lang)
    return page(render("demo_widget.html", home=settings.public_url))


@router.post("/bars")
async def bars(request: Request) -> JSONResponse:
    """Record a sample, and answer once it is ready. The name is in the body, as URLs appear in logs."""
    asked = await _json(request)
    if asked.get("lang") in LANGUAGES:
        speak(str(asked["lang"]))
    try:
        key = await run_in_threadpool(name_sample.ask, str(asked.get("name", "")), spoken(), caller(request.scope))
    except ValueError:
        raise HTTPException(422, _("Please type a name.")) from None
    except TooManyError as error:
        wait = {"Retry-After": str(error.retry_after)}
        raise HTTPException(429, _("Many names at once. Please try again in a few minutes."), wait) from error
    for _try in range(int(_LONGEST / 0.1)):
        sample = await run_in_threadpool(name_sample.found, key)
        if sample is not None:
            sample = {name: value for name, value in sample.items() if name != "lang"}
            return JSONResponse({**sample, "audioUrl": f"/demo/widget/{key}.mp3"}, headers={"Cache-Control": "no-store"})
        await asyncio.sleep(0.1)
    raise HTTPException(503, _("That did not work just now. Please try again in a moment."), {"Retry-After": "10"})


async def _json(request: Request) -> dict[str, object]:
    try:
        asked = await request.json()
    except ValueError:
        asked = None
    return asked if isinstance(asked, dict) else {}


@router.api_route("/{key}.mp3", methods=READ)
def sample_sound(key: str) -> FileResponse:
    """The recording; players request it in ranges."""
    path = name_sample.folder() / f"{key}.mp3"
    if not re.fullmatch(r"[0-9a-f]{24}", key) or not path.is_file():
        raise HTTPException(404)
    return FileResponse(
        path, media_type="audio/mpeg", headers={"Cache-Control": "private, max-age=3600", "Accept-Ranges": "bytes"}
    )
