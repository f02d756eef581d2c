"""A pytest plugin: what one process runs alone and in order, where pytest-xdist shares the tests out.

The process that hands out knows only the names of tests. So those that run them write down to which group each belongs
(tests/support/sorting.py), and it reads that. pytest-xdist's own `--dist loadgroup` writes the group
behind the name of a test, where pytest 9.2 no longer looks for it: each test was a group of its own, and nothing said so.
"""

from __future__ import annotations

import json
import os
import socket
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.sorting import GROUPS

_ran_in: dict[str, set[str]] = defaultdict(set)


@cache
def _groups() -> dict[str, str]:
    return dict(json.loads(Path(os.environ[GROUPS]).read_text()))


class SharesGroups(LoadScopeScheduling):
    """A group goes to one process, in the order in which it was collected."""

    def _split_scope(self, nodeid: str) -> str:
        return _groups()[nodeid]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SharesGroups:
    return SharesGroups(config, log)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """pytest-rerunfailures asks the process that hands out about each test: two small messages, and the kernel held the second
    back for 40 ms.
    """
    line = getattr(getattr(config, "failures_db", None), "sock", None)
    if line and "PYTEST_XDIST_WORKER" in os.environ:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note who ran it."""
    worker = getattr(report, "worker_id", "")
    if worker and "PYTEST_XDIST_WORKER" not in os.environ:
        _ran_in[_groups()[report.nodeid]].add(worker)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """No group was torn apart, or the run fails."""
    torn = sorted(group for group, workers in _ran_in.items() if len(workers) > 1)
    if torn:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print("\nOne group, several processes:", ", ".join(torn))  # noqa: T201
