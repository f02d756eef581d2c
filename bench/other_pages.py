"""A Streamlit and a Gradio page that show one form, each served by a process of an environment that is not ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import requests

from tests.support.stack import free_port

PRODUCTS = ("streamlit", "gradio")
WAYS = ("timer", "loop")  # how its page follows the rows
SECONDS = 1.0  # between two looks of a timer
INSTALLED = "import importlib.metadata as m, json; print(json.dumps({one.name: one.version for one in m.distributions()}))"
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}


def versions(folder: Path) -> dict[str, str]:
    """Which of the products this environment has, and in which version; nothing without what they read the rows by."""
    python = folder / "bin" / "python"
    if not python.is_file():
        return {}
    asked = subprocess.run([python, "-c", INSTALLED], capture_output=True, text=True, check=False)
    found: dict[str, str] = json.loads(asked.stdout) if asked.returncode == 0 else {}
    return {name: found[name] for name in PRODUCTS if name in found and "psycopg2-binary" in found}


class Served(NamedTuple):
    """A page that is being started."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def is_up(self) -> bool:
        """Whether it answers; AssertionError with the end of its log if it never will."""
        assert self.process.poll() is None, self.log.read_text(errors="replace")[-2000:]
        try:
            return requests.get(self.url, timeout=5).status_code == 200
        except requests.RequestException:
            return False


@contextmanager
def served(folder: Path, product: str, way: str, scratch: Path, grid: Mapping[str, str]) -> Iterator[Served]:
    """The page of a product, which follows the rows by "timer" or by "loop". `grid`: the form, and where its recordings are."""
    port, log = free_port(), scratch / f"{product}-{way}.log"
    script = shutil.copy(Path(__file__).with_name(f"{product}_grid.py"), scratch)  # beside ours it could import what is ours
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none"]
    command = ["-m", "streamlit", "run", script, *options] if product == "streamlit" else [script]
    own = {"HOME": str(scratch), "GRADIO_TEMP_DIR": str(scratch / "gradio"), **QUIET}
    own |= {"GRID_PORT": str(port), "GRID_WAY": way, "GRID_SECONDS": str(SECONDS), **grid}
    python = folder.absolute() / "bin" / "python"
    with log.open("wb") as out:
        process = subprocess.Popen([python, *command], env={**os.environ, **own}, cwd=scratch, stdout=out, stderr=out)
    try:
        yield Served(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.kill()  # a loop that waits for the next change hears nothing else
        process.wait(30)
