"""`make chaos-generation`: each disaster twenty times at random moments, at a music vendor that counts what it is asked.

The disasters overlap: the next one comes while the form before is still being made. Promise: every form gets ready, nobody
presses anything, and the vendor is asked exactly as often as without disasters. A vendor that cannot list its tasks (mureka)
may be asked once more where an answer was lost for good: "possible" counts those apart, and they are no doubles
(docs/decisions/0052).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from tests.support.disasters import DISASTERS, await_end, living, strike, url_of
from tests.support.fakes.vendor import FakeVendor
from tests.support.stack import Stack

NEEDED = {"musicgpt": 2, "mureka": 1}  # submits of one song: at a vendor of two clips a call that lists its tasks, and of three
WHAT = {
    "worker": "both workers killed, horses too",
    "horse": "the process that runs the job killed",
    "flush": "Valkey forgets everything",
    "postgres": "PostgreSQL restarted",
    "everything": "everything killed, started again",
}


def _next(stack: Stack, disaster: str, dice: random.Random) -> str:
    """The supervisor takes three deaths within a part's first second for a fault of the part, so it gets more."""
    time.sleep(1.5 if disaster in ("worker", "postgres") else 0)
    return strike(stack, disaster, dice)


def _repeated(stack: Stack) -> int:
    """Submits that the product repeated by itself."""
    with contextlib.closing(psycopg2.connect(url_of(stack, "DATABASE_URL"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM repeated_submits")
        return int(cursor.fetchone()[0])


@contextlib.contextmanager
def _scratch() -> Iterator[None]:
    """DATA_DIR of this process, beside which the pattern of every stack's data is made (tests/support/ready_data.py)."""
    with tempfile.TemporaryDirectory(prefix="serenade-chaos-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL's own user must reach its data below it
        os.environ["DATA_DIR"] = f"{folder}/data"
        yield


@_scratch()
def main(times: int, seed: int, only: list[str], vendor: str) -> int:
    """Print the table; 1 if anything was lost or bought twice."""
    needed = NEEDED[vendor] * times
    print(f"seed {seed}: {vendor}, {times} times each, submits needed {needed}", flush=True)
    heads = f"{'forms ready':>11} {'submits':>8} {'doubles':>8} {'possible':>8} {'uncertain':>9} {'seconds':>8}"
    print(f"{'disaster':38} {heads}", flush=True)
    wrong = 0
    for disaster in only:
        began, dice = time.monotonic(), random.Random(f"{seed}-{disaster}")
        with FakeVendor(vendor, latency=0.8, callbacks=3) as fake, living(vendor, fake) as stack:
            struck = [_next(stack, disaster, dice) for _ in range(times)]
            made = [[one["status"] for one in await_end(stack, form_id)] for form_id in struck]
            possible = _repeated(stack)
        ready, shown = made.count(["ready"] * 3), sum(form.count("failed") for form in made)
        doubles, took = fake.submits - needed - possible, time.monotonic() - began
        wrong += ready < times or doubles != 0
        print(f"{WHAT[disaster]:38} {ready:11} {fake.submits:8} {doubles:8} {possible:8} {shown:9} {took:8.0f}", flush=True)
    return int(bool(wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", nargs="+", choices=list(DISASTERS), default=list(DISASTERS))
    parser.add_argument("--vendor", choices=list(NEEDED), default="musicgpt")
    asked = parser.parse_args()
    sys.exit(main(asked.times, asked.seed, asked.only, asked.vendor))
