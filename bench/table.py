"""The table of `make bench-pages`: what was asked, what we reach, and what others reached.

The figures of others were measured once on the same machine with the same tool, in their versions of then. They are
printed as recorded and are not measured again.
"""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

PERFORMANCE = "predecessor 56-69, Streamlit 55, Gradio 32, bare NiceGUI 65-79"
PAINT = "predecessor 4.0-4.4 s, Streamlit 17 s, Gradio 6.1 s, bare NiceGUI 3.5-4.5 s"
BLOCKING = "predecessor 640-1,230 ms"
CREATE = "predecessor 382 KiB, Gradio 692, Streamlit 2,826, bare NiceGUI 495-529"
PLAIN = "predecessor 314 KB of script alone"
SWITCH = "nobody else has it"
CELL = "predecessor up to 15 s; Streamlit and Gradio p50 about 550 ms"
REQUESTS = "predecessor 13 in the first 70 s, then 4 per minute"


class Row(NamedTuple):
    """One line. `beside` is what others reached."""

    what: str
    ours: str
    target: str
    met: bool = True
    beside: str = ""


HEADING = Row("what", "ours", "target", beside="side by side (same machine, same tool; not measured again)")


def show(row: Row) -> None:
    """Print it, at once."""
    target = row.target if row.met else f"{row.target}  MISSED"
    sys.stdout.write(f"{row.what:52} {row.ours:>28}   {target:18} {row.beside}".rstrip() + "\n")
    sys.stdout.flush()


def figure_row(what: str, figure: float, promise: str, unit: str = "s") -> None:
    """A measured figure and what is promised, at once."""
    sys.stdout.write(f"{what:72} {figure:9.2f} {unit:8} {promise}".rstrip() + "\n")
    sys.stdout.flush()


def loaded_row(what: str, figure: str, promise: str) -> None:
    """The same of several figures, beside the load of the machine."""
    sys.stdout.write(f"{what:72} {figure:>28} {promise:10} load {os.getloadavg()[0]:.0f}\n")
    sys.stdout.flush()
