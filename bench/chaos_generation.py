"""`make chaos-generation`: each disaster twenty times at random moments, at a music vendor that counts what it is asked.

The disasters overlap: the next one comes while the form before is still being made. Promise: every form gets ready, nobody
presses anything, and the vendor is asked exactly as often as without disasters.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.support.disasters import DISASTERS, await_end, living, strike
from tests.support.fakes.vendor import FakeVendor
from tests.support.stack import Stack

NEEDED = 2  # submits of one song at a vendor that makes two clips a call
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


def main(times: int, seed: int, only: list[str]) -> int:
    """Print the table; 1 if anything was lost or bought twice."""
    print(f"seed {seed}: {times} times each, submits needed {NEEDED * times}", flush=True)
    print(f"{'disaster':38} {'forms ready':>11} {'submits':>8} {'doubles':>8} {'uncertain':>9} {'seconds':>8}", flush=True)
    wrong = 0
    for disaster in only:
        began, dice = time.monotonic(), random.Random(f"{seed}-{disaster}")
        with FakeVendor("musicgpt", latency=0.8, callbacks=3) as fake, living("musicgpt", fake) as stack:
            struck = [_next(stack, disaster, dice) for _ in range(times)]
            made = [[one["status"] for one in await_end(stack, form_id)] for form_id in struck]
        ready, shown = made.count(["ready"] * 3), sum(form.count("failed") for form in made)
        doubles, took = fake.submits - NEEDED * times, time.monotonic() - began
        wrong += ready < times or doubles != 0
        print(f"{WHAT[disaster]:38} {ready:11} {fake.submits:8} {doubles:8} {shown:9} {took:8.0f}", flush=True)
    return int(bool(wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", nargs="+", choices=list(DISASTERS), default=list(DISASTERS))
    asked = parser.parse_args()
    sys.exit(main(asked.times, asked.seed, asked.only))
