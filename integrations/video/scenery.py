"""What stands behind the words: photos that move slowly, or light that drifts over our colours."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from integrations.video.planes import VideoFrame, planes_of

_ROOM = 1.16  # how much larger a picture is than the frame that moves over it
_MOST_CUT = 0.4  # of a photo: where more would be cut away it is shown whole, over itself out of focus
# A window's way over the picture, for one photo after another: how much of it is seen first and last, and where it stands.
_WAYS = (
    (1.0, 0.9, (0.5, 0.5), (0.35, 0.3)),
    (0.89, 1.0, (0.7, 0.4), (0.5, 0.5)),
    (1.0, 0.89, (0.5, 0.5), (0.65, 0.6)),
    (0.9, 1.0, (0.3, 0.6), (0.5, 0.5)),
)
_DRIFT = (0.66, 0.66, (0.0, 0.0), (1.0, 1.0))


@dataclass(frozen=True)
class VideoScene:
    """A picture and the way of the frame over it, from 0 to 1 of the time that it is seen."""

    planes: tuple[Image.Image, ...]
    way: tuple[float, float, tuple[float, float], tuple[float, float]]

    def onto(self, frame: VideoFrame, part: float) -> None:
        """Fill the frame as it stands at this part of the way."""
        eased = part * part * (3 - 2 * part) * 0.35 + part * 0.65  # it begins and ends a little slower
        start, end, (x0, y0), (x1, y1) = self.way
        for target, picture in zip(frame.planes, self.planes, strict=True):
            share = start + (end - start) * eased
            width, height = picture.width * share, picture.height * share
            left = (picture.width - width) * (x0 + (x1 - x0) * eased)
            top = (picture.height - height) * (y0 + (y1 - y0) * eased)
            box = (left, top, min(left + width, picture.width), min(top + height, picture.height))
            size = (target.shape[1], target.shape[0])
            target[:] = np.asarray(picture.resize(size, Image.Resampling.BILINEAR, box))


def photo_scene(jpeg: bytes, width: int, height: int, number: int) -> VideoScene:
    """A photo (as we keep it: upright, in sRGB) that fills the frame."""
    photo = Image.open(io.BytesIO(jpeg)).convert("RGB")
    large = (_even(width * _ROOM), _even(height * _ROOM))
    ratio, wanted = photo.width / photo.height, large[0] / large[1]
    kept = min(ratio, wanted) / max(ratio, wanted)
    filled = _covering(photo, large)
    if 1 - kept > _MOST_CUT:
        filled = _whole_over_itself(photo, filled)
    return VideoScene(tuple(Image.fromarray(plane) for plane in planes_of(filled)), _WAYS[number % len(_WAYS)])


def _covering(photo: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Cut to the size's proportions, a little above the middle, where faces are."""
    scale = max(size[0] / photo.width, size[1] / photo.height)
    wide, high = size[0] / scale, size[1] / scale
    left, top = (photo.width - wide) / 2, (photo.height - high) * 0.4
    return photo.resize(size, Image.Resampling.LANCZOS, (left, top, left + wide, top + high))


def _whole_over_itself(photo: Image.Image, behind: Image.Image) -> Image.Image:
    small = behind.resize((max(2, behind.width // 8), max(2, behind.height // 8)))
    small = small.filter(ImageFilter.GaussianBlur(max(1.0, behind.width / 8 / 40)))
    made = ImageEnhance.Brightness(small.resize(behind.size, Image.Resampling.BICUBIC)).enhance(0.55)
    scale = min(behind.width / photo.width, behind.height / photo.height)
    size = (max(2, round(photo.width * scale)), max(2, round(photo.height * scale)))
    top = round((behind.height - size[1]) * (0.36 if behind.height > behind.width else 0.5))
    made.paste(photo.resize(size, Image.Resampling.LANCZOS), ((behind.width - size[0]) // 2, top))
    return made


def drifting_light(width: int, height: int) -> VideoScene:
    """Our colours at night with warm light in them. A little grain keeps the encoder from drawing steps."""
    wide, high = _even(width), _even(height)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    x, y = x / wide, y / high
    picture = _ramp(y, (38, 13, 29), (86, 20, 49))
    for cx, cy, size, colour, strength in (
        (0.25, 0.22, 0.45, (168, 44, 84), 0.75),
        (0.8, 0.38, 0.38, (231, 150, 62), 0.42),
        (0.55, 0.75, 0.5, (124, 24, 54), 0.9),
        (0.1, 0.95, 0.35, (214, 120, 70), 0.3),
    ):
        near = np.exp(-(((x - cx) * min(1, wide / high)) ** 2 + ((y - cy) * min(1, high / wide)) ** 2) / (2 * (size / 2) ** 2))
        much = (near * strength)[..., None].astype(np.float32)
        picture = picture * (1 - much) + np.array(colour, np.float32) * much
    grain = np.random.default_rng(7).normal(0, 1.2, (high, wide, 1)).astype(np.float32)
    image = Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8))
    return VideoScene(tuple(Image.fromarray(plane) for plane in planes_of(image)), _DRIFT)


def _ramp(y: np.ndarray, top: tuple[int, ...], bottom: tuple[int, ...]) -> np.ndarray:
    share = y[..., None]
    return np.asarray(np.array(top, np.float32) * (1 - share) + np.array(bottom, np.float32) * share)


def _even(length: float) -> int:
    return round(length / 2) * 2
