"""/demo: the list of scenes; /demo/{scene}: a new form of one, on the real pages."""

from __future__ import annotations

import re

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from i18n import LANGUAGES, _, language_name, spoken
from jobs.demo.scenes import SCENES
from jobs.rate_limits import TooManyError
from models import NotFoundError
from settings import settings
from ui.components.languages import keep_language_cookie
from ui.components.methods import READ
from ui.demo.starting import start
from ui.demo.visitors import keep_visitor, known, require_demo
from ui.middleware.client_ip import caller
from ui.templates import render

router = APIRouter(include_in_schema=False, dependencies=[Depends(require_demo)])
SPEEDS = (1, 2, 5, 10, 20)


@router.api_route("/demo", methods=READ)
def all_scenes() -> HTMLResponse:
    """The list of scenes, with their options."""
    scenes = list(SCENES.values())
    songs_in = {code: language_name(code) for code in LANGUAGES if code in scenes[0].words}
    return HTMLResponse(render("demo.html", scenes=scenes, speeds=SPEEDS, songs_in=songs_in, home=settings.public_url))


@router.head("/demo/{scene}")
def whether_there_is_one(scene: str) -> Response:
    """HEAD begins nothing: there is no form to be sent to."""
    if scene not in SCENES:
        raise HTTPException(404, _("There is no such scene."))
    return Response(headers={"Cache-Control": "no-store"})


@router.get("/demo/{scene}")
def one_scene(request: Request, scene: str, name: str = "", lang: str = "", speed: str = "1x", play: str = "drive") -> Response:
    """`/demo/birthday?name=Mia&lang=es&speed=20x&play=play`: a form for this visitor and a redirect to its first page."""
    visitor, lang = known(request), lang if lang in LANGUAGES else spoken()
    try:
        address = start(scene, visitor, address=caller(request.scope), name=name, lang=lang, speed=speed_of(speed), mode=play)
    except NotFoundError:
        raise HTTPException(404, _("There is no such scene.")) from None
    except TooManyError as error:
        raise HTTPException(429, _("Many scenes began here just now. Please wait a few minutes.")) from error
    answer = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    keep_visitor(answer, visitor)
    keep_language_cookie(answer, lang)  # a scene in Spanish gets Spanish pages
    return answer


def speed_of(text: str) -> float:
    """`20x` and `20` are twenty; anything else is 1."""
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?)x?", text.strip().lower())
    return float(found[1]) if found else 1.0
