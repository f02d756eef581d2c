"""The nemesis of `make chaos-faults`: one fault after another, drawn by a seed, and the time until everything goes on again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import redis
import requests

from bench.chaos_machine import Machine
from bench.chaos_orders import Customers
from tests.support.disasters import parent_of
from tests.support.fault_proxy import MODES

PROMISE = 120.0  # seconds until everything goes on again, without hands
GIVES_UP = 300.0
LASTS = 2.0, 8.0  # seconds of a fault that has an end
JUMPS = -90, -30, 30, 90  # seconds
PARTS = {"web": 1, "worker": 2, "clock": 1, "studio": 1}  # processes of each, at least
# The other three points lie on the way of refunds, which nobody here needs; `make chaos` passes them.
ON_THE_WAY = ("checkout_", "webhook_", "event_", "fulfil_", "mail_")
# Moves of jobs, songs asked for and fetched, payments fulfilled, emails sent; then the songs and emails that are waited for.
PROGRESS = """
SELECT (SELECT count(*) FROM form_events WHERE moved_by <> 'customer'),
    (SELECT count(*) FROM form_events WHERE noun LIKE 'variation%' AND to_status IN ('waiting', 'ready')),
    (SELECT count(*) FROM checkout_sessions WHERE status = 'fulfilled'),
    (SELECT count(*) FROM emails WHERE status = 'sent'),
    (SELECT count(*) FROM variations WHERE status NOT IN ('ready', 'failed')),
    (SELECT count(*) FROM emails WHERE status = 'queued' AND next_try_at < localtimestamp)
"""
WAYS = {"wire: vendor": 1, "wire: stripe": 2, "wire: mail": 3}  # the figure that shows that a wire is of use again


@dataclass(frozen=True)
class Fault:
    """`begin` and `end` are called with some seconds between; one that is over at once has no `end`."""

    group: str
    name: str
    begin: Callable[[], object]
    end: Callable[[], object] | None = None
    repeats: int = 0  # emails that may go out again because of it: their 250 was lost, or never recorded


@dataclass(frozen=True)
class Outcome:
    """One fault that was. `healed` is in seconds from its end; None: it never came about."""

    fault: Fault
    healed: float | None


class Nemesis:
    """Draws faults from a shuffled deck, so that each comes about equally often."""

    def __init__(self, machine: Machine, customers: Customers, seed: int, only: Iterable[str] = ()) -> None:
        self.machine, self.customers, self.dice = machine, customers, random.Random(f"nemesis-{seed}")
        self.all = [one for one in self._all() if not only or one.group in only]
        self.deck: list[Fault] = []

    def draw(self) -> Fault:
        """The next fault."""
        if not self.deck:
            self.deck = self.dice.sample(self.all, len(self.all))
        return self.deck.pop()

    def strike(self) -> Outcome:
        """One fault, its end, and the time until everything goes on again."""
        fault, lasts = self.draw(), self.dice.uniform(*LASTS)
        came = fault.begin()
        try:
            time.sleep(lasts if fault.end else 0)
        finally:
            if fault.end:
                fault.end()
        if came is False:
            return Outcome(fault, None)
        self.machine.repeats_allowed += fault.repeats
        return Outcome(fault, self.healed(fault.group))

    def healed(self, group: str = "") -> float:
        """Seconds until the product says that it is ready, all its parts run, and orders have moved on since now; where a wire
        was hurt, on the way that needs it.
        """
        began, steps, before = time.monotonic(), self.customers.steps.total(), None
        while time.monotonic() - began < GIVES_UP:
            now = self._progress()
            before = before or now
            moved = now and before and self.customers.steps.total() > steps and goes_on(group, before, now)
            if moved and self._is_well():
                return time.monotonic() - began
            time.sleep(0.5)
        return GIVES_UP

    def _progress(self) -> tuple[int, ...] | None:
        """PROGRESS, with the payments that are waited for between the songs and the emails; None while PostgreSQL starts."""
        with contextlib.suppress(psycopg2.Error):
            *done, songs, emails = self.machine.ask(PROGRESS)[0]
            return (*done, songs, len(self.machine.simulation.paid) - done[2], emails)
        return None

    def _is_well(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            ready = requests.get(f"{self.machine.url}/readyz", timeout=5).status_code == 200
            return ready and all(len(self.machine.stack.pids(part)) >= count for part, count in PARTS.items())
        return False

    # --- what there is
    def _all(self) -> list[Fault]:
        found = [self._of_wire(name, mode) for name in self.machine.wires.named for mode in MODES[1:]]
        found += [Fault(f"{part} killed", part, lambda part=part: self._kill(part), repeats=2) for part in PARTS] * 2
        found += [Fault("running job killed", "horse", self._kill_horse, repeats=1)] * 3
        found += [self._of_point(point) for point in _points()]
        found += [Fault("Valkey forgets everything", "flush", self.machine.flush)] * 2
        found += [Fault(f"{name} restarted", name, lambda name=name: self._end_store(name), repeats=2) for name in STORES] * 2
        if self.machine.disk.is_mounted:
            disk = self.machine.disk
            found += [Fault("disk full", "full", disk.fill, disk.free, repeats=2)] * 2
            found += [Fault("disk slow", "slow", disk.slow_down, disk.speed_up)] * 2
        if self.machine.clock.is_ours:
            found += [self._of_clock(jump) for jump in JUMPS]
        return found

    def _of_wire(self, name: str, mode: str) -> Fault:
        wire, lossy = self.machine.wires.named[name], name in ("database", "mail")
        return Fault(f"wire: {name}", mode, lambda: wire.switch(mode), lambda: wire.switch("pass"), repeats=2 * lossy)

    def _of_clock(self, jump: int) -> Fault:
        clock = self.machine.clock
        return Fault("clock jumps", f"{jump:+d} s", lambda: clock.set(jump), lambda: clock.set(0), repeats=2)

    def _of_point(self, point: str) -> Fault:
        return Fault("crash point", point, lambda: self._crash(point), repeats=2 * point.startswith("mail_"))

    def _kill(self, part: str) -> bool:
        """One process of this part, its jobs live on."""
        mine = self.machine.stack.pids(part)
        parents = [pid for pid in mine if _parent(pid) not in mine]
        return _end(self.dice.choice(parents)) if parents else False

    def _kill_horse(self) -> bool:
        """A process that runs a job, as soon as there is one."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            mine = self.machine.stack.pids("worker")
            for pid in mine:
                if _parent(pid) in mine:
                    return _end(pid)
        return False

    def _crash(self, point: str) -> bool:
        """Arm a crash point until it was passed; False if nobody passes it."""
        log = self.machine.crash_log
        log.write_text("".join(f"{name}\n" for name in log.read_text().split() if name != point))
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if point in log.read_text().split():
                return True
            time.sleep(0.1)
        with log.open("a") as file:
            file.write(f"{point}\n")
        return False

    def _end_store(self, name: str) -> None:
        with contextlib.suppress(redis.RedisError):
            self.machine.end_store(name)


STORES = ("valkey", "PostgreSQL")


def goes_on(group: str, before: tuple[int, ...], now: tuple[int, ...]) -> bool:
    """Whether the timeline has moved on, and what needs this wire too, or nobody waits for that."""
    way = WAYS.get(group)
    return now[0] > before[0] and (way is None or now[way] > before[way] or now[way + 3] == 0)


def _points() -> list[str]:
    from jobs.crash_points import POINTS

    return [point for point in POINTS if point.startswith(ON_THE_WAY)]


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return parent_of(pid)
    return 0


def _end(pid: int) -> bool:
    """Kill it, and wait until it is dead; False where it was already."""
    try:
        os.kill(pid, signal.SIGKILL)
        while parent_of(pid) and b"\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
            time.sleep(0.01)
        return True
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is gone, its entry too


def table(outcomes: list[Outcome]) -> list[str]:
    """Count, median and longest time of each group."""
    lines = [f"{'fault':28} {'came':>5} {'median s':>9} {'longest s':>10}"]
    groups: dict[str, list[Any]] = {}
    for one in outcomes:
        groups.setdefault(one.fault.group, []).append(one.healed)
    for group, times in sorted(groups.items()):
        came = [one for one in times if one is not None]
        figures = f"{statistics.median(came):9.1f} {max(came):10.1f}" if came else f"{'':9} {'':10}"
        lines.append(
            f"{group:28} {len(came):5} {figures}" + (f"  {len(times) - len(came)} never came about" * (len(came) < len(times)))
        )
    return lines
