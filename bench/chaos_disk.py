"""The disk of `make chaos-faults`: a file system of its own that can be filled, and made to wait."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from pathlib import Path

DISK_MB = 3000


class Disk:
    """A file system of its own below `folder`: an image on a loop device. Needs root, and leave to mount."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.image = folder, folder.with_suffix(".img")
        self.ballast = folder / "ballast"
        self.pulsing = threading.Event()
        self.pulses: threading.Thread | None = None
        folder.mkdir()
        self.image.touch()
        os.truncate(self.image, DISK_MB * 2**20)
        made = subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(self.image)], check=False).returncode == 0
        mount = ["mount", "-o", "loop", str(self.image), str(folder)]
        self.is_mounted = made and subprocess.run(mount, check=False).returncode == 0
        folder.chmod(0o755)

    def fill(self) -> None:
        """Not one byte is left."""
        free = shutil.disk_usage(self.folder).free
        with self.ballast.open("wb", buffering=0) as file:
            with contextlib.suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, free - 2**20)
                file.seek(free - 2**20)
            with contextlib.suppress(OSError):
                while file.write(bytes(4096)):
                    pass

    def free(self) -> None:
        """All of it is free again."""
        self.ballast.unlink(missing_ok=True)

    def slow_down(self) -> None:
        """Whatever writes waits for up to a second, again and again (fsfreeze)."""
        self.pulsing.set()
        self.pulses = threading.Thread(target=self._pulse)
        self.pulses.start()

    def _pulse(self) -> None:
        while self.pulsing.is_set():
            subprocess.run(["fsfreeze", "-f", str(self.folder)], check=False)
            threading.Event().wait(1.0)
            subprocess.run(["fsfreeze", "-u", str(self.folder)], check=False)
            threading.Event().wait(0.1)

    def speed_up(self) -> None:
        """It is as quick as ever."""
        self.pulsing.clear()
        if self.pulses:
            self.pulses.join()

    def remove(self) -> None:
        """Unmount, also where a process still holds it."""
        self.speed_up()
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)
