"""A short run of chaos; `make chaos` is a long one: real processes, every crash point, events lost, doubled, reordered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import chaos_generation
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
