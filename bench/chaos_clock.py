"""The clock of `make chaos-faults`: a small C library, preloaded into the product, that shifts what time it is there."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from pathlib import Path


class Clock:
    """The product's wall clock. Without a C compiler `is_ours` is False, and nothing is shifted."""

    def __init__(self, folder: Path) -> None:
        self.shift, self.library = folder / "clock-shift", folder / "clock_shift.so"
        self.shift.write_bytes(struct.pack("i", 0))
        source = Path(__file__).with_name("clock_shift.c")
        compiler = shutil.which("cc")
        command = [str(compiler), "-shared", "-fPIC", "-O2", "-o", str(self.library), str(source)]
        self.is_ours = bool(compiler) and subprocess.run(command, check=False).returncode == 0

    def environment(self) -> dict[str, str]:
        """What every process of the product is started with."""
        return {"LD_PRELOAD": str(self.library), "CLOCK_SHIFT_FILE": str(self.shift)} if self.is_ours else {}

    def set(self, seconds: int) -> None:
        """It is so many seconds fast, in every process that runs (they have the file mapped: it is never replaced)."""
        with self.shift.open("r+b") as file:
            os.pwrite(file.fileno(), struct.pack("i", seconds), 0)
