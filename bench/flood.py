"""A flood: 500 GET/s of the form's page for 30 s, from one address and then from a thousand, none of which is a browser.

Promises: RSS grows by at most 150 MB, no answer is a 5xx, and the health check goes on being answered.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from bench.share import get
from bench.shared_stores import stack_on_stores
from bench.soak_samples import resident
from bench.table import loaded_row
from tests.support.stack import Stack

RATE, SECONDS, MOST_OPEN = 500, 30.0, 400  # what is not answered while so many wait is dropped, as a full backlog would


def main() -> None:
    """Print the rows, with the limits that production has."""
    with stack_on_stores(TRUSTED_PROXIES="127.0.0.1", RATE_LIMITS="pages=120,waiting=45") as stack:
        for addresses in (1, 1000):
            measure(stack, addresses)


def measure(stack: Stack, addresses: int, seconds: float = SECONDS) -> float:
    """MB by which the web process grew."""
    (web,) = stack.pids("web")
    before = resident(web)
    answers, health, dropped = asyncio.run(flood(stack.port, addresses, seconds))
    grown, most = resident(web) - before, sorted(health)[int(len(health) * 0.95)]
    what = f"{RATE} GET/s for {seconds:g} s, addresses: {addresses}; answered"
    loaded_row(what, f"{sum(answers.values()) / seconds:.0f}/s", "")
    counted = ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))
    failed = sum(count for status, count in answers.items() if status >= 500)
    loaded_row(f"  {counted}; {dropped} not sent, as {MOST_OPEN} waited", f"{failed} x 5xx", "0")
    loaded_row("  health check meanwhile, p95", f"{1000 * most:.0f} ms", "")
    loaded_row("  resident memory of the web process grew by", f"{grown:.0f} MB", "<= 150 MB")
    return grown


async def flood(port: int, addresses: int, seconds: float) -> tuple[Counter[int], list[float], int]:
    """An open loop: answers by status, seconds of each health check, and how many requests were not sent."""
    answers, health, dropped = Counter[int](), list[float](), 0
    waiting, began = set[asyncio.Task[None]](), time.perf_counter()

    async def one(number: int) -> None:
        address = f"198.51.{number % addresses // 250}.{number % addresses % 250 + 1}"
        status, _ = await get(port, "/compose/create", f"X-Forwarded-For: {address}")
        answers[status] += 1

    async def look() -> None:
        asked = time.perf_counter()
        status, _ = await get(port, "/healthz", "Accept: */*")
        assert status == 200, status
        health.append(time.perf_counter() - asked)

    for number in range(round(RATE * seconds)):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        if len(waiting) >= MOST_OPEN:
            dropped += 1
            continue
        task = asyncio.create_task(look() if number % 100 == 0 else one(number))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    await asyncio.gather(*waiting)
    return answers, health, dropped


if __name__ == "__main__":
    main()
