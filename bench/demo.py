"""The demo: from the click to the share page at 1x and 20x, and a real order beside twenty visitors. Promises are issue 8's."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
import threading
import time
from pathlib import Path

import requests
from playwright.async_api import async_playwright

from bench.house import pss, row
from tests.house import House, free_port, wait_for
from tests.install_browser import find_browser

VISITORS = 20


def main() -> None:
    """Print the table."""
    data = Path(tempfile.mkdtemp(prefix="serenade-bench-"))
    data.chmod(0o755)
    try:
        with House(data, free_port(), DATABASE_URL=None, REDIS_URL=None, DEMO="true") as house:
            time.sleep(10)
            row("resident (PSS), all processes, idle", pss(house), "<= 350 MB", "MB")
            for speed, promise in (("20x", "<= 15 s"), ("1x", "<= 90 s")):
                row(f"a scene at {speed}, click -> share page", asyncio.run(play(house, speed)), promise)
            alone = order(house)
            row("a real order alone, submit -> first playable", alone[0], "")
            row("a real order alone, submit -> all three ready", alone[1], "")
            crowd(house)
    finally:
        shutil.rmtree(data, ignore_errors=True)


async def play(house: House, speed: str) -> float:
    """Seconds from the press of the button to the share page, by the autopilot, in a real browser."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        page = await chromium.new_page()
        await page.goto(f"{house.url}/demo")
        await page.locator("#speed").select_option(speed)
        began = time.perf_counter()
        await page.get_by_role("button", name="Play it for me: A birthday").click()
        await page.wait_for_url(re.compile(r"/s/[\w-]+"), timeout=240_000)
        took = time.perf_counter() - began
        await chromium.close()
    return took


def order(house: House) -> tuple[float, float]:
    """A real order of one song: seconds to the first and to the last of its three versions."""
    form_id = house.create()
    began = time.perf_counter()
    house.generate(form_id)

    def ready() -> int:
        return sum(one["status"] == "ready" for song in house.form(form_id)["songs"] for one in song["variations"])

    wait_for(lambda: ready() >= 1, "the first version", 240)
    first = time.perf_counter() - began
    wait_for(lambda: ready() == 3, "all three", 240)
    return first, time.perf_counter() - began


def crowd(house: House) -> None:
    """Twenty visitors jump to their share pages at once, and in the middle of it somebody orders for real."""
    done: list[float] = []
    failed: list[str] = []

    def visit() -> None:
        http = requests.Session()
        began = time.perf_counter()
        scene = http.get(f"{house.url}/demo/birthday", params={"speed": "20x"}, allow_redirects=False, timeout=60)
        form_id = re.findall(r"formId=(form_\w+)", scene.headers["Location"])[0]
        for _ in range(10):  # a jump waits for a minute, then says so, and the presenter presses again
            answer = http.post(f"{house.url}/demo/director/jump", json={"formId": form_id, "step": "share"}, timeout=120)
            if answer.status_code == 200:
                done.append(time.perf_counter() - began)
                return
        failed.append(answer.text)

    threads = [threading.Thread(target=visit) for _ in range(VISITORS)]
    for thread in threads:
        thread.start()
    time.sleep(3)
    first, last = order(house)
    row(f"the same order beside {VISITORS} visitors -> first playable", first, "undisturbed")
    row(f"the same order beside {VISITORS} visitors -> all three ready", last, "undisturbed")
    for thread in threads:
        thread.join()
    if done:
        row(f"{len(done)} of {VISITORS} visitors at the share page, the first", min(done), "")
        row(f"{len(done)} of {VISITORS} visitors at the share page, the last", max(done), "")
    for sentence in failed:
        print("a visitor was told:", sentence[:100])
