"""/demo/widget: for other people's web pages. Type a name, hear eight bars. No cookie, nothing remembered but for a day."""

from __future__ import annotations

import asyncio
import re

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from jobs import demo_bars
from jobs.limits import TooManyError
from languages import speak, spoken
from settings import settings
from ui.callers import caller
from ui.demo.visitors import open_house
from ui.plain import render
from ui.public import READ

router = APIRouter(prefix="/demo/widget", include_in_schema=False, dependencies=[Depends(open_house)])
LONGEST = 25.0  # seconds that somebody waits for eight bars
WORDS = {
    "en": {
        "heading": "Eight bars with their name",
        "ask": "Their first name",
        "press": "Make it",
        "waiting": "Composing and recording, a few seconds…",
        "honest": "Made just now by our studio. It plays, it does not sing: the melody carries the name, syllable by syllable.",
        "more": "Make the whole song",
        "failed": "That did not work just now. Please try again in a moment.",
        "nameless": "Please type a name.",
        "busy": "Many names at once. Please try again in a few minutes.",
    },
    "es": {
        "heading": "Ocho compases con su nombre",
        "ask": "Su nombre",
        "press": "Crear",
        "waiting": "Componiendo y grabando, unos segundos…",
        "honest": "Lo hace ahora mismo nuestro propio estudio. Toca, aún no canta: la melodía lleva las sílabas del nombre.",
        "more": "Crear la canción entera",
        "failed": "Ahora mismo no ha funcionado. Inténtalo de nuevo en un momento.",
        "nameless": "Escribe un nombre, por favor.",
        "busy": "Demasiados nombres a la vez. Inténtalo de nuevo en unos minutos.",
    },
}


@router.api_route("", methods=READ)
def widget(lang: str = "") -> HTMLResponse:
    """The frame's content."""
    lang = lang if lang in WORDS else spoken() if spoken() in WORDS else "en"
    speak(lang)
    return HTMLResponse(render("demo_widget.html", words=WORDS[lang], lang=lang, home=settings.public_url))


@router.post("/bars")
async def bars(request: Request) -> JSONResponse:
    """Have them made, and answer once they are there. The name comes in the body: addresses are written into logs."""
    asked = await _json(request)
    lang = str(asked.get("lang")) if asked.get("lang") in WORDS else "en"
    try:
        key = await run_in_threadpool(demo_bars.ask, str(asked.get("name", "")), lang, caller(request.scope))
    except ValueError:
        raise HTTPException(422, WORDS[lang]["nameless"]) from None
    except TooManyError as error:
        raise HTTPException(429, WORDS[lang]["busy"], {"Retry-After": str(error.retry_after)}) from error
    for _ in range(int(LONGEST / 0.1)):
        told = await run_in_threadpool(demo_bars.found, key)
        if told is not None:
            told = {name: value for name, value in told.items() if name != "lang"}
            return JSONResponse({**told, "audioUrl": f"/demo/widget/{key}.mp3"}, headers={"Cache-Control": "no-store"})
        await asyncio.sleep(0.1)
    raise HTTPException(503, WORDS[lang]["failed"], {"Retry-After": "10"})


async def _json(request: Request) -> dict[str, object]:
    try:
        asked = await request.json()
    except ValueError:
        asked = None
    return asked if isinstance(asked, dict) else {}


@router.api_route("/{key}.mp3", methods=READ)
def sound(key: str) -> FileResponse:
    """The recording, in ranges as players ask for it."""
    path = demo_bars.folder() / f"{key}.mp3"
    if not re.fullmatch(r"[0-9a-f]{24}", key) or not path.is_file():
        raise HTTPException(404, "There is nothing here.")
    return FileResponse(
        path, media_type="audio/mpeg", headers={"Cache-Control": "private, max-age=3600", "Accept-Ranges": "bytes"}
    )
