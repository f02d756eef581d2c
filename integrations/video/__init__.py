"""Videos of a song: filmed in a process of its own, which gives way, stays within bounds and ends with whoever asked for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from integrations.video.script import VideoScript

_ROOT = Path(__file__).parent.parent.parent
_SLOWEST = 20.0  # times the song's length
_LEAST_SECONDS = 300.0
_PREFIX, _LEFT_SECONDS = "serenade-video-", 3600.0
VIDEO_CODES = ("no_encoder", "no_room", "failed")


class VideoError(Exception):
    """No video came of it: `code` is one of VIDEO_CODES, `detail` is for staff."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code


class NotWantedError(Exception):
    """Whoever heard how far it is said that it is not wanted any more."""


def film_apart(script: VideoScript, song: bytes, photos: Sequence[bytes], said: Callable[[int], bool]) -> bytes:
    """The MP4. `said` hears how far it is, in percent, and answers whether to go on. Blocks for about the song's length.

    Raises VideoError and NotWantedError; however it ends, no process and no file is left.
    """
    if find_spec("av") is None:
        raise VideoError("no_encoder")
    _tidy()
    try:
        with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
            folder = Path(name)
            (folder / "script.json").write_text(script.as_json())
            (folder / "song.mp3").write_bytes(song)
            for number, photo in enumerate(photos):
                (folder / f"photo-{number}.jpg").write_bytes(photo)
            _filmed(folder, script, said)
            return (folder / "video.mp4").read_bytes()
    except OSError as error:
        raise VideoError("no_room", error.strerror or "") from error


def _tidy() -> None:
    """Remove what a machine that stopped in the middle left behind; whoever is at work writes into its folder all the time."""
    for old in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - max(one.stat().st_mtime for one in (old, *old.iterdir())) > _LEFT_SECONDS:
                shutil.rmtree(old)


def _filmed(folder: Path, script: VideoScript, said: Callable[[int], bool]) -> None:
    with (folder / "errors").open("w+b") as errors:
        child = subprocess.Popen(  # noqa: S603 our own module
            [sys.executable, "-m", "integrations.video.filming", str(folder), str(os.getpid())],
            cwd=_ROOT,
            env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        too_long = threading.Timer(max(_LEAST_SECONDS, _SLOWEST * script.song_ms / 1000), child.kill)
        too_long.start()
        try:
            for line in child.stdout or ():
                if line.strip() == "no_room":
                    raise VideoError("no_room")
                if not said(int(line)):
                    raise NotWantedError
            if child.wait():
                errors.seek(0)
                raise VideoError("failed", f"{child.returncode}: {errors.read()[-300:].decode(errors='replace')}")
        finally:
            too_long.cancel()
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()
