"""The demo: from the click to the share page, the tour's round, and a real order alone and beside twenty visitors."""

from __future__ import annotations

import asyncio
import re
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import requests
from playwright.async_api import Page, async_playwright

from bench.table import figure_row
from tests.support.stack import Stack, free_port, wait_for
from tools.install_browser import find_browser

VISITORS = 20
ORDERS = 3  # real orders, one after another, alone and then beside the visitors: the median is printed
HEAD_START = 3.0  # seconds that the visitors have
SHARED = re.compile(r"/s/[\w-]+")


def main() -> None:
    """Print the table."""
    data = Path(tempfile.mkdtemp(prefix="serenade-bench-"))
    data.chmod(0o755)
    try:
        with Stack(data, free_port(), DATABASE_URL=None, REDIS_URL=None, DEMO="true") as stack:
            order(stack)  # the first one warms up the processes, and is not counted
            figure_row("a scene at 20x, click -> share page", asyncio.run(scene(stack)), "<= 15 s")
            shared, whole = asyncio.run(tour(stack))
            figure_row("a scene of the tour at 1x, card -> share page", shared, "")
            figure_row("a scene of the tour at 1x, card -> next card", whole, "<= 90 s")
            alone = [order(stack) for _ in range(ORDERS)]
            with_crowd(stack, alone)
    finally:
        shutil.rmtree(data, ignore_errors=True)


@asynccontextmanager
async def browser() -> AsyncIterator[Page]:
    """A page in a browser of its own."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=find_browser(whole=True), args=["--no-sandbox", "--disable-gpu"]
        )
        yield await chromium.new_page()
        await chromium.close()


async def scene(stack: Stack) -> float:
    """Seconds from the press of the button to the share page, by the autopilot."""
    async with browser() as page:
        await page.goto(f"{stack.url}/demo")
        await page.locator("#speed").select_option("20x")
        began = time.perf_counter()
        await page.get_by_role("button", name="Play it for me: A birthday").click()
        await page.wait_for_url(SHARED, timeout=240_000)
        return time.perf_counter() - began


async def tour(stack: Stack) -> tuple[float, float]:
    """Seconds from the tour's card to the share page of its first scene, and to the card of the next."""
    async with browser() as page:
        await page.goto(f"{stack.url}/demo/tour")
        began = time.perf_counter()
        await page.wait_for_url(SHARED, timeout=240_000)
        shared = time.perf_counter() - began
        await page.wait_for_url(re.compile("/demo/tour"), timeout=60_000)
        return shared, time.perf_counter() - began


def order(stack: Stack) -> tuple[float, float]:
    """A real order of one song: seconds to the first and to the last of its three versions."""
    form_id = stack.create()
    began = time.perf_counter()
    stack.generate(form_id)

    def ready() -> int:
        return sum(one["status"] == "ready" for song in stack.form(form_id)["songs"] for one in song["variations"])

    wait_for(lambda: ready() >= 1, "the first version", 240)
    first = time.perf_counter() - began
    wait_for(lambda: ready() == 3, "all three", 240)
    return first, time.perf_counter() - began


def with_crowd(stack: Stack, alone: list[tuple[float, float]]) -> None:
    """Twenty visitors jump to their share pages at once, and in the middle of it somebody orders for real."""
    there: list[float] = []
    threads = [threading.Thread(target=visit, args=(stack, there), daemon=True) for _ in range(VISITORS)]
    for thread in threads:
        thread.start()
    time.sleep(HEAD_START)
    beside = [order(stack) for _ in range(ORDERS)]
    during = VISITORS - len(there)
    for number, what in enumerate(("first playable", "all three ready")):
        one, other = (statistics.median(times[number] for times in some) for some in (alone, beside))
        figure_row(f"a real order, submit -> {what}, alone", one, "")
        figure_row(f"  the same beside {VISITORS} visitors", other, f"undisturbed; {other / one - 1:+.0%}")
    wait_for(lambda: len(there) >= VISITORS // 2, "half of the visitors", 120)
    figure_row(f"visitors at the share page: the first of {VISITORS}", min(there), "")
    figure_row(f"visitors at the share page: half of {VISITORS}", sorted(there)[VISITORS // 2 - 1], "")
    print(f"{during} of {VISITORS} visitors were still waiting when the last real order was ready")


def visit(stack: Stack, there: list[float], step: str = "share") -> None:
    """One visitor, impatient."""
    http = requests.Session()
    began = time.perf_counter()
    scene = http.get(f"{stack.url}/demo/birthday", params={"speed": "20x"}, allow_redirects=False, timeout=60)
    form_id = re.findall(r"formId=(form_\w+)", scene.headers["Location"])[0]
    for _ in range(10):  # a jump waits for a minute, then says so, and the presenter presses again
        try:
            answer = http.post(f"{stack.url}/demo/director/jump", json={"formId": form_id, "step": step}, timeout=120)
        except requests.ConnectionError:
            return  # the bench is over
        if answer.status_code == 200:
            there.append(time.perf_counter() - began)
            return
