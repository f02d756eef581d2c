"""The pipeline with 1, 2 and 4 workers and a provider that answers at once: variations ready a second, and their CPU."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.generation import product_at, sustained
from bench.scale_plots import save_workers
from bench.shared_stores import stores
from bench.soak_samples import cpu_seconds
from bench.table import figure_row
from tests.support.disasters import parent_of
from tests.support.stack import Stack

COUNTS, FORMS = (1, 2, 4), 20


def main() -> None:
    """Print the rows; with `plots` as a further word, draw them into docs/workers.svg."""
    rates, costs = dict[int, float](), dict[int, float]()
    with stores() as (data_dir, port):
        for workers in COUNTS:
            with product_at("musicgpt", data_dir, port, WORKERS=str(workers)) as stack:
                rates[workers], costs[workers] = measure(stack, workers)
    if "plots" in sys.argv:
        save_workers(Path("docs"), rates, costs)


def measure(stack: Stack, workers: int, forms: int = FORMS) -> tuple[float, float]:
    """(variations ready a second, milliseconds of the workers' CPU for each), after one form that is not counted."""
    sustained(stack, "warming up", 1)
    pids = [pid for pid in stack.pids("worker") if parent_of(pid) == stack.process.pid]  # what they forked is counted in them
    before = sum(map(cpu_seconds, pids))
    rate = sustained(stack, f"{workers} workers", forms)
    cost = 1000 * (sum(map(cpu_seconds, pids)) - before) / (9 * forms)
    figure_row(f"{workers} workers: their CPU per variation", cost, "", "ms")
    return rate, cost


if __name__ == "__main__":
    main()
