"""The guard: a small process that outlives a killed supervisor just long enough to end its programs.

It imports only the standard library and runs as `python -I -S guard.py`, so that it costs little memory. Each line on its
standard input is `+pid stop_signal kill_signal` or `-pid`; the end of the input means that the supervisor is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

_POLITE = 1.0  # seconds from stop to kill; nothing may be left after 2 s
_QUICK = 0.5  # seconds from a kill_signal other than SIGKILL (postgres: SIGQUIT) to SIGKILL


def kill_session(session_id: int, sig: int) -> bool:
    """Send sig to every process of a session, grandchildren in their own groups included. True when there was any."""
    members = _session_members(session_id)
    for pid in members:
        send(pid, sig)
    return bool(members)


def send(pid: int, sig: int) -> None:
    """Send a signal to a process that may have exited already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, sig)


def _session_members(session_id: int) -> list[int]:
    """Running processes of a session; without /proc (macOS) only its leader's group can be found."""
    if not os.path.isdir("/proc/self"):
        return _group_members(session_id)
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, _, _, session = file.read().rpartition(b")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(session) == session_id and state != b"Z":
            found.append(int(name))
    return found


def _group_members(group: int) -> list[int]:
    """The negative group id, which os.kill understands as 'all of them', while any member runs."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return []
    return [-group]


def _read_until_orphaned(lines: Iterable[str]) -> dict[int, tuple[int, int]]:
    """The programs that ran when the supervisor ended: pid -> (stop_signal, kill_signal)."""
    running: dict[int, tuple[int, int]] = {}
    for line in lines:
        if line.startswith("+"):
            pid, stop_signal, kill_signal = map(int, line[1:].split())
            running[pid] = (stop_signal, kill_signal)
        else:
            running.pop(int(line[1:]), None)
    return running


def _wait_for_the_end(pids: Iterable[int], seconds: float) -> None:
    """Return as soon as none of these sessions has a member, or after `seconds`."""
    deadline = time.monotonic() + seconds
    while any(_session_members(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)


def main() -> None:
    """Wait for the supervisor's end, then send stop signals, kill signals and SIGKILL."""
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.SIG_IGN)  # only the end of its input ends the guard
    running = _read_until_orphaned(sys.stdin)
    for pid, (stop_signal, _) in reversed(running.items()):
        send(pid, stop_signal)
    _wait_for_the_end(running, _POLITE)
    for pid, (_, kill_signal) in running.items():
        kill_session(pid, kill_signal)
    _wait_for_the_end(running, _QUICK)
    for pid in running:
        kill_session(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
