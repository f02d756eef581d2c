"""What a check of the configuration found, and how checks run: side by side, each for a few seconds, none in another's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class CheckVerdict(StrEnum):
    """How much it matters: only `broken` makes the doctor's exit code 1."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class CheckResult:
    """One line of the doctor: what was found, and what to do about it. Never a secret, nor a vendor's own words."""

    verdict: CheckVerdict
    found: str
    to_do: str = ""


Check = Callable[[], CheckResult]


def fine(found: str) -> CheckResult:
    """Nothing is to be done."""
    return CheckResult(CheckVerdict.OK, found)


def doubtful(found: str, to_do: str) -> CheckResult:
    """It may be meant so, or not be seen from here."""
    return CheckResult(CheckVerdict.WARNING, found, to_do)


def broken(found: str, to_do: str) -> CheckResult:
    """Something does not work."""
    return CheckResult(CheckVerdict.BROKEN, found, to_do)


def run_checks(checks: Mapping[str, Check], seconds: float) -> dict[str, CheckResult]:
    """Every check's result under its name, after at most so many seconds. One that raises or hangs is broken itself."""
    results: dict[str, CheckResult] = {}

    def run(name: str, check: Check) -> None:
        try:
            results[name] = check()
        except Exception as error:
            results[name] = broken(f"the check ended with {error.__class__.__name__}", "report it, with the line above it")

    threads = [
        threading.Thread(target=run, args=one, daemon=True) for one in checks.items()
    ]  # daemons: left behind if they hang
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    slow = broken(f"no answer within {seconds:.0f} s", "look whether a firewall drops it, and whether the address is right")
    return {name: results.get(name, slow) for name in checks}
