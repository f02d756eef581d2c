"""Chaos in generation: each disaster twenty times at random moments. Promise: every form ready, submits = what was needed."""

from __future__ import annotations

import sys

from tests.fakes.vendor import FakeVendor
from tests.test_remote_journey import DISASTERS, living, strike

TIMES = 20
NEEDED = 2  # submits of one song at a provider that makes two clips a call


def main() -> None:
    """Print the table; the exit code is 1 if anything was lost or bought twice."""
    wrong = 0
    for disaster in DISASTERS:
        with FakeVendor("musicgpt", latency=0.8, callbacks=3) as fake, living("musicgpt", fake) as house:
            struck = [strike(house, fake, disaster, seed) for seed in range(TIMES)]
        submits, shown = sum(one for one, _ in struck), sum(two for _, two in struck)
        wrong += submits != NEEDED * TIMES or shown > 0
        print(
            f"{disaster:12} {TIMES} times: {submits} submits for {NEEDED * TIMES}, {shown} variations shown as uncertain",
            flush=True,
        )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
