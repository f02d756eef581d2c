"""A pytest plugin: how long every test took, written down and summed up, which long one does not say why, what ran again.

The list is written to test-durations.txt, or where TEST_DURATIONS says. Nothing fails because of a duration: on a busy machine
that would fail at random. A test that takes longer than LONG_SECONDS carries `@pytest.mark.slow("why")`; one that does not is
named at the end of the run.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

LONG_SECONDS = 20.0
SHOWN = 10
_took: Counter[str] = Counter()
_reasons: dict[str, str] = {}
_reruns: list[tuple[str, str]] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    """Let the reason travel with the report, also from another process."""
    report = yield
    mark = item.get_closest_marker("slow")
    if mark is not None:
        report.user_properties.append(("slow", str(mark.args[0])))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Set-up and tear-down count: whoever is first in a module pays for its fixtures."""
    _took[report.nodeid] += report.duration
    for name, value in report.user_properties:
        if name == "slow":
            _reasons[report.nodeid] = str(value)
    if report.outcome == "rerun":  # type: ignore[comparison-overlap]  # pytest-rerunfailures' own outcome
        _reruns.append((report.nodeid, report.longreprtext))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The longest tests and modules, long tests without a reason, and what each test that ran again had failed with."""
    if len(_took) < 2 or os.environ.get("PYTEST_XDIST_WORKER"):
        return
    modules: Counter[str] = Counter()
    for name, seconds in _took.items():
        modules[name.partition("::")[0]] += seconds
    lines = [f"{seconds:8.2f} s  {name}" for name, seconds in _took.most_common()]
    Path(os.environ.get("TEST_DURATIONS") or "test-durations.txt").write_text("\n".join([*lines, ""]))
    terminalreporter.section(f"longest tests (of {sum(_took.values()):.0f} s)")
    for line in lines[:SHOWN]:
        terminalreporter.line(line)
    terminalreporter.section("longest modules")
    for name, seconds in modules.most_common(SHOWN):
        terminalreporter.line(f"{seconds:8.2f} s  {name}")
    unsaid = [name for name, seconds in _took.items() if seconds > LONG_SECONDS and name not in _reasons]
    if unsaid:
        terminalreporter.section(f"longer than {LONG_SECONDS:.0f} s without a mark that says why")
        for name in unsaid:
            terminalreporter.line(name)
    for name, text in _reruns:
        terminalreporter.section(f"ran again: {name}")
        terminalreporter.write(text + "\n")
