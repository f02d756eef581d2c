"""A gift on the recipient's home screen: its manifest, and the service worker that plays it without a network."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse, JSONResponse

from i18n import _, speaking
from jobs.gifts.gift import find_gift
from models import in_database
from settings_checks import PAPER_LIGHT
from ui.components.methods import READ
from ui.components.theme import STATIC_DIR
from ui.gift.titles import gift_title

router = APIRouter()


@router.api_route("/s/sw.js", methods=READ)
def gift_worker_script() -> FileResponse:
    """Its folder is what it may control: gift pages and nothing else."""
    return FileResponse(STATIC_DIR / "gift-worker.js", media_type="text/javascript")


@router.api_route("/s/{token}/manifest.webmanifest", methods=READ)
def manifest(token: str) -> JSONResponse:
    """https://www.w3.org/TR/appmanifest/ of one gift. A home screen is not private: the name only where the giver allows it."""
    gift = in_database(find_gift, token)
    place = f"/s/{token}"
    with speaking(gift.locale):
        title, short = gift_title(gift, with_name=gift.name_in_preview), _("A song")
    return JSONResponse(
        {
            "id": place,
            "start_url": place,
            "scope": place,
            "name": title,
            "short_name": short,
            "display": "standalone",
            "background_color": PAPER_LIGHT,
            "theme_color": PAPER_LIGHT,
            "icons": [{"src": f"{place}/cover.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable"}],
        },
        media_type="application/manifest+json",
    )
