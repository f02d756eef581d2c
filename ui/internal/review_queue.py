"""/internal/listen: the review queue: play, approve or flag one recording after another, by keyboard."""

from __future__ import annotations

import asyncio

from fastapi import Response
from nicegui import background_tasks
from nicegui.events import GenericEventArguments

from jobs.staff.review_queue import ToReview, to_review
from ui import live
from ui.components.elements import box, text
from ui.internal.action_dialog import ActionDialog
from ui.internal.staff_frame import Fragment, NotStaffError, StaffPage, enter, staff_frame
from ui.site.error_pages import not_there
from ui.site.live_page import live_page

_KEYS = (("Space", "play"), ("← →", "5 s"), ("0–9", "jump"), ("A", "approve"), ("F", "flag"), ("N", "next"), ("P", "back"))
MOVED = "(e) => { const b = e.target.closest('[data-move]'); if (b) emit(b.dataset.move); }"


@live_page("/internal/listen")
async def review_queue_page() -> Response | None:
    """The current recording stays until it is reviewed or skipped, whatever arrives meanwhile."""
    try:
        staff_page = await enter()
        page = ReviewQueue(staff_page)
        live.changed.subscribe(page.on_change)
        with staff_frame(staff_page, "Review queue", "/internal/listen"):
            page.build()
            await page.refresh()
    except NotStaffError:
        return not_there()
    return None


class ReviewQueue:
    """The queue, and the current recording in it."""

    def __init__(self, staff_page: StaffPage) -> None:
        self.staff_page = staff_page
        self.queue: list[ToReview] = []
        self.current = ""
        self.waiting = False

    def build(self) -> None:
        """Drawn once; the current recording changes."""
        with box("div", "queue") as place:
            with box("div", "top"):
                text("h1", "Review queue")
                with box("p", "muted keys"):
                    for key, meaning in _KEYS:
                        text("kbd", key)
                        text("span", f" {meaning}  ")
            self.fragment = Fragment("review_queue.html")
        self.dialog = ActionDialog(self.staff_page, self._form)
        self.dialog.watch(place)
        place.on("click", self._move, js_handler=MOVED)

    def _form(self) -> str:
        return next((one.form_id for one in self.queue if one.task_id == self.current), "")

    async def refresh(self) -> None:
        """Read the queue; keep the current recording."""
        before = [one.task_id for one in self.queue]
        self.queue = await self.staff_page.read(to_review)
        tasks = [one.task_id for one in self.queue]
        if self.current not in tasks:  # it was reviewed: go on with the one after it, or the newest
            following = before[before.index(self.current) + 1 :] if self.current in before else []
            self.current = next((task for task in following if task in tasks), tasks[0] if tasks else "")
        self._draw()

    def _draw(self) -> None:
        current = next((one for one in self.queue if one.task_id == self.current), None)
        self.fragment.show(one=current, queue=self.queue, may=self.staff_page.staff.may("support"))

    async def _move(self, event: GenericEventArguments) -> None:
        tasks = [one.task_id for one in self.queue]
        wanted = str(event.args)
        if self.current in tasks and wanted in ("next", "back"):
            number = tasks.index(self.current) + (1 if wanted == "next" else -1)
            self.current = tasks[max(0, min(number, len(tasks) - 1))]
        elif wanted in tasks:
            self.current = wanted
        self._draw()
        self.staff_page.client.run_javascript(f"staff.play('{self.current}')" if self.current in tasks else "")

    def on_change(self, form_id: str | None) -> None:
        """Some form changed: read the queue again, three times a second at most."""
        if not self.waiting:
            self.waiting = True
            background_tasks.create(self._soon(), name="refresh the review queue")

    async def _soon(self) -> None:
        await asyncio.sleep(0.3)
        self.waiting = False
        if self.staff_page.client.is_deleted or not hasattr(self, "dialog"):
            return
        try:
            with self.staff_page.client:
                before = self.current
                await self.refresh()
                if before and self.current and before != self.current:  # reviewed: play the next
                    self.staff_page.client.run_javascript(f"staff.play('{self.current}')")
        except NotStaffError:
            self.staff_page.leave()
