"""Promises of a part that is a fork of the supervisor: it has its memory, and nothing else of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embedded.forked import CAN_FORK

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not CAN_FORK, reason="elsewhere every part is started anew")
SUPERVISOR = """
import json, os, signal, sys, time
from embedded.interrupts import Interrupts
from embedded.programs import Program
lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)

def look():
    time.sleep(0.2)  # a signal that came before it could be taken comes now
    print(json.dumps({
        "session": os.getsid(0) == os.getpid(),
        "signals": [signal.getsignal(one) == signal.SIG_DFL for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)],
        "others": [one for one in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + one)
                   and os.readlink("/proc/self/fd/" + one) == sys.argv[1]],
        "words": open("/proc/self/cmdline").read().split("\\0")[:2], "env": dict(os.environ),
    }), flush=True)
    return int(os.environ["CODE"])

with Interrupts():
    program = Program("worker-1", look, {"CODE": "7"})
    program.start()
    if sys.argv[2] == "early":
        os.kill(program.process.pid, signal.SIGTERM)
    print(program.process.wait(), flush=True)
    print(os.fstat(lock).st_nlink, flush=True)
"""


def supervised(tmp_path: Path, how: str = "") -> list[str]:
    """What the child and then the supervisor printed."""
    lock = tmp_path / "lock"
    line = [sys.executable, "-c", SUPERVISOR, str(lock), how]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout.splitlines()


def test_a_part_keeps_neither_the_supervisors_descriptors_nor_its_signal_handlers_nor_its_session(tmp_path: Path) -> None:
    child, *_ = supervised(tmp_path)
    seen: dict[str, Any] = json.loads(child)
    assert seen["others"] == [], "the lock of the data directory stays the supervisor's"
    assert seen["signals"] == [True, True, True]
    assert seen["session"]


def test_a_part_has_its_own_name_environment_and_exit_code(tmp_path: Path) -> None:
    child, code, lock = supervised(tmp_path)
    seen: dict[str, Any] = json.loads(child)
    assert (seen["words"], seen["env"], code) == (["main.py", "worker"], {"CODE": "7"}, "7")
    assert lock == "1", "the supervisor still has its lock"


def test_a_stop_that_comes_before_a_part_can_take_it_is_not_lost(tmp_path: Path) -> None:
    assert supervised(tmp_path, "early") == ["-15", "1"]
