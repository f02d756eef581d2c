"""The pictures of `python -m bench crowd`, `workers` and `others`: docs/crowd.svg, docs/workers.svg, docs/others.svg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from pathlib import Path

from bench.plots import Panel, Points, line_charts


def save_crowd(folder: Path, steps: Sequence[Mapping[str, float]]) -> None:
    """Push latency, memory and CPU against the number of open pages, which grows by tens."""
    decades = {log10(step["pages"]): f"{step['pages']:,.0f}" for step in steps}

    def line(name: str) -> Points:
        return [(log10(step["pages"]), step[name]) for step in steps]

    panels = [
        Panel("From a committed row to the page, milliseconds", {name: line(name) for name in ("p50", "p95", "p99")}),
        Panel("Memory of the web process (PSS), MB", {"web": line("megabytes")}),
        Panel("CPU of the web process, percent of one core", {"web": line("cpu")}),
    ]
    heading = "Open pages while 20 variations a second change"
    _save(folder / "crowd.svg", line_charts(heading, panels, "pages open", decades))


def save_workers(folder: Path, rates: Mapping[int, float], costs: Mapping[int, float]) -> None:
    """Variations a second, and CPU of the workers for each, against the number of workers."""
    panels = [
        Panel("Variations ready a second", {"ready": [(0, 0), *rates.items()]}),
        Panel("CPU of the workers for each variation, milliseconds", {"CPU": list(costs.items())}),
    ]
    _save(folder / "workers.svg", line_charts("The pipeline with more workers, two cores", panels, "workers"))


def save_others(folder: Path, pages: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> None:
    """Of each page (milliseconds, bytes) of all changes, both in order of size."""

    def lines(which: int, unit: float) -> dict[str, Points]:
        return {
            name: [(100 * (place + 1) / len(both[which]), value / unit) for place, value in enumerate(sorted(both[which]))]
            for name, both in pages.items()
        }

    panels = [
        Panel("From a committed row to the page, seconds", lines(0, 1000)),
        Panel("Received from one change to the next, KB", lines(1, 1024)),
    ]
    _save(
        folder / "others.svg", line_charts("One grid in three products", panels, "percent of the changes, the quickest first")
    )


def _save(path: Path, picture: str) -> None:
    path.write_text(picture)
    print(path)
