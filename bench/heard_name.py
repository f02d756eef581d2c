"""What "Hear it" costs: memory of the web process before, while and after it answers ten names, and of the process that sings.

.venv/bin/python -m bench.heard_name
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

from bench.soak_samples import resident
from bench.stack import answers, family
from bench.table import figure_row
from tests.support.stack import Stack, free_port, wait_for

NAMES = "Mia Oliver Charlotte Theodore Siobhan Kaelyn Eleanor Marcus Priya Anna"
SINGS, SERVES = b"singing.name_line", b"main.py\0web"


def found(above: int, what: bytes) -> list[int]:
    """Processes below this one whose command line holds this."""
    pids = []
    for pid in family(above):
        try:
            pids += [pid] if what in Path(f"/proc/{pid}/cmdline").read_bytes() else []
        except OSError:
            continue
    return pids


def main() -> None:
    """Print the table."""
    data = Path(tempfile.mkdtemp(prefix="serenade-bench-"))
    data.chmod(0o755)
    stack = Stack(data, free_port(), DATABASE_URL=None, REDIS_URL=None)
    try:
        stack.start_soon()
        wait_for(lambda: answers(stack), "the front page", 180)
        web = found(stack.process.pid, SERVES)[0]
        time.sleep(5)
        figure_row(f"web before, load {os.getloadavg()[0]:.0f}", resident(web), "", "MB")
        ten_names(stack, web)
        figure_row("web after ten names", resident(web), "no more than before", "MB")
        time.sleep(5)
        figure_row("web five seconds later", resident(web), "", "MB")
        figure_row("processes left that sing", len(found(stack.process.pid, SINGS)), "0", "")
    finally:
        stack.stop()
        shutil.rmtree(data, ignore_errors=True)


def ten_names(stack: Stack, web: int) -> None:
    """Ask for each, and look at the memory ten times a second meanwhile."""
    most, done, took = {"web": 0.0, "singing": 0.0}, threading.Event(), []

    def look() -> None:
        while not done.wait(0.1):
            most["web"] = max(most["web"], resident(web))
            for pid in found(web, SINGS):
                try:
                    most["singing"] = max(most["singing"], resident(pid))
                except (OSError, StopIteration):
                    continue  # it has ended

    watching = threading.Thread(target=look)
    watching.start()
    try:
        for name in NAMES.split():
            began = time.perf_counter()
            stack.call("POST", "/heard-name", json={"name": name, "language": "en", "voice": "female"}).raise_for_status()
            took.append(time.perf_counter() - began)
    finally:
        done.set()
        watching.join()
    figure_row("web while it answers, at most", most["web"], "", "MB")
    figure_row("the process that sings, at most", most["singing"], "", "MB")
    figure_row("one name, the middle of ten", sorted(took)[len(took) // 2], "1 s")
    figure_row("one name, the slowest", max(took), "")


if __name__ == "__main__":
    main()
