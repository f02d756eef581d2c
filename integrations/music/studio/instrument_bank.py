"""The bank: sampled instruments, decoded and tuned on first use, kept for the next note. Only render children load it."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import numpy as np
import soundfile as sf

from integrations.music.studio.arrays import Floats
from integrations.music.studio.tone import TONES

RATE = 44_100
_FILE = Path(__file__).with_name("bank.bin")
REACHES = (26_000, 62_000)  # frames of a short and a medium note
_KEPT_BYTES = 160_000_000  # of tuned notes; a song needs about 40 MB
_LOUD = 0.16  # root mean square that every sample is brought to at velocity 1


def _good_lengths() -> list[int]:
    """Lengths that an FFT likes: even products of 2, 3, 5, 7 and 11."""
    sizes = {1}
    for factor in (2, 3, 5, 7, 11):
        sizes |= {s * factor**n for s in sizes for n in range(1, 20) if s * factor**n <= 700_000}
    return sorted(s for s in sizes if s >= 2_000 and s % 4 == 0)


GOOD = np.array(_good_lengths())


class Bank:
    """All instruments. `pitched` gives one note; nothing is decoded before it is asked for."""

    def __init__(self, path: Path = _FILE) -> None:
        raw = path.read_bytes()
        size = struct.unpack_from("<I", raw, 4)[0]
        head = json.loads(raw[8 : 8 + size])
        self.rate: int = head["rate"]
        self.rows: dict[str, list[list[float]]] = head["instruments"]
        self.blobs = raw[8 + size :]
        self.decoded: dict[tuple[str, int], Floats] = {}
        self.tuned: dict[tuple[str, int, int, bool, int], tuple[Floats, int, int]] = {}
        self.kept = 0

    def _source(self, instrument: str, row: int) -> Floats:
        key = (instrument, row)
        if key not in self.decoded:
            start, size, level = (self.rows[instrument][row][i] for i in (0, 1, 5))
            frames, _ = sf.read(io.BytesIO(self.blobs[int(start) : int(start + size)]), dtype="float32")
            self.decoded[key] = frames * np.float32(_LOUD / level)
        return self.decoded[key]

    def _row(self, instrument: str, pitch: int, rank: int) -> int:
        """The sample whose root is nearest; `rank` 1 is the second nearest, for the other ear of an ensemble."""
        rows = self.rows[instrument]
        order = sorted(range(len(rows)), key=lambda i: abs(rows[i][2] - pitch - 1.5))
        return order[min(rank, len(order) - 1)]

    def pitched(self, instrument: str, pitch: int, length: int, soft: bool = False, rank: int = 0) -> tuple[Floats, int, int]:
        """One note at 44.1 kHz, mono, and the frames between which it may be held (0, 0: it dies away).

        Short notes (`length` in frames) come from a cut sample: most notes are short, and tuning costs in proportion.
        """
        reach = next((r for r in REACHES if length < r), 0)
        key = (instrument, pitch, rank, soft, reach)
        if key not in self.tuned:
            if self.kept > _KEPT_BYTES:
                self.tuned.clear()
                self.kept = 0
            self.tuned[key] = self._tune(instrument, pitch, soft, rank, reach)
            self.kept += self.tuned[key][0].nbytes
        return self.tuned[key]

    def _tune(self, instrument: str, pitch: int, soft: bool, rank: int, reach: int) -> tuple[Floats, int, int]:
        row = self._row(instrument, pitch, rank)
        source = self._source(instrument, row)
        root, first, last = self.rows[instrument][row][2:5]
        stretch = RATE / self.rate * 2 ** ((root - pitch) / 12)  # frames out per frame in
        if reach and reach / stretch < len(source):
            source, first, last = source[: int(reach / stretch)], 0, 0
        size, length = _fft_pair(len(source) + 600, stretch)
        spectrum = np.fft.rfft(source, size)
        out = np.zeros(length // 2 + 1, np.complex64)
        kept = min(len(spectrum), len(out), int(16_000 / RATE * length))
        out[:kept] = spectrum[:kept] * _colour(instrument, pitch, soft, kept, RATE / length)
        frames = np.fft.irfft(out, length)[: int(len(source) * stretch)].astype(np.float32) * np.float32(stretch)
        frames[-200:] *= np.linspace(1, 0, 200, dtype=np.float32)
        frames[:24] *= np.linspace(0, 1, 24, dtype=np.float32)
        start, end = int(first * stretch), int(last * stretch)
        if end > start:
            _seal(frames, start, end)
        return frames, start, end


def _fft_pair(needed: int, stretch: float) -> tuple[int, int]:
    """An input and an output length, both quick, whose ratio is `stretch` to within a cent."""
    for size in GOOD[np.searchsorted(GOOD, needed) :]:
        length = GOOD[min(np.searchsorted(GOOD, size * stretch), len(GOOD) - 1)]
        for candidate in (length, GOOD[max(0, np.searchsorted(GOOD, length) - 1)]):
            if abs(candidate / size / stretch - 1) < 0.0006:
                return int(size), int(candidate)
        if size > needed * 1.35:
            break
    size = int(GOOD[np.searchsorted(GOOD, needed)])
    return size, round(size * stretch)


def _colour(instrument: str, pitch: int, soft: bool, bins: int, width: float) -> Floats:
    """A filter per bin (`width` Hz each): rumble out, and a darker tone for what is played softly."""
    hz = np.arange(bins, dtype=np.float32) * np.float32(width)
    tone = TONES[instrument]
    gain: Floats = 1 / np.sqrt(1 + (np.float32(tone.low_cut) / np.maximum(hz, 1)) ** 6)
    gain[0] = 0
    if soft:
        gain /= np.sqrt(1 + (hz / np.float32(2200 * 2 ** ((pitch - 60) / 24))) ** 2)
    if tone.bright:
        gain *= np.float32(10 ** (tone.bright / 20)) ** (hz / (hz + 3000))
    return gain


def _seal(frames: Floats, start: int, end: int) -> None:
    """Make `frames[:end]` followed by `frames[start:]` seamless: the end fades into what came before `start`."""
    width = min(1400, start, (end - start) // 2)
    ramp = np.linspace(0, 1, width, dtype=np.float32)
    frames[end - width : end] = frames[end - width : end] * np.sqrt(1 - ramp) + frames[start - width : start] * np.sqrt(ramp)


def held(note: tuple[Floats, int, int], length: int) -> Floats:
    """`length` frames of a note, its loop repeated as often as needed; a dying note may be shorter."""
    frames, start, end = note
    if end <= start or length <= end:
        return frames[:length]
    turns = -(-(length - end) // (end - start))
    return np.concatenate([frames[:end], np.tile(frames[start:end], turns)])[:length]
