"""Pictures as a video encoder takes them: light, and two planes of colour at half the size (4:2:0, BT.709, limited range)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

# ITU-R BT.709-6: R, G, B of 0..255 to Y of 16..235 and Cb, Cr of 16..240.
_TO_Y = np.array([0.2126, 0.7152, 0.0722], np.float32) * np.float32(219 / 255)
_TO_U = np.array([-0.114572, -0.385428, 0.5], np.float32) * np.float32(224 / 255)
_TO_V = np.array([0.5, -0.454153, -0.045847], np.float32) * np.float32(224 / 255)


class VideoFrame:
    """One frame: `whole` as the encoder takes it, the planes as views of it. Sizes are even."""

    def __init__(self, width: int, height: int) -> None:
        self.whole = np.empty((height * 3 // 2, width), np.uint8)
        quarter = (height // 2) * (width // 2)
        flat = self.whole.reshape(-1)
        light = width * height
        self.y = flat[:light].reshape(height, width)
        self.u = flat[light : light + quarter].reshape(height // 2, width // 2)
        self.v = flat[light + quarter : light + 2 * quarter].reshape(height // 2, width // 2)

    @property
    def planes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Light, and the two of colour."""
        return self.y, self.u, self.v


def planes_of(image: Image.Image) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The planes of an RGB picture with even sides, as whole numbers."""
    y, u, v = _measured(np.asarray(image.convert("RGB"), np.float32))
    light, blue, red = (np.clip(np.rint(plane), 0, 255).astype(np.uint8) for plane in (y, _halved(u), _halved(v)))
    return light, blue, red


def _measured(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return rgb @ _TO_Y + 16, rgb @ _TO_U + 128, rgb @ _TO_V + 128


def _halved(plane: np.ndarray) -> np.ndarray:
    height, width = plane.shape
    return np.asarray(plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)))


@dataclass(frozen=True)
class Overlay:
    """What is laid over a frame, at even coordinates: for each plane (how much of it, 0..256; that much of its value)."""

    x: int
    y: int
    layers: tuple[tuple[np.ndarray, np.ndarray], ...]

    def on(self, frame: VideoFrame, strength: float = 1.0, *, columns: tuple[int, int] | None = None) -> None:
        """Lay it over the frame; of `columns` (even, from its left edge) alone, where they are named."""
        part = round(strength * 256)
        if part <= 0:
            return
        for number, (target, (much, value)) in enumerate(zip(self._targets(frame), self.layers, strict=True)):
            half = 1 if number == 0 else 2
            chosen = slice(None) if columns is None else slice(columns[0] // half, columns[1] // half)
            much, value, target = much[:, chosen], value[:, chosen], target[:, chosen]
            if part < 256:
                much = ((much.astype(np.uint32) * part) >> 8).astype(np.uint16)
                value = ((value.astype(np.uint32) * part) >> 8).astype(np.uint16)
            target[:] = (target * (256 - much) + value) >> 8

    def _targets(self, frame: VideoFrame) -> Iterator[np.ndarray]:
        for plane, (much, _value), half in zip(frame.planes, self.layers, (1, 2, 2), strict=True):
            top, left = self.y // half, self.x // half
            yield plane[top : top + much.shape[0], left : left + much.shape[1]]


def overlay_of(image: Image.Image, x: int, y: int) -> Overlay | None:
    """A picture with transparency as an overlay at (x, y), cut to what can be seen of it; None where that is nothing."""
    box = image.getchannel("A").getbbox()
    if box is None:
        return None
    left, top, right, bottom = box[0] & ~1, box[1] & ~1, min(image.width, box[2] + 1), min(image.height, box[3] + 1)
    cut = np.asarray(image.crop((left, top, right - (right - left) % 2, bottom - (bottom - top) % 2)), np.float32)
    much = cut[..., 3] * np.float32(256 / 255)
    light, blue, red = _measured(cut[..., :3])
    half = _halved(much)
    layers = [(much, light * much), (half, _halved(blue * much)), (half, _halved(red * much))]
    return Overlay(x + left, y + top, tuple((_whole(share), _whole(value)) for share, value in layers))


def tinted(mask: np.ndarray, colour: tuple[int, int, int], x: int, y: int) -> Overlay:
    """One colour through a mask (0..1, even sides)."""
    light, blue, red = (float(value) for value in _measured(np.array(colour, np.float32)))
    much = mask.astype(np.float32) * 256
    half = _halved(much)
    return Overlay(
        x, y, ((_whole(much), _whole(much * light)), (_whole(half), _whole(half * blue)), (_whole(half), _whole(half * red)))
    )


def _whole(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(np.rint(values), 0, 65535).astype(np.uint16))


def mix_planes(frame: VideoFrame, other: VideoFrame, strength: float) -> None:
    """So much of the other frame over this one."""
    part = np.uint16(round(strength * 256))
    rest = np.uint16(256 - part)
    frame.whole[:] = (frame.whole * rest + other.whole * part) >> 8
