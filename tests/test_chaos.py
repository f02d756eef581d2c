"""A short run of chaos; `make chaos` is a long one: real processes, every crash point, events lost, doubled, reordered."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.stack import ROOT

PAYMENTS = os.environ.get("CHAOS_PAYMENTS", "10")  # `make check` makes thirty; every crash point is a test of its own besides


@pytest.mark.slow("real processes, killed and started again, until every payment has come to its end")
def test_every_payment_is_fulfilled_once_or_given_back_once() -> None:
    hidden = ("PYTEST_", "STAFF_", "NICEGUI_", "DATA", "REDIS", "STRIPE", "PORT", "PUBLIC_URL")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    night = subprocess.run(
        [sys.executable, "-m", "bench.chaos", PAYMENTS, "--seed", "1", "--seconds", "180"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=400,
    )
    print(night.stdout[-3000:])  # noqa: T201 seen when it fails
    assert night.returncode == 0, night.stdout[-3000:] + night.stderr[-2000:]
