"""The process that films: `python -m integrations.video.filming FOLDER`. It says how far it is, in
percent, a line each, or "no_room" where the disk is full.

The folder holds script.json, song.mp3 and photo-0.jpg …; video.mp4 is written into it. It dies with whoever started it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import numpy as np
from PIL import Image, ImageDraw

from integrations.video.encoding import Movie, loudness_of, sound_of
from integrations.video.layers import Layers
from integrations.video.planes import Overlay, VideoFrame, mix_planes, planes_of, tinted
from integrations.video.scenery import VideoScene, drifting_light, photo_scene
from integrations.video.script import Cue, Timeline, VideoScript, read_script, timeline

_CREAM, _GOLD, _AMBER = (255, 247, 234), (231, 170, 62), (255, 198, 92)
_FADE_MS, _LINE_FADE_MS = 800, 220
_BARS, _LIVE_BARS, _LOUD_PER_SECOND = 72, 45, 25
_NICE = 10
_MEMORY = 3_000_000_000  # bytes of address space; the largest video takes half a gigabyte


class Film:
    """One video: what is seen at each moment of it."""

    def __init__(self, script: VideoScript, photos: list[bytes], sound: np.ndarray, rate: int) -> None:
        self.script, self.photos = script, photos
        self.plan: Timeline = timeline(script)
        self.layers = Layers(script, self.plan.cues)
        size = (script.width, script.height)
        self.cover, self.ending = (_filled(VideoFrame(*size), image) for image in (self.layers.cover, self.layers.ending))
        self.frame, self.other = (VideoFrame(*size) for _ in range(2))
        self.loud = loudness_of(sound, rate, _LOUD_PER_SECOND)
        self.light = None if photos else drifting_light(script.width, script.height)
        self.scenes: dict[int, VideoScene] = {}
        self.starts = [max(0, self.plan.video_ms(start)) for start, _key in script.photos]
        self.starts[:1] = [0] * bool(self.starts)  # the first is seen from the beginning, wherever it is pinned
        self.scrim = self._scrim()
        self.passed, self.coming = (self._bars(colour, much) for colour, much in ((_AMBER, 0.95), (_CREAM, 0.38)))
        self.shown: tuple[Cue, Overlay | None] | None = None

    def at(self, ms: int) -> VideoFrame:
        """The frame of a moment, not to be changed; the next call draws over it."""
        plan, frame = self.plan, self.frame
        covered = _faded(ms, plan.cover_until_ms - _FADE_MS, _FADE_MS)  # it is gone before the first word
        ended = 1 - _faded(ms, plan.card_from_ms, _FADE_MS) if plan.card_from_ms is not None else 0.0
        if covered >= 1:
            return self.cover
        if ended >= 1:
            return self.ending
        self._scenery(ms)
        self._words(ms)
        self._progress(ms)
        if covered > 0:
            mix_planes(frame, self.cover, covered)
        if ended > 0:
            mix_planes(frame, self.ending, ended)
        return frame

    def _scenery(self, ms: int) -> None:
        if self.light is not None:
            self.light.onto(self.frame, 0.5 - 0.5 * float(np.cos(ms / 19_000)))
            self._live_wave(ms)
            return
        now = max((number for number, start in enumerate(self.starts) if start <= ms), default=0)
        self._scene(now).onto(self.frame, self._part(now, ms))
        since = ms - self.starts[now]
        if now > 0 and since < _FADE_MS:
            self._scene(now - 1).onto(self.other, self._part(now - 1, ms))
            mix_planes(self.frame, self.other, 1 - since / _FADE_MS)
        for old in [number for number in self.scenes if number < now - 1 or (number < now and since >= _FADE_MS)]:
            del self.scenes[old]
        for plane, share in zip(self.frame.planes, self.scrim, strict=True):
            low = len(plane) - len(share)
            rest = 16 if plane is self.frame.y else 128
            plane[low:] = ((plane[low:].astype(np.uint16) * share + rest * (256 - share)) >> 8).astype(np.uint8)

    def _scene(self, number: int) -> VideoScene:
        if number not in self.scenes:
            self.scenes[number] = photo_scene(self.photos[number], self.script.width, self.script.height, number)
        return self.scenes[number]

    def _part(self, number: int, ms: int) -> float:
        end = self.starts[number + 1] if number + 1 < len(self.starts) else self.plan.length_ms
        return min(1.0, (ms - self.starts[number]) / max(1, end + _FADE_MS - self.starts[number]))

    def _words(self, ms: int) -> None:
        cue = next((cue for cue in self.plan.cues if cue.start_ms <= ms < cue.end_ms), None)
        if cue is None:
            return
        if self.shown is None or self.shown[0] is not cue:
            self.shown = cue, self.layers.sung(cue)
        overlay = self.shown[1]
        line = [one for one in self.plan.cues if one.line == cue.line]
        strength = min(1.0, (ms - line[0].start_ms) / _LINE_FADE_MS, (line[-1].end_ms - ms) / _LINE_FADE_MS)
        if overlay is not None:
            overlay.on(self.frame, max(0.0, strength))

    def _progress(self, ms: int) -> None:
        song = self.plan.length_ms if self.plan.card_from_ms is None else self.plan.video_ms(self.script.song_ms)
        width = self.passed.layers[0][0].shape[1]
        at = round(min(1.0, ms / max(1, song)) * width / 2) * 2
        if at:
            self.passed.on(self.frame, columns=(0, at))
        if at < width:
            self.coming.on(self.frame, columns=(at, width))

    def _bars(self, colour: tuple[int, int, int], much: float) -> Overlay:
        """The song's own waveform, low in the frame and away from its edge."""
        script = self.script
        tall = script.height > script.width
        width = _even(script.width * (0.72 if tall else 0.6))
        height = _even(min(script.width, script.height) * 0.052)
        peaks = np.interp(np.linspace(0, len(script.peaks) - 1, _BARS), np.arange(len(script.peaks)), script.peaks) / 100
        top = _even(script.height * (0.845 if tall else 0.885))
        return tinted(_rounded_bars(peaks, width, height) * much, colour, _even((script.width - width) / 2), top)

    def _live_wave(self, ms: int) -> None:
        """What is heard right now, where photos would be."""
        script = self.script
        tall = script.height > script.width
        unit = min(script.width, script.height) / 1080
        width, height = _even(860 * unit), _even((420 if tall else 320) * unit)
        apart = np.abs(np.arange(_LIVE_BARS) - _LIVE_BARS // 2)
        moments = (ms / 1000 - apart * 0.045) * _LOUD_PER_SECOND
        loud = np.interp(moments, np.arange(len(self.loud)), self.loud, left=0.0, right=0.0)
        tops = 0.05 + 0.95 * loud * np.exp(-((apart / (_LIVE_BARS * 0.34)) ** 2))
        mask = _rounded_bars(tops, width, height) * 0.92
        middle = _even((script.width - width) / 2)
        tinted(mask, _GOLD, middle, _even(script.height * (0.29 if tall else 0.2))).on(self.frame)

    def _scrim(self) -> tuple[np.ndarray, ...]:
        """How much of a photo's light stays, from where the words begin to the lower edge."""
        rows = self.script.height - _even(self.script.height * 0.5)
        rise = np.clip(np.linspace(0, 2.6, rows), 0, 1)
        share = 256 - rise * rise * (3 - 2 * rise) * 118
        half = share.reshape(-1, 2).mean(axis=1)
        return tuple(values.astype(np.uint16)[:, None] for values in (share, half, half))


def _rounded_bars(tops: np.ndarray, width: int, height: int) -> np.ndarray:
    """Bars about a middle line as a mask, drawn large and made smaller: soft at their edges."""
    mask = Image.new("L", (width * 2, height * 2))
    draw = ImageDraw.Draw(mask)
    step = mask.width / len(tops)
    for number, top in enumerate(tops):
        high = max(step * 0.55, float(top) * mask.height)
        left, upper = step * (number + 0.22), (mask.height - high) / 2
        draw.rounded_rectangle((left, upper, left + step * 0.56, upper + high), step * 0.28, fill=255)
    return np.asarray(mask.reduce(2), np.float32) / 255


def _filled(frame: VideoFrame, image: Image.Image) -> VideoFrame:
    for target, plane in zip(frame.planes, planes_of(image), strict=True):
        target[:] = plane
    return frame


def _faded(ms: int, until: int, during: int) -> float:
    """1 before `until`, then falling to 0."""
    return max(0.0, min(1.0, 1 - (ms - until) / during))


def _even(length: float) -> int:
    return round(length / 2) * 2


def film(folder: Path, said: Callable[[int], None]) -> None:
    """Make folder/video.mp4; `said` hears the percent, each once."""
    script = read_script((folder / "script.json").read_text())
    plan = timeline(script)
    photos = [(folder / f"photo-{number}.jpg").read_bytes() for number in range(len(script.photos))]
    cut = script.teaser_from_ms is not None
    sound, rate = sound_of((folder / "song.mp3").read_bytes(), plan.begin_ms, plan.lead_ms, plan.length_ms, cut=cut)
    shown = Film(script, photos, sound, rate)
    movie = Movie(folder / "video.mp4", script.width, script.height, script.fps, sound, rate)
    count = plan.length_ms * script.fps // 1000
    percent = -1
    for number in range(count):
        movie.add(shown.at(number * 1000 // script.fps).whole)
        if number * 100 // count > percent:
            percent = number * 100 // count
            said(percent)
    movie.close()
    said(100)


def limit_filming(parent: int, folder: Path) -> None:
    """Give way, stay within bounds, and go with the one that asked: then nobody else removes the folder."""

    def leave(signum: int, frame: FrameType | None) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    os.nice(_NICE)
    signal.signal(signal.SIGTERM, leave)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        leave(0, None)
    try:
        import resource
    except ImportError:  # Windows has none
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main() -> None:
    """See the module."""

    def say(what: object) -> None:
        sys.stdout.write(f"{what}\n")
        sys.stdout.flush()

    folder = Path(sys.argv[1])
    limit_filming(int(sys.argv[2]), folder)
    try:
        film(folder, say)
    except OSError as error:  # the encoder's own errors are some, too
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        say("no_room")


if __name__ == "__main__":
    main()
