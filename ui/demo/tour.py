"""/demo/tour: the title card of the tour. From here the director's script plays scene after scene on the real pages."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from i18n import speak, spoken
from jobs.demo.scenes import SCENES
from ui.components.methods import READ
from ui.demo.visitors import require_demo
from ui.templates import page, render

router = APIRouter(include_in_schema=False, dependencies=[Depends(require_demo)])


@router.api_route("/demo/tour", methods=READ)
def tour(scene: str = "", lang: str = "", speed: str = "1x") -> HTMLResponse:
    """The title of the next scene; it starts automatically unless the visitor prefers reduced motion."""
    slugs, lang = list(SCENES), lang or spoken()
    speak(lang)
    slug = scene if scene in SCENES else slugs[0]
    words = SCENES[slug].answers(lang)
    return page(render("demo_tour.html", scene=SCENES[slug], words=words, lang_asked=lang, speed=speed))
