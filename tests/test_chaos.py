"""A short run of chaos; `make chaos` is a long one: real processes, every crash point, events lost, doubled, reordered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import chaos_clock, chaos_generation, chaos_nemesis
from tests.support.fault_proxy import MODES
from tests.support.stack import ROOT

PAYMENTS = os.environ.get("CHAOS_PAYMENTS", "10")  # `make check` makes thirty; every crash point is a test of its own besides


@pytest.mark.slow("real processes, killed and started again, until every payment has come to its end")
def test_every_payment_is_fulfilled_once_or_given_back_once() -> None:
    hidden = ("PYTEST_", "STAFF_", "NICEGUI_", "DATA", "REDIS", "STRIPE", "PORT", "PUBLIC_URL")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    night = subprocess.run(
        [sys.executable, "-m", "bench.chaos", PAYMENTS, "--seed", "1", "--seconds", "360"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=600,
    )
    print(night.stdout[-3000:])  # noqa: T201 seen when it fails
    assert night.returncode == 0, night.stdout[-3000:] + night.stderr[-2000:]


@pytest.mark.parametrize("vendor", chaos_generation.NEEDED)
def test_songs_are_made_under_disasters_without_a_data_folder_of_the_one_who_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], vendor: str
) -> None:
    """The pattern of the stacks' data needs one (tests/support/ready_data.py), and a shell has none."""
    asked: list[bool] = []

    @contextmanager
    def no_stack(*_: object) -> Iterator[None]:
        asked.append(Path(os.environ["DATA_DIR"]).parent.is_dir())
        yield

    monkeypatch.setenv("DATA_DIR", "")
    monkeypatch.delenv("DATA_DIR")
    monkeypatch.setattr(chaos_generation, "living", no_stack)
    monkeypatch.setattr(chaos_generation, "_repeated", lambda stack: 0)
    assert chaos_generation.main(0, 1, ["flush"], vendor) == 0
    assert asked == [True]
    assert "Valkey forgets everything" in capsys.readouterr().out


def a_nemesis(seed: int, **machine: object) -> chaos_nemesis.Nemesis:
    wires = SimpleNamespace(named=dict.fromkeys(("web", "mail"), SimpleNamespace(switch=print)))
    usual = {"wires": wires, "disk": SimpleNamespace(is_mounted=False), "clock": SimpleNamespace(is_ours=False), "flush": print}
    return chaos_nemesis.Nemesis(SimpleNamespace(**usual, **machine), SimpleNamespace(), seed)  # type: ignore[arg-type]


def test_a_seed_draws_its_faults_and_each_of_them_before_one_comes_again() -> None:
    one, same, other = a_nemesis(1), a_nemesis(1), a_nemesis(2)
    drawn = [one.draw() for _ in one.all]
    named = [(fault.group, fault.name) for fault in drawn]
    assert named == [(fault.group, fault.name) for fault in (same.draw() for _ in same.all)]
    assert named != [(fault.group, fault.name) for fault in (other.draw() for _ in other.all)]
    assert {("wire: mail", mode) for mode in MODES[1:]} | {("crash point", "mail_sent"), ("web killed", "web")} <= {*named}
    assert sorted(named) == sorted((fault.group, fault.name) for fault in one.all)


def test_orders_go_on_only_where_the_way_that_was_hurt_has_moved() -> None:
    before = (90, 30, 1, 4, 3, 1, 1)  # moves, moves of songs, payments, emails; then songs, payments, emails waited for
    assert chaos_nemesis.goes_on("web killed", before, (91, 30, 1, 4, 3, 1, 1))
    assert not chaos_nemesis.goes_on("web killed", before, before), "nothing moved at all"
    assert not chaos_nemesis.goes_on("wire: vendor", before, (91, 30, 2, 5, 3, 0, 0)), "songs are waited for"
    assert not chaos_nemesis.goes_on("wire: stripe", before, (91, 31, 1, 5, 3, 1, 0)), "a payment is waited for"
    assert not chaos_nemesis.goes_on("wire: mail", before, (91, 31, 2, 4, 3, 0, 1)), "an email is due"
    assert chaos_nemesis.goes_on("wire: mail", before, (91, 31, 2, 5, 3, 0, 1))
    assert chaos_nemesis.goes_on("wire: mail", before, (91, 31, 2, 4, 3, 0, 0)), "no email is waited for"


def test_the_wall_clock_jumps_in_a_process_that_runs_and_the_monotonic_one_does_not(tmp_path: Path) -> None:
    clock = chaos_clock.Clock(tmp_path)
    if not clock.is_ours:
        pytest.skip("no C compiler on this machine")
    says = "import time\nwhile True: input(); print(time.time(), time.monotonic(), flush=True); time.sleep(0)"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", says], text=True, env=os.environ | clock.environment(), **pipes) as process:  # type: ignore[call-overload]
        found = {}
        for shift in (0, 90, -90, 0):
            clock.set(shift)
            process.stdin.write("\n")
            process.stdin.flush()
            wall, monotonic = map(float, process.stdout.readline().split())
            found[shift] = wall - monotonic
        process.kill()
    shifts = {shift: round(ahead - found[0]) for shift, ahead in found.items()}
    assert shifts == {0: 0, 90: 90, -90: -90}
