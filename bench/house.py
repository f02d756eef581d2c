"""The house as a newcomer meets it: start, stop, memory, the first variation, all nine. Promises are issue 2's."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from pathlib import Path

import requests

from tests.support.house import House, free_port, wait_for


def main() -> None:
    """Print the table."""
    data = Path(tempfile.mkdtemp(prefix="serenade-bench-"))
    data.chmod(0o755)
    house = House(data, free_port(), DATABASE_URL=None, REDIS_URL=None)
    try:
        began = time.perf_counter()
        house.start_soon()
        wait_for(lambda: answers(house), "the front page", 60)
        row("start, empty data dir -> page answers", time.perf_counter() - began, "<= 5 s")
        wait_for(house.is_ready, "a worker", 60)
        time.sleep(10)
        row("resident (PSS), all processes, idle", pss(house), "<= 350 MB", "MB")
        order(house)
        began = time.perf_counter()
        house.process.send_signal(signal.SIGINT)
        house.process.wait(30)
        row("stop", time.perf_counter() - began, "<= 2 s")
        house.log.close()
        began = time.perf_counter()
        house.start_soon()
        wait_for(lambda: answers(house), "the front page", 60)
        row("start again, data there -> page answers", time.perf_counter() - began, "")
    finally:
        house.stop()
        shutil.rmtree(data, ignore_errors=True)


def order(house: House) -> None:
    """A holiday hamper from submit to the last variation."""
    form_id = house.create(songs=3)
    began = time.perf_counter()
    house.generate(form_id)

    def ready() -> int:
        return sum(one["status"] == "ready" for song in house.form(form_id)["songs"] for one in song["variations"])

    wait_for(lambda: ready() >= 1, "the first variation", 120)
    row("submit -> first variation playable", time.perf_counter() - began, "<= 5 s")
    wait_for(lambda: ready() == 9, "all nine", 300)
    row("submit -> all nine ready", time.perf_counter() - began, "<= 45 s")


def answers(house: House) -> bool:
    """Whether the front page is there."""
    try:
        return requests.get(house.url, timeout=1).status_code == 200
    except requests.ConnectionError:
        return False


def pss(house: House) -> float:
    """Proportional set size of every process of the house in MB: shared pages are counted once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = str(house.data_dir).encode() in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            if mine and int(folder.name) in family(house.process.pid):
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


def row(what: str, figure: float, promise: str, unit: str = "s") -> None:
    """One line of the table."""
    print(f"{what:48} {figure:8.2f} {unit:3} {promise}")
