"""Open pages without a browser, each on a form of its own, and what they cost: 1, 10, 100, 1,000 of them while songs change.

Promises at a thousand: push p95 <= 250 ms while 20 variations a second change, <= 200 KB of the web process for each page.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
import uuid
from collections import defaultdict
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import aiohttp

from bench.scale_plots import save_crowd
from bench.shared_stores import stack_on_stores
from bench.soak_samples import cpu_seconds, memory
from bench.table import Row, show
from tests.support.stack import Stack

PAGES = 200  # beside the page that `python -m bench live` measures
STEPS = (1, 10, 100, 1000)
CHANGES, SECONDS = 20, float(os.environ.get("CROWD_SECONDS", "30"))  # a second; how long at each step
AT_ONCE = 8  # pages that are being opened
NO_LIMITS = ",".join(f"{name}=10000000" for name in ("waiting", "pages", "read", "write"))


def alike(form_id: str, count: int) -> list[str]:
    """So many forms like this one, with the same songs."""
    from models import ComposeForm, Variation, database, new_form_id, new_id

    with database.connection_context():
        form = ComposeForm.select().where(ComposeForm.id == form_id).dicts().get()
        songs = list(Variation.select().where(Variation.form == form_id).dicts())
        found = [new_form_id() for _ in range(count)]
        for other in found:
            ComposeForm.insert(**{**form, "id": other}).execute()
            for song in songs:
                own = {"id": new_id("task"), "form": other, "provider_task_id": None, "submit_leader": None}
                Variation.insert(**{**song, **own}).execute()
    return found


class Crowd:
    """Open pages without a browser: each has fetched its page and keeps its socket, as a browser does."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.sockets, self.messages, self.bytes = stack, list[aiohttp.ClientWebSocketResponse](), 0, 0
        self.listeners = set[asyncio.Task[None]]()
        self.awaited = defaultdict[str, dict[int, float]](dict)  # form -> progress -> when it was committed
        self.took: list[float] = []  # seconds from there to the page
        connector = aiohttp.TCPConnector(limit=0)
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=connector)

    async def open(self, form_id: str) -> None:
        """One page more."""
        async with self.http.get(f"{self.stack.url}/compose/variations", params={"formId": form_id}) as answer:
            page = await answer.text()
        client_id = re.search(r"""['"]client_id['"]: ?['"]([0-9a-f-]{36})""", page)
        assert answer.status == 200, answer.status
        assert client_id, "NiceGUI's HTML names the client"
        own = {name: str(uuid.uuid4()) for name in ("document_id", "tab_id")}
        query = {"client_id": client_id[1], "next_message_id": "0", "implicit_handshake": "true", **own}
        engine = {"EIO": "4", "transport": "websocket"}
        url = f"{self.stack.url}/_nicegui_ws/socket.io/"
        socket = await self.http.ws_connect(url, params={**query, **engine}, max_msg_size=0, compress=15)
        connected = asyncio.Event()
        listener = asyncio.create_task(self._listen(form_id, socket, connected))
        self.listeners.add(listener)
        await asyncio.wait_for(connected.wait(), 60)
        self.sockets.append(socket)

    async def _listen(self, form_id: str, socket: aiohttp.ClientWebSocketResponse, connected: asyncio.Event) -> None:
        """Engine.IO 4 and Socket.IO 5: 0 opened, 40 connect, 2 ping, 3 pong, 42 an event
        (https://socket.io/docs/v4/engine-io-protocol/)."""
        async for message in socket:
            text = str(message.data)
            if text.startswith("0"):
                await socket.send_str("40")
            elif text.startswith("40"):
                connected.set()
            elif text == "2":
                await socket.send_str("3")
            elif text.startswith('42["update"'):
                self._heard(form_id, text)

    def _heard(self, form_id: str, text: str) -> None:
        now = time.time()
        self.messages, self.bytes = self.messages + 1, self.bytes + len(text)
        for progress in map(int, set(re.findall(r"progress\W+(\d+)", text))):
            while (
                progress in self.awaited[form_id]
            ):  # what was committed before it is told by it too: pages show the last state
                oldest = next(iter(self.awaited[form_id]))
                self.took.append(now - self.awaited[form_id].pop(oldest))

    @property
    def connected(self) -> int:
        """How many are still connected."""
        return sum(not socket.closed for socket in self.sockets)

    async def close_oldest(self) -> None:
        """Close the page that was opened first."""
        await self.sockets.pop(0).close()

    async def close(self) -> None:
        """Close all pages."""
        for socket in self.sockets:
            await socket.close()
        await asyncio.gather(*self.listeners, return_exceptions=True)
        await self.http.close()


class Step(NamedTuple):
    """What so many open pages cost. Milliseconds, MB of the web process, and its share of one core while songs change."""

    pages: int
    p50: float
    p95: float
    p99: float
    megabytes: float
    cpu: float
    unheard: int


async def measure(stack: Stack, forms: list[str], steps: tuple[int, ...] = STEPS, seconds: float = SECONDS) -> list[Step]:
    """Open pages up to each step, and change twenty variations a second, each of another form; one row for each step."""
    (web,) = stack.pids("web")
    crowd, found, empty = Crowd(stack), list[Step](), memory(web)
    for pages in steps:
        while len(crowd.sockets) < pages:
            first = len(crowd.sockets)
            await asyncio.gather(*map(crowd.open, forms[first : min(first + AT_ONCE, pages)]))
        await asyncio.sleep(min(seconds, 3))
        found.append(await _step(crowd, web, forms[:pages], seconds))
        _show(found[-1], empty, crowd)
    await crowd.close()
    return found


async def _step(crowd: Crowd, web: int, forms: list[str], seconds: float) -> Step:
    crowd.took.clear()
    crowd.awaited.clear()
    held, spent, began = memory(web), cpu_seconds(web), time.monotonic()
    for number, form_id in zip(range(round(CHANGES * seconds)), cycle(forms), strict=False):
        await asyncio.sleep(max(0.0, began + number / CHANGES - time.monotonic()))
        await asyncio.to_thread(_change, crowd, form_id, (number // len(forms) + 1) % 101)
    lasted, spent = time.monotonic() - began, cpu_seconds(web) - spent
    await asyncio.sleep(min(seconds, 3))
    took = sorted(crowd.took) or [float("nan")]
    p50, p95, p99 = (1000 * took[int(len(took) * part)] for part in (0.5, 0.95, 0.99))
    return Step(len(forms), p50, p95, p99, max(held, memory(web)), 100 * spent / lasted, sum(map(len, crowd.awaited.values())))


def _change(crowd: Crowd, form_id: str, progress: int) -> None:
    from models import Variation, in_database, notify, now, transaction

    def change() -> None:
        with transaction():
            mine = Variation.select(Variation.id).where(Variation.form == form_id).order_by(Variation.id).limit(1)
            Variation.update(progress=progress, updated_at=now()).where(Variation.id.in_(mine)).execute()
            notify(form_id)
            crowd.awaited[form_id][progress] = time.time()

    in_database(change)


def _show(step: Step, empty: float, crowd: Crowd) -> None:
    each = (step.megabytes - empty) * 1024 / step.pages
    what, is_last = f"{step.pages} pages, {CHANGES} changes a second", step.pages >= 1000
    ours = f"p50 {step.p50:.0f}, p95 {step.p95:.0f}, p99 {step.p99:.0f} ms"
    show(Row(f"{what}: row committed -> page told", ours, "p95 <= 250 ms", step.p95 <= 250))
    memory_row = f"{step.megabytes:.0f} MB, {each:.0f} KB a page"
    show(Row("  the web process (PSS)", memory_row, "<= 200 KB a page" if is_last else "", each <= 200 or not is_last))
    show(Row("  its CPU, of one core", f"{step.cpu:.0f} %, {step.cpu * 10 / CHANGES:.1f} ms a change", ""))
    heard = f"{crowd.connected} connected, {step.unheard} changes unheard"
    show(Row("  pages", heard, "all, 0", crowd.connected == step.pages and not step.unheard))


def main() -> None:
    """Print the rows; with `plots` as a further word, draw them into docs/crowd.svg."""
    with stack_on_stores(RATE_LIMITS=NO_LIMITS) as stack:
        form_id = stack.create()
        stack.generate(form_id)
        stack.await_status(form_id, "variations_ready")
        found = asyncio.run(measure(stack, alike(form_id, STEPS[-1])))
    if "plots" in sys.argv:
        save_crowd(Path("docs"), [step._asdict() for step in found])


if __name__ == "__main__":
    main()
