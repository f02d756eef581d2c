"""Priority: how a process gives way to those that somebody waits for."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from settings import settings

LAST = 19


def give_way(steps: int) -> None:
    """Raise niceness by so many steps; at the last one the processor is used only while it is idle.

    Linux weighs whole sessions against each other before it looks at niceness (autogroups), and every process of ours has a
    session of its own: without setting that too, a demo's renderers would get as much as an order's.
    STUDIO_GIVES_WAY=false: not at all, where the music has a machine of its own.
    """
    if not settings.studio_gives_way:
        return
    with suppress(OSError):
        if os.nice(steps) >= LAST and hasattr(os, "SCHED_IDLE"):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    if os.getsid(0) == os.getpid():  # a session that others share is not ours to slow down
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(LAST))
