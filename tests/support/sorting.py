"""In which order the tests run, which of them one process keeps together, and which are system tests.

A system test needs stores, a browser or the running product; `make test-quick` leaves it out. What starts stacks of its own
goes first, longest first, so that no process is left alone with a long module at the end. What shares the one running product
goes last: once it is up, its clock and workers look after every row there is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

GROUPS = "TEST_GROUPS"  # names the file with the group of each test; set by the process that hands out, for those that run them
SYSTEM = {"stack", "browser", "migrated", "bucket", "application", "valkey"}
# Start processes of their own and share nothing with other modules: each test may be in a process of its own.
APART = ("test_remote_journey", "test_chaos", "test_separate_servers", "test_adoption")
# Start stores themselves, as it is them that they test or kill.
OWN_STORES = (*APART, "test_faults", "test_demo", "test_embedded", "test_upgrade", "test_documented_commands", "test_jobs")
# Render real music: system tests, though they need no store.
RENDER = ("test_studio", "test_singing", "test_bench")
LONGEST_FIRST = (
    *APART, "test_faults", "test_embedded", "test_documented_commands", "test_upgrade", "test_song_compare",
    "test_journey", "test_recovery", "test_instant_copy", "test_accessibility", "test_guided_form", "test_demo", "test_bench",
    "test_paying", "test_revisions_page", "test_stage", "test_gift_page", "test_staff_pages", "test_staff_tools",
)  # fmt: skip


def sort_and_mark(items: list[pytest.Item]) -> None:
    """Sort, mark system tests, and write down the group of each test.

    What a module has that needs the running product, and what not, are two groups: a group's tests share fixtures and may
    build on each other.
    """
    items.sort(key=_place)
    for item in items:
        if item.path.stem in (*OWN_STORES, *RENDER) or SYSTEM & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.system)
    _write_down({item.nodeid: _group(item) for item in items})


def needs_stack(item: pytest.Item) -> bool:
    """Whether a test drives the one running product."""
    return "stack" in getattr(item, "fixturenames", ())


def _place(item: pytest.Item) -> tuple[bool, int]:
    name = item.path.stem
    return needs_stack(item), LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


def _group(item: pytest.Item) -> str:
    if item.path.stem in APART:
        return item.nodeid.rpartition("/")[2]
    return f"{item.path.stem}{' on the stack' if needs_stack(item) else ''}"


def _write_down(groups: dict[str, str]) -> None:
    """For tests/support/sharing.py. Every process that runs tests writes the same."""
    place, worker = os.environ.get(GROUPS), os.environ.get("PYTEST_XDIST_WORKER")
    if place and worker:
        mine = Path(f"{place}.{worker}")
        mine.write_text(json.dumps(groups))
        mine.replace(place)
