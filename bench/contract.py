"""The contract under load: GET and PATCH per second, latency at half of the promise, and whether a million forms cost more.

`python -m bench contract` starts the product on fresh embedded stores. `python -m bench contract million` also fills the
table with a million forms and measures again.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

from bench.table import figure_row
from tests.support.disasters import url_of
from tests.support.stack import Stack, example_form_data, free_port

SECONDS, CONNECTIONS = 8.0, 8
FILL = """
INSERT INTO compose_forms (id, package_type, song_count, form_data, generated_prompts, status,
                           guest_email)
SELECT 'form_17658984' || lpad(n::text, 8, '0') || '_' || md5('{form}' || n), package_type, song_count, form_data,
       generated_prompts,
       'created', guest_email
FROM compose_forms, generate_series(1, {count}) n WHERE id = '{form}'
"""
_Request = Callable[[int], bytes]


def main() -> None:
    """Print the table."""
    data = Path(tempfile.mkdtemp(prefix="serenade-bench-"))
    data.chmod(0o755)
    stack = Stack(data, free_port(), DATABASE_URL=None, REDIS_URL=None)
    try:
        stack.start()
        form = stack.create()
        stack.generate(form)
        stack.await_status(form, "variations_ready")
        small = measure(stack, form, 1_000)
        if "million" in sys.argv:
            large = measure(stack, form, 999_000)
            for name, rate in small.items():
                figure_row(f"{name}: a thousand forms / a million", rate / large[name], "<= 1.3", "x")
    finally:
        stack.stop()
        shutil.rmtree(data, ignore_errors=True)


def measure(stack: Stack, form: str, more: int, seconds: float = SECONDS) -> dict[str, float]:
    """Requests per second by name, with so many more forms like this one in the table."""
    fill(stack, form, more)
    drafts = [stack.create(draft=True) for _ in range(40)]

    def get(number: int) -> bytes:
        return request("GET", f"/api/compose/forms?formId={form}")

    def patch(number: int) -> bytes:
        body = {
            "formId": drafts[number % len(drafts)],
            "formData": {**example_form_data(), "senderMessage": f"message {number}"},
        }
        return request("PATCH", "/api/compose/forms", json.dumps(body).encode())

    rates = {}
    for name, one, promise in (("GET form", get, 400), ("PATCH form", patch, 150)):
        rate, _ = asyncio.run(load(stack.port, one, seconds))
        figure_row(f"{name}, as fast as it goes", rate, f">= {promise}", "/s")
        _, times = asyncio.run(load(stack.port, one, seconds, rate=promise / 2))
        figure_row(f"{name}, p95 at {promise // 2}/s", 1000 * statistics.quantiles(times, n=20)[18], "<= 40 ms", "ms")
        rates[name] = rate
    return rates


def fill(stack: Stack, form_id: str, count: int) -> None:
    """So many forms more, made from this one."""
    with psycopg2.connect(url_of(stack, "DATABASE_URL")) as connection, connection.cursor() as cursor:
        cursor.execute(FILL.format(count=count, form=form_id))
    connection.autocommit = True
    connection.cursor().execute("VACUUM ANALYZE compose_forms")
    connection.cursor().execute("CHECKPOINT")  # write it all out first: the filling must not disturb the measurement
    connection.close()


def request(method: str, path: str, body: bytes = b"") -> bytes:
    """One HTTP/1.1 request as bytes: the load generator shares the two cores, so it must cost next to nothing."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(port: int, one: _Request, seconds: float, rate: float = 0.0) -> tuple[float, list[float]]:
    """(answers per second, seconds of each). With `rate` requests start on a schedule and waiting counts as latency."""
    times: list[float] = []
    began = time.perf_counter()
    numbers = iter(range(10**9))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            number = next(numbers)
            due = began + number / rate if rate else time.perf_counter()
            if max(due, time.perf_counter()) - began > seconds:
                break
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(one(number))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise AssertionError(head.decode())
            await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
            times.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return len(times) / (time.perf_counter() - began), times
