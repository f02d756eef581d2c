"""The share page under load: 200 requests/s beside 20 Range streams, and what a first visit transfers."""

from __future__ import annotations

import asyncio
import re
import statistics
import time

from bench.shared_stores import stack_on_stores
from bench.table import figure_row
from tests.support.stack import Stack

RATE, SECONDS, STREAMS = 200, 15, 20


def main() -> None:
    """Print the table."""
    with stack_on_stores() as stack:
        measure(stack)


def measure(stack: Stack, seconds: float = SECONDS) -> None:
    """A gift of three songs, opened once, and then by everybody."""
    from tests.support.gifts import give, tokens

    token = tokens(give(3))[0]
    first_visit(stack.url, token)
    asyncio.run(storm(stack.port, token, seconds))


def first_visit(url: str, token: str) -> None:
    """Bytes on the wire for page, style, scripts and preloaded fonts, as a browser asks for them."""
    import requests

    page = requests.get(f"{url}/s/{token}", timeout=10)
    wanted = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    total = 0
    for path in [f"/s/{token}", *dict.fromkeys(wanted)]:
        with requests.get(url + path, stream=True, timeout=10) as answer:
            total += len(answer.raw.read(decode_content=False))
    figure_row("first visit, before audio", total / 1024, "<= 60 KiB", "KiB")


async def storm(port: int, token: str, seconds: float) -> None:
    """An open loop: a request every 5 ms whether or not the ones before were answered; latency counts from its due time."""
    stop = asyncio.Event()
    streams = [asyncio.create_task(stream(port, token, stop)) for _ in range(STREAMS)]
    began, asked = time.perf_counter(), []
    for number in range(round(RATE * seconds)):
        due = began + number / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(one(port, token, due)))
    taken = sorted(await asyncio.gather(*asked))
    spent = time.perf_counter() - began
    stop.set()
    pieces = sum(await asyncio.gather(*streams))
    figure_row(
        f"{RATE}/s for {seconds:g} s beside {STREAMS} Range streams, answered per second",
        len(taken) / spent,
        f">= {RATE}",
        "/s",
    )
    figure_row("  p50", statistics.median(taken) * 1000, "", "ms")
    figure_row("  p95", taken[int(len(taken) * 0.95)] * 1000, "<= 100 ms", "ms")
    figure_row("  Range answers meanwhile", pieces / spent, "", "/s")


async def one(port: int, token: str, due: float) -> float:
    """Seconds from when a page was due until it was there."""
    status, _ = await get(port, f"/s/{token}", "Accept-Encoding: gzip")
    assert status == 200, status
    return time.perf_counter() - due


async def stream(port: int, token: str, stop: asyncio.Event) -> int:
    """A listener: a 32 KB piece, then the pause in which it is heard (160 kbit/s would be 1.6 s; four times as fast here)."""
    pieces = 0
    while not stop.is_set():
        start = pieces * 32_768 % 131_072
        status, _ = await get(port, f"/s/{token}/audio/0.mp3", f"Range: bytes={start}-{start + 32_767}")
        assert status == 206, status
        pieces += 1
        await asyncio.sleep(0.4)
    return pieces


async def get(port: int, path: str, header: str) -> tuple[int, bytes]:
    """The smallest HTTP client: the load must not cost more than what it loads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(-1)
    finally:
        writer.close()
    return int(answer[9:12]), answer


if __name__ == "__main__":
    main()
