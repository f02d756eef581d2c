"""The webhook under load: verified, stored, committed. Promises (docs/benchmarks.md): 400 a second, p99 200 ms, on two cores.

One web process, real PostgreSQL and Valkey; the load comes from this process on the same two cores, eight connections at once.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests

from bench.table import figure_row
from tests.support.stack import free_port, wait_for

COUNT, AT_ONCE, SECRET = 3000, 8, "whsec_bench"
EVENT = {"object": "event", "type": "checkout.session.completed", "livemode": False, "created": 1_800_000_000}


def main() -> None:
    """Print the table."""
    with web_alone() as url:
        measure(url, SECRET)


@contextmanager
def web_alone() -> Iterator[str]:
    """A web process on fresh stores, without worker or clock; its address."""
    scratch = Path(tempfile.mkdtemp(prefix="serenade-webhook-"))
    scratch.chmod(0o755)
    port = free_port()
    os.environ |= {"ENV": "development", "DATA_DIR": str(scratch / "data"), "PORT": str(port), "STRIPE_WEBHOOK_SECRET": SECRET}
    from embedded.stores import start_stores

    stores = start_stores(scratch / "stores", True, True)
    environ = {**os.environ, "DATABASE_URL": str(stores.database_url), "REDIS_URL": str(stores.redis_url)}
    subprocess.run([sys.executable, "main.py", "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
    web = subprocess.Popen([sys.executable, "main.py", "web"], env=environ)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: _answers(url), "the web process", 60)
        yield url
    finally:
        web.terminate()
        web.wait(10)
        stores.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def measure(url: str, secret: str, count: int = COUNT) -> None:
    """So many deliveries, eight at once, after a few that are not counted: connections, caches."""
    hook = f"{url}/api/stripe/webhook"
    _load(hook, secret, min(count, 200))
    began = time.perf_counter()
    times = sorted(_load(hook, secret, count))
    seconds = time.perf_counter() - began
    figure_row(f"webhooks verified, stored, committed ({count})", count / seconds, ">= 400", "/s")
    figure_row("p50", times[len(times) // 2] * 1000, "", "ms")
    figure_row("p99", times[int(len(times) * 0.99)] * 1000, "<= 200 ms", "ms")


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=1).status_code == 200
    except requests.RequestException:
        return False


def _load(url: str, secret: str, count: int) -> list[float]:
    """Seconds of each of `count` deliveries, all of them different events."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(lambda _: deliver_events(url, secret, count // AT_ONCE), range(AT_ONCE))
        return [one for part in parts for one in part]


def deliver_events(url: str, secret: str, count: int) -> list[float]:
    """So many signed events, one after another; seconds of each until it was answered."""
    from integrations.payments.sandbox.delivery import signature

    times = []
    with requests.Session() as http:
        http.trust_env = False
        for _ in range(count):
            thing = {"id": f"cs_test_{secrets.token_hex(20)}", "object": "checkout.session", "metadata": {}}
            event = {**EVENT, "id": f"evt_{secrets.token_hex(12)}", "api_version": None, "data": {"object": thing}}
            body = json.dumps(event).encode()
            headers = {"Stripe-Signature": signature(body, secret)}
            began = time.perf_counter()
            answer = http.post(url, data=body, headers=headers, timeout=30)
            times.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
    return times


if __name__ == "__main__":
    main()
