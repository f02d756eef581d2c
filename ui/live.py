"""Live pages: a notification from Redis makes every open page of that form read its row again. No timers, no polling."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable

from nicegui import Client, Event, background_tasks
from peewee import OperationalError
from playhouse.pool import MaxConnectionsExceeded

from i18n import asked, speaking
from jobs.monitoring.process_metrics import OPEN_PAGES, PUSHES
from jobs.views.form_types import FormView
from jobs.views.form_view import read_form
from models import in_database
from pubsub import subscribe

log = logging.getLogger("serenade.live")
Show = Callable[[FormView], None]
_AGAIN = 5.0  # seconds after a reading that failed

changed = Event[str | None]()  # the id of a form that changed (None: look at everything), for pages that show many forms
_views: dict[str, set[Show]] = defaultdict(set)
OPEN_PAGES.set_function(lambda: sum(one.has_socket_connection for one in list(Client.instances.values())))
_reading: dict[str, bool] = {}  # form id -> it changed again while being read
_later: set[str] = set()  # forms that are read again in a moment


def follow(client: Client, form_id: str, show: Show) -> None:
    """Call `show` with the form, as read now, whenever it changes, for as long as the browser tab lives.

    A notification has no language: each page is drawn in the one that it was requested in.
    """
    language = asked()

    def show_it(form: FormView) -> None:
        with speaking(language):
            show(form)

    _views[form_id].add(show_it)

    def gone() -> None:
        _views[form_id].discard(show_it)
        if not _views[form_id]:
            del _views[form_id]

    client.on_delete(gone)


async def read_and_follow(client: Client, form_id: str, show: Show) -> FormView | None:
    """The form as it is now, for a page to draw without waiting any more; from then on as `follow`.

    What changed while it was read may have been read sooner than that, by somebody else: then this is it.
    """
    told = list[FormView]()
    take: Show = told.append

    def follow_it(form: FormView) -> None:
        take(form)

    follow(client, form_id, follow_it)
    form = await read_live(form_id)
    take = show
    return max((form, *told), key=lambda one: one.read_at) if form else None


async def relay() -> None:
    """Turn notifications into reads, for ever. After every (re)connection all open pages read again: one may have been lost."""
    async for form_id in subscribe():
        changed.emit(form_id)
        for wanted in [form_id] if form_id else list(_views):
            if wanted in _views:
                background_tasks.create(refresh(wanted), name=f"refresh {wanted[:12]}")


async def refresh(form_id: str) -> None:
    """One read per form at a time, however many pages show it and however many notifications arrive meanwhile."""
    if form_id in _reading:
        _reading[form_id] = True
        return
    _reading[form_id] = True
    try:
        while _reading[form_id]:
            _reading[form_id] = False
            with PUSHES.time():
                if (form := await read_live(form_id)) is None:
                    return
                for show in list(_views.get(form_id, ())):
                    _show(show, form)
    except (OperationalError, MaxConnectionsExceeded) as error:
        log.warning("a page could not be refreshed: %s", error.__class__.__name__)
        if form_id not in _later:
            _later.add(form_id)
            background_tasks.create(_refresh_later(form_id), name=f"refresh {form_id[:12]} later")
    finally:
        del _reading[form_id]


async def _refresh_later(form_id: str) -> None:
    """A busy database refuses a reading now and then, and the change it was for may be the last one for an hour."""
    await asyncio.sleep(_AGAIN)
    _later.discard(form_id)
    if form_id in _views:
        await refresh(form_id)


def _show(show: Show, form: FormView) -> None:
    """Draw one page; one that fails must not keep the others from being updated."""
    try:
        show(form)
    except Exception:
        log.exception("a page could not show its form")


async def read_live(form_id: str) -> FormView | None:
    """The form, read in a thread: the event loop never waits for the database."""
    return await asyncio.to_thread(in_database, read_form, form_id)
