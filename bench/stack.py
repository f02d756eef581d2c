"""The product as a newcomer runs it: start, stop, memory, the first variation, all nine. Promises: docs/benchmarks.md."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from pathlib import Path

import requests

from bench.table import figure_row
from tests.support.stack import Stack, free_port, wait_for

IDLE = 10.0  # seconds until its memory is looked at


def main() -> None:
    """Print the table."""
    data = Path(tempfile.mkdtemp(prefix="serenade-bench-"))
    data.chmod(0o755)
    stack = Stack(data, free_port(), DATABASE_URL=None, REDIS_URL=None)
    try:
        began = time.perf_counter()
        stack.start_soon()
        wait_for(lambda: answers(stack), "the front page", 60)
        figure_row("start, empty data dir -> page answers", time.perf_counter() - began, "<= 3 s")
        wait_for(stack.is_ready, "a worker", 60)
        time.sleep(IDLE)
        figure_row("resident (PSS), all processes, idle", pss(stack), "<= 300 MB", "MB")
        order(stack)
        began = time.perf_counter()
        stack.process.send_signal(signal.SIGINT)
        stack.process.wait(30)
        figure_row("stop", time.perf_counter() - began, "<= 2 s")
        began = time.perf_counter()
        stack.start_soon()
        wait_for(lambda: answers(stack), "the front page", 60)
        figure_row("start again, data there -> page answers", time.perf_counter() - began, "")
    finally:
        stack.stop()
        shutil.rmtree(data, ignore_errors=True)


def order(stack: Stack, songs: int = 3) -> str:
    """A holiday hamper (or a single song) from submit to the last variation; the form."""
    form_id = stack.create(songs)
    began = time.perf_counter()
    stack.generate(form_id)

    def ready() -> int:
        return sum(one["status"] == "ready" for song in stack.form(form_id)["songs"] for one in song["variations"])

    wait_for(lambda: ready() >= 1, "the first variation", 120)
    figure_row("submit -> first variation playable", time.perf_counter() - began, "<= 6 s")
    wait_for(lambda: ready() == 3 * songs, "all of them", 300)
    figure_row(f"submit -> all {3 * songs} ready", time.perf_counter() - began, "<= 30 s")
    return form_id


def answers(stack: Stack) -> bool:
    """Whether the front page is there."""
    try:
        return requests.get(stack.url, timeout=1).status_code == 200
    except requests.ConnectionError:
        return False


def pss(stack: Stack) -> float:
    """Proportional set size of every process of the product in MB: shared pages are counted once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = str(stack.data_dir).encode() in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            if mine and int(folder.name) in family(stack.process.pid):
                total += sum(
                    int(line.split()[1]) for line in (folder / "smaps_rollup").read_text().splitlines() if "Pss:" in line[:5]
                )
        except OSError:
            continue
    return total / 1024


def family(pid: int) -> set[int]:
    """A process and everything below it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found
