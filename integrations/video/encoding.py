"""Frames and sound become an MP4 that phones and messengers play: H.264 High 4.0, yuv420p, AAC, index first.

WhatsApp, iOS and Android play H.264 with AAC in MP4; a closed group of two seconds lets them seek and cut.
"""

from __future__ import annotations

import io
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from av.video.reformatter import ColorRange, Colorspace

_MOST_BITS = 2_350_000  # a second, of the picture: with the sound 38 MB for two minutes
_SOUND_BITS = 160_000
_PIECE = 1024  # samples of one AAC frame
_AHEAD = 3  # frames that may wait for the encoder


class Movie:
    """One file being written. The encoder works in a thread beside the one that draws."""

    def __init__(self, target: Path, width: int, height: int, fps: int, sound: np.ndarray, rate: int) -> None:
        self.container = av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"})
        self.picture: Any = self.container.add_stream("libx264", rate=fps)
        self.picture.width, self.picture.height, self.picture.pix_fmt = width, height, "yuv420p"
        self.picture.time_base = self.picture.codec_context.time_base = Fraction(1, fps)
        self.picture.codec_context.color_range = ColorRange.MPEG
        self.picture.codec_context.colorspace = Colorspace.ITU709
        self.picture.codec_context.color_primaries = self.picture.codec_context.color_trc = 1  # BT.709
        self.picture.codec_context.thread_count = 2
        self.picture.options = {
            "preset": "veryfast",
            "profile": "high",
            "level": "4.0",
            "crf": "22",
            "maxrate": str(_MOST_BITS),
            "bufsize": str(2 * _MOST_BITS),
            "g": str(2 * fps),
            "keyint_min": str(fps),
            "flags": "+cgop",
            "bf": "2",
        }
        self.track: Any = self.container.add_stream("aac", rate=rate, layout="stereo")
        self.track.bit_rate = _SOUND_BITS
        self.fps, self.rate, self.sound = fps, rate, sound
        self.frames = self.samples = 0
        self.encoder = ThreadPoolExecutor(1)
        self.waiting: list[Future[None]] = []

    def add(self, whole: np.ndarray) -> None:
        """One more frame (Frame.whole, which may be drawn over afterwards)."""
        frame = av.VideoFrame.from_ndarray(whole, format="yuv420p")
        frame.pts, frame.time_base = self.frames, Fraction(1, self.fps)
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        self.frames += 1
        self.waiting.append(self.encoder.submit(self._encode, frame, self.frames * self.rate // self.fps))
        while len(self.waiting) > _AHEAD:
            self.waiting.pop(0).result()

    def _encode(self, frame: Any, until: int) -> None:
        self.container.mux(self.picture.encode(frame))
        self._sound(until)

    def _sound(self, until: int) -> None:
        while self.samples < min(until, len(self.sound)):
            piece = self.sound[self.samples : self.samples + _PIECE]
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece.T), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = self.rate, self.samples, Fraction(1, self.rate)
            self.container.mux(self.track.encode(frame))
            self.samples += len(piece)

    def close(self) -> None:
        """Write what is left, and the index at the front."""
        for one in self.waiting:
            one.result()
        self.encoder.shutdown()
        self._sound(len(self.sound))
        for stream in (self.picture, self.track):
            self.container.mux(stream.encode(None))
        self.container.close()


def sound_of(song: bytes, begin_ms: int, lead_ms: int, length_ms: int, *, cut: bool) -> tuple[np.ndarray, int]:
    """The song from `begin_ms` on as float32 (samples, 2), after `lead_ms` of silence, and its rate; a cut fades in and out."""
    with soundfile.SoundFile(io.BytesIO(song)) as file:
        rate = file.samplerate
        file.seek(min(file.frames, begin_ms * rate // 1000))
        heard = file.read(max(0, length_ms - lead_ms) * rate // 1000, dtype="float32", always_2d=True)
    heard = np.repeat(heard, 2, axis=1) if heard.shape[1] == 1 else heard[:, :2]
    if cut:
        rise, fall = rate // 4, rate
        heard[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)[: len(heard), None]
        heard[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)[-len(heard) :, None]
    made = np.zeros((length_ms * rate // 1000, 2), np.float32)
    start = lead_ms * rate // 1000
    made[start : start + len(heard)] = heard[: len(made) - start]
    return made, rate


def loudness_of(sound: np.ndarray, rate: int, per_second: int) -> np.ndarray:
    """How loud each moment is, from 0 to 1."""
    step = max(1, rate // per_second)
    blocks = sound[: len(sound) // step * step, 0].reshape(-1, step)
    loud = np.sqrt((blocks**2).mean(axis=1)) if len(blocks) else np.zeros(1, np.float32)
    return np.asarray((loud / max(float(np.percentile(loud, 99.5)), 1e-4)).clip(0, 1) ** 1.2, np.float32)
