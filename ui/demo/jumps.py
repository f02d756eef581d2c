"""Jumps: bring a demo form to any step with the same functions that a customer's clicks call, without the pauses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from integrations.payments.sandbox import demo_sandbox, sessions
from jobs.demo.director import ask_for_one_more, demo_state, fail_cell, rush
from jobs.demo.forms import own
from jobs.forms.drafts import submit
from jobs.generation.variations import begin_variations, choose_variation
from jobs.payments.checkout import apart, fulfil, start_checkout
from models import (
    AT_PROVIDER,
    PAID,
    UNFINISHED,
    ComposeForm,
    Demo,
    Variation,
    VariationStatus,
    VariationStep,
    WrongMomentError,
    in_database,
)

_T = TypeVar("_T")
STEPS = ("tell", "listen", "choose", "pay", "gift", "share")
_LONGEST = 60.0  # seconds that a jump may wait for the studio


async def reach(form_id: str, visitor: str, step: str) -> str:
    """Bring the form to the step; returns its URL. Raises NotFoundError, WrongMomentError where the form is beyond it."""
    await _in_thread(own, form_id, visitor)
    status = str(await _in_thread(lambda: ComposeForm.find(form_id).status))
    if status in PAID and step not in ("gift", "share"):
        raise WrongMomentError("paid_already")
    if step == "tell":
        return f"/compose/create?formId={form_id}"
    if status not in PAID:
        await _in_thread(submit, form_id)
        await _in_thread(begin_variations, form_id)
        if step == "listen":
            return f"/compose/variations?formId={form_id}"
        await _in_thread(rush, form_id, visitor)
        url = await _until_payment(form_id, step)
        if url:
            return url
        await apart(_pay, form_id)
    if step == "gift":
        return f"/compose/success?formId={form_id}"
    state = await _in_thread(demo_state, form_id, visitor)
    return state.share or f"/compose/success?formId={form_id}"


async def _until_payment(form_id: str, step: str) -> str:
    """Wait for the recordings, choose, and open the payment; returns the step's URL, or "" where the jump goes further."""
    await _until(lambda: _cells(form_id, VariationStatus.READY))
    if step == "choose":
        return f"/compose/variations?formId={form_id}"
    chosen = (await _in_thread(lambda: ComposeForm.find(form_id).selected_variations)).get("0")
    if not chosen:
        await _in_thread(choose_variation, form_id, 0, (await _in_thread(_cells, form_id, VariationStatus.READY))[0])
    opened = await apart(start_checkout, form_id, consent=True)
    return opened.url if step == "pay" else ""


def _pay(form_id: str) -> None:
    """Pay as a click on the demo's payment page does."""
    session_id = str(in_database(lambda: ComposeForm.find(form_id).stripe_session_id))
    sandbox = demo_sandbox()
    sandbox.ask(lambda ledger: sessions.pay(ledger, ledger.found("checkout.session", session_id), "paid", ""))
    fulfil(session_id, demo=True)


async def fail(form_id: str, visitor: str) -> int:
    """Let a recording fail; where all are ready, one more version is started for it."""
    try:
        return await _in_thread(fail_cell, form_id, visitor)
    except WrongMomentError:
        if not await _in_thread(_cells, form_id, *UNFINISHED):
            await _in_thread(ask_for_one_more, form_id, visitor)

    def being_made() -> list[int]:
        return [
            row.variation
            for row in Variation.select().where(Variation.form == form_id, Variation.provider_task_id.is_null(False))
            if row.status in AT_PROVIDER and row.step != VariationStep.FINISHING
        ]

    await _until(being_made)
    return await _in_thread(fail_cell, form_id, visitor)


async def replay(form_id: str, visitor: str) -> dict[str, int]:
    """Send the signed payment events once more; returns how often they arrived and how often they fulfilled something."""
    before = await _in_thread(own, form_id, visitor)
    session_id = await _in_thread(lambda: ComposeForm.find(form_id).stripe_session_id)
    sent = await asyncio.to_thread(lambda: demo_sandbox().ask(lambda ledger: ledger.send_again(str(session_id))))
    if not sent:
        raise WrongMomentError("nothing_paid_yet")
    wanted = before.events_received + sent
    await _until(lambda: Demo.get_by_id(form_id).events_received >= wanted)
    seen = await _in_thread(demo_state, form_id, visitor)
    return {"received": seen.events_received, "given": seen.times_given, "mails": seen.mails}


def _cells(form_id: str, *statuses: str) -> list[int]:
    rows = Variation.select(Variation.variation).where(Variation.form == form_id, Variation.status.in_(statuses))
    return [row.variation for row in rows.order_by(Variation.ready_at)]


async def _until(look_for: Callable[[], object]) -> None:
    """Poll until `look_for` finds something. Raises WrongMomentError after _LONGEST seconds."""
    began, pause = time.monotonic(), 0.05
    while time.monotonic() - began < _LONGEST:
        if await _in_thread(look_for):
            return
        pause = min(1.0, pause * 1.3)  # many visitors at once must not keep the database busy with polling
        await asyncio.sleep(pause)
    raise WrongMomentError("studio_is_slow")


async def _in_thread(work: Callable[..., _T], *args: object) -> _T:
    return await asyncio.to_thread(in_database, work, *args)
