"""/demo/webhook: for events of the demo's sandbox. Its secret differs from that of the real webhook."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from integrations.payments import BadEvent, read_event
from integrations.payments.demo_keys import demo_webhook_secret
from jobs.demo.director import note_event
from jobs.payments.checkout import PaymentsError, apart, fulfil
from jobs.payments.stripe_events import SESSION_EVENTS
from jobs.views.form_view import form_of_session
from models import in_database
from settings import settings
from ui.demo.visitors import require_demo

router = APIRouter(include_in_schema=False, dependencies=[Depends(require_demo)])


@router.post("/demo/webhook")
async def take(request: Request) -> JSONResponse:
    """Fulfil the session that the event is about, as the real webhook's job does. Counted, so that a replay is visible."""
    try:
        event = read_event(await request.body(), request.headers.get("stripe-signature", ""), (demo_webhook_secret(settings),))
    except BadEvent:
        raise HTTPException(400, "bad signature or shape") from None
    if event.type in SESSION_EVENTS:
        form_id = await run_in_threadpool(in_database, form_of_session, event.object_id)
        if form_id is not None:
            await run_in_threadpool(in_database, note_event, form_id)
        try:
            await apart(fulfil, event.object_id, demo=True)
        except PaymentsError:
            raise HTTPException(503, "later, please") from None
    return JSONResponse({"received": True})
