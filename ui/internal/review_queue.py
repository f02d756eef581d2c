"""/internal/listen: one recording after another, by keys alone: play, approve, flag, next."""

from __future__ import annotations

import asyncio

from fastapi import Response
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from jobs.staff.review_queue import ToReview, to_review
from ui import live
from ui.components.elements import box, text
from ui.internal.action_dialog import ActionDialog
from ui.internal.staff_frame import Fragment, NotStaffError, StaffPage, enter, staff_frame
from ui.site.error_pages import not_there

KEYS = (("Space", "play"), ("← →", "5 s"), ("0–9", "jump"), ("A", "approve"), ("F", "flag"), ("N", "next"), ("P", "back"))
MOVED = "(e) => { const b = e.target.closest('[data-move]'); if (b) emit(b.dataset.move); }"


@ui.page("/internal/listen")
async def listen_page() -> Response | None:
    """What is on stage stays there until it is judged or passed over, whatever arrives meanwhile."""
    try:
        desk = await enter()
        page = Listening(desk)
        live.changed.subscribe(page.heard)
        with staff_frame(desk, "Listen", "/internal/listen"):
            page.build()
            await page.look()
    except NotStaffError:
        return not_there()
    return None


class Listening:
    """The queue, and where in it we are."""

    def __init__(self, desk: StaffPage) -> None:
        self.desk = desk
        self.queue: list[ToReview] = []
        self.on_stage = ""
        self.waiting = False

    def build(self) -> None:
        """Drawn once; the stage changes."""
        with box("div", "queue") as place:
            with box("div", "top"):
                text("h1", "Listen")
                with box("p", "muted keys"):
                    for key, meaning in KEYS:
                        text("kbd", key)
                        text("span", f" {meaning}  ")
            self.stage = Fragment("review_queue.html")
        self.asking = ActionDialog(self.desk, self._form)
        self.asking.watch(place)
        place.on("click", self._move, js_handler=MOVED)

    def _form(self) -> str:
        return next((one.form_id for one in self.queue if one.task_id == self.on_stage), "")

    async def look(self) -> None:
        """Read the queue; keep on stage what is on stage."""
        before = [one.task_id for one in self.queue]
        self.queue = await self.desk.read(to_review)
        tasks = [one.task_id for one in self.queue]
        if self.on_stage not in tasks:  # it was judged: the one that followed it comes, or the newest
            following = before[before.index(self.on_stage) + 1 :] if self.on_stage in before else []
            self.on_stage = next((task for task in following if task in tasks), tasks[0] if tasks else "")
        self._draw()

    def _draw(self) -> None:
        on_stage = next((one for one in self.queue if one.task_id == self.on_stage), None)
        self.stage.show(one=on_stage, queue=self.queue, may=self.desk.staff.may("support"))

    async def _move(self, event: GenericEventArguments) -> None:
        tasks = [one.task_id for one in self.queue]
        wanted = str(event.args)
        if self.on_stage in tasks and wanted in ("next", "back"):
            number = tasks.index(self.on_stage) + (1 if wanted == "next" else -1)
            self.on_stage = tasks[max(0, min(number, len(tasks) - 1))]
        elif wanted in tasks:
            self.on_stage = wanted
        self._draw()
        self.desk.client.run_javascript(f"desk.play('{self.on_stage}')" if self.on_stage in tasks else "")

    def heard(self, form_id: str | None) -> None:
        """Something changed somewhere: read the queue again, once a second at most."""
        if not self.waiting:
            self.waiting = True
            background_tasks.create(self._soon(), name="hear again")

    async def _soon(self) -> None:
        await asyncio.sleep(0.3)
        self.waiting = False
        if self.desk.client.is_deleted or not hasattr(self, "asking"):
            return
        try:
            with self.desk.client:
                before = self.on_stage
                await self.look()
                if before and self.on_stage and before != self.on_stage:  # judged: go on playing
                    self.desk.client.run_javascript(f"desk.play('{self.on_stage}')")
        except NotStaffError:
            self.desk.leave()
