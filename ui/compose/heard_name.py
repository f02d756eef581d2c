"""POST /heard-name: a name as the studio sings it, for "Hear it" in the form. It is in the body, as URLs appear in logs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from i18n import _
from integrations.music.studio.singing.name_line import NotSungError
from jobs.forms.heard_name import hear_name
from jobs.rate_limits import TooManyError
from ui.middleware.client_ip import caller

router = APIRouter(include_in_schema=False)


@router.post("/heard-name")
async def heard_name(request: Request) -> Response:
    """An MP3; 204 where the browser's own voice must do, since nobody of ours sings this language."""
    try:
        asked = await request.json()
        name, language, voice = (str(asked.get(key) or "") for key in ("name", "language", "voice"))
        sound = await run_in_threadpool(hear_name, name, language, voice, caller(request.scope))
    except (ValueError, AttributeError):
        raise HTTPException(422, _("Please type a name.")) from None
    except TooManyError as error:
        raise HTTPException(429, headers={"Retry-After": str(error.retry_after)}) from None
    except NotSungError:
        raise HTTPException(503, headers={"Retry-After": "5"}) from None
    if sound is None:
        return Response(status_code=204)
    return Response(sound, media_type="audio/mpeg", headers={"Cache-Control": "no-store"})
