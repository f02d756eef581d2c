"""`make soak MINUTES=20`: a steady small load on the whole product, and whether anything in any process only ever grows.

Every five seconds: memory, descriptors, sockets and threads of each process, and the connections of PostgreSQL and Valkey. A
straight line through the second half says how fast each grows; the first half is the warming up. At the end every
invariant holds. Songs are tones (tests/support/quick_studio.py): as many orders as possible in little time.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.plots import Panel, Points, line_charts
from bench.shared_stores import stack_on_stores
from bench.soak_load import LIMITS, Load
from bench.soak_samples import Sampler
from tests.support.stack import Stack, wait_for

EVERY = 5.0  # seconds
FEWEST = 12  # samples in the second half, for a verdict
STEADY = 0.3  # the part of all variation that a line must explain, else it is noise
PANELS = {"pss": "Memory of each process, MB", "descriptors": "Open file descriptors", "stores": "Connections and clients"}
Samples = dict[tuple[str, str], list[tuple[float, float]]]  # (part, figure) -> (minutes, value)


class Trend(NamedTuple):
    """How a figure went in the second half. `rise`: over that half, by the fitted line; `steady`: what it explains, 0 to 1."""

    per_hour: float
    rise: float
    steady: float


def trend(points: Points) -> Trend:
    """The straight line through the second half of (minutes, value), by least squares."""
    half = points[len(points) // 2 :]
    minutes, values = [x for x, _ in half], [y for _, y in half]
    if len(half) < 2 or len(set(values)) == 1:
        return Trend(0.0, 0.0, 0.0)
    slope = statistics.linear_regression(minutes, values).slope
    return Trend(60 * slope, slope * (minutes[-1] - minutes[0]), statistics.correlation(minutes, values) ** 2)


def verdict(figure: str, points: Points) -> str:
    """ "flat", "GROWS", or "too short" to say.

    Memory may rise by 2 MB and 3 % over the half (an allocator's pages, a cache that still fills), what is counted by 2.
    """
    half = points[len(points) // 2 :]
    if len(half) < FEWEST:
        return "too short"
    allowed = 2 + 0.03 * statistics.fmean(y for _, y in half) if figure in ("rss", "pss") else 2
    found = trend(points)
    return "GROWS" if found.rise > allowed and found.steady > STEADY else "flat"


async def measure(stack: Stack, secret: str, minutes: float, every: float = EVERY) -> tuple[Samples, Load]:
    """Load and samples for so many minutes."""
    samples: Samples = {}
    load, stop = Load(stack, secret), asyncio.Event()
    sampler, began = Sampler(stack), time.monotonic()
    running = asyncio.create_task(load.run(stop))
    try:
        while (gone := time.monotonic() - began) < minutes * 60:
            for key, value in (await asyncio.to_thread(sampler.look)).items():
                samples.setdefault(key, []).append((gone / 60, value))
            await asyncio.sleep(max(0.0, every - (time.monotonic() - began - gone)))
    finally:
        stop.set()
        await running
        sampler.close()
    return samples, load


def report(samples: Samples, load: Load) -> list[str]:
    """Print the table; what grows and what failed."""
    wrong = [f"failed {count} times: {what}" for what, count in load.failed.items()]
    print("done:", ", ".join(f"{count} {name}s" for name, count in load.done.items()))
    print(f"{'':14}{'':12} {'first':>8} {'half':>8} {'last':>8} {'per hour':>9}")
    for (part, figure), points in samples.items():
        said = verdict(figure, points)
        values = [points[0][1], points[len(points) // 2][1], points[-1][1], trend(points).per_hour]
        print(f"{part:14}{figure:12} {values[0]:8.1f} {values[1]:8.1f} {values[2]:8.1f} {values[3]:+9.1f}  {said}")
        wrong += [f"{part} {figure} grows by {values[3]:.1f} an hour"] if said == "GROWS" else []
    return wrong


def broken() -> list[str]:
    """Every invariant that does not hold, those of the storage, the queues and the timeline included."""
    from jobs.monitoring.invariants import findings, lost_songs, torn_timelines, waiting_jobs
    from models import in_database

    found = in_database(lambda: [*findings(), lost_songs(), torn_timelines(), waiting_jobs()])
    print(f"{len(found)} invariants asked, {sum(bool(one.count) for one in found)} broken")
    return [f"{one.name} {one.promise}: {one.ids}" for one in found if one.count]


def unfinished() -> int:
    """Events nobody handled yet and emails that nobody sent."""
    from models import database

    with database.connection_context():
        query = "SELECT (SELECT count(*) FROM stripe_events WHERE handled_at IS NULL)"
        query += " + (SELECT count(*) FROM emails WHERE status = 'queued')"
        return int(database.execute_sql(query).fetchone()[0])


def write(samples: Samples, folder: Path, heading: str) -> None:
    """soak.csv with every sample, soak.svg with what is worth looking at."""
    with (folder / "soak.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("minutes", "part", "figure", "value"))
        table.writerows((f"{x:.3f}", *key, f"{y:.2f}") for key, points in samples.items() for x, y in points)
    panels = [Panel(title, lines_of(samples, name)) for name, title in PANELS.items()]
    (folder / "soak.svg").write_text(line_charts(heading, panels, "minutes"))
    print(f"{folder / 'soak.csv'}, {folder / 'soak.svg'}")


def lines_of(samples: Samples, name: str) -> dict[str, Points]:
    """The lines of a panel: a figure of every process, or every figure of the stores' connections."""
    if name == "stores":
        return {figure: points for (part, figure), points in samples.items() if part == "connections"}
    return {part: points for (part, figure), points in samples.items() if figure == name}


def main(words: Sequence[str]) -> int:
    """One soak; 1 if anything grows, failed or is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=20.0)
    parser.add_argument("--out", type=Path, default=Path("data/soak"), help="where soak.csv, soak.svg and the log go")
    asked = parser.parse_args(words)
    quick = {"STUDIO_RENDERER": "tests.support.quick_studio", "STUDIO_GIVES_WAY": "false"}
    with stack_on_stores(RATE_LIMITS=LIMITS, **quick) as stack:
        from settings import settings

        samples, load = asyncio.run(measure(stack, settings.webhook_secrets[0], asked.minutes))
        wrong = report(samples, load)
        wait_for(lambda: not unfinished(), "the last events and emails", 120)
        wrong += broken()
        asked.out.mkdir(parents=True, exist_ok=True)
        shutil.copy(stack.log, asked.out / "stack.log")
    write(samples, asked.out, f"{asked.minutes:g} minutes, {load.done['order']} orders")
    for one in wrong:
        print("WRONG", one)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
