"""One web process against two: share pages and form reads a second, and what each costs in processor time.

Two processes and the load share two cores here, so that twice the rate cannot be seen; twice the work for the same CPU a
request can. Promise: two are worth at least 1.7 times one, by the rate or else by the CPU of the web processes a request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from bench.shared_stores import stack_on_stores
from bench.soak_samples import cpu_seconds
from bench.table import loaded_row
from tests.support import warm
from tests.support.stack import Stack, free_port, wait_for

SECONDS, CONNECTIONS = 10.0, 8
NO_LIMITS = "read=10000000,write=10000000"


def main() -> None:
    """Print the rows."""
    with stack_on_stores(RATE_LIMITS=NO_LIMITS) as stack:
        measure(stack)


def measure(stack: Stack, seconds: float = SECONDS) -> dict[str, float]:
    """How many times one process two are worth, for each kind of request."""
    from tests.support.gifts import give, tokens

    form_id, token = stack.create(), tokens(give(1))[0]
    paths = {"share page": f"/s/{token}", "form read": f"/api/compose/forms?formId={form_id}"}
    (first,) = stack.pids("web")
    worth = {}
    with another_web(stack) as (second, port):
        for name, path in paths.items():
            asyncio.run(load([stack.port, port], path, min(seconds, 1)))  # caches
            one, cost = spent(asyncio.run, load([stack.port], path, seconds), pids=[first], seconds=seconds)
            two, shared = spent(asyncio.run, load([stack.port, port], path, seconds), pids=[first, second], seconds=seconds)
            worth[name] = max(two / one, min(2.0, 2 * cost / shared))  # what is saved beyond the half is threads that wait less
            loaded_row(f"{name}: one process; two", f"{one:.0f}/s; {two:.0f}/s", f"{two / one:.2f}x")
            loaded_row(
                "  CPU of the web processes a request",
                f"{1000 * cost:.2f}; {1000 * shared:.2f} ms",
                f"{2 * cost / shared:.2f}x",
            )
            loaded_row("  two are worth", f"{worth[name]:.2f}x", ">= 1.7x")
    return worth


@contextmanager
def another_web(stack: Stack) -> Iterator[tuple[int, int]]:
    """A second web process on the same stores: its pid and port."""
    port = free_port()
    own = {**stack.environment, "PORT": str(port)}
    web = warm.start_cold(("web",), own, stack.log)
    try:
        wait_for(lambda: _is_up(port), "the second web process", 60)
        yield web.pid, port
    finally:
        web.terminate()
        web.wait(20)


def _is_up(port: int) -> bool:
    try:
        return requests.get(f"http://localhost:{port}/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def spent(run, work, pids: list[int], seconds: float) -> tuple[float, float]:  # type: ignore[no-untyped-def] # asyncio.run's own
    """(answers a second, CPU seconds of these processes for each) while `work` runs."""
    before, began = sum(map(cpu_seconds, pids)), time.perf_counter()
    answered = run(work)
    return answered / (time.perf_counter() - began), (sum(map(cpu_seconds, pids)) - before) / answered


async def load(ports: list[int], path: str, seconds: float) -> int:
    """So many connections, kept open, spread over the ports; each asks again when it was answered. The number of answers."""
    ends, counts = time.perf_counter() + seconds, [0] * CONNECTIONS
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", ports[number % len(ports)])
        while time.perf_counter() < ends:
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head.decode()
            await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
            counts[number] += 1
        writer.close()

    await asyncio.gather(*map(client, range(CONNECTIONS)))
    return sum(counts)


if __name__ == "__main__":
    main()
