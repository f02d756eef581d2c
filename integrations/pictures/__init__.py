"""Pictures that somebody sent, decoded in a process of its own: it has no secret, little memory and little time.

What comes back is a JPEG of our own making, with the pixels of the original and nothing else of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 15_000_000
# Why a picture is refused; the sentences stand in customer_texts.py.
PICTURE_CODES = ("too_large", "not_a_picture", "damaged_picture", "animated_picture", "too_many_pixels", "svg_picture")
_ROOT = Path(__file__).parent.parent.parent
_SECONDS = 30.0
_AT_ONCE = threading.BoundedSemaphore(2)  # each may take the memory of a very large photo


class RefusedPictureError(Exception):
    """No photo that we take; `code` is one of PICTURE_CODES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Picture:
    """A photo as we keep it; width and height are in pixels."""

    jpeg: bytes
    width: int
    height: int


def decode_apart(content: bytes) -> Picture:
    """As `decoding.decoded`, in a process of its own, at most two at once. Blocks; never call it in the event loop.

    Raises RefusedPictureError, also where the picture needed more time or memory than a photo does.
    """
    if len(content) > MOST_BYTES:
        raise RefusedPictureError("too_large")
    with _AT_ONCE:
        try:
            child = subprocess.run(
                [sys.executable, "-m", "integrations.pictures.decoding"],
                cwd=_ROOT,
                env={"PATH": "/usr/bin:/bin"},
                input=content,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RefusedPictureError("damaged_picture") from None
    head, _, jpeg = child.stdout.partition(b"\n")
    if child.returncode or not head:
        raise RefusedPictureError("damaged_picture")
    said = json.loads(head)
    if "code" in said:
        raise RefusedPictureError(said["code"])
    return Picture(jpeg, said["width"], said["height"])
